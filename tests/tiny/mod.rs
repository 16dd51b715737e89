//! A drum model of random weights, small enough to be made anew in every test.

use mvae_tui::latent::noise::Noise;
use mvae_tui::model::{Config, Settings, variables, weights::Tensor};

/// Settings and weights; the same every time.
pub fn drums() -> (Settings, Vec<Tensor>) {
    let config = Config::find("cat-drums_2bar_small").expect("it is in the catalogue");
    let settings =
        Settings { encoder: vec![8], decoder: vec![8, 8], z_size: 6, ..Settings::new("tiny", config) };
    let tensors = (0u64..).zip(variables(&settings, config)).map(|(stream, (name, shape))| {
        let noise = Noise::new(3, stream);
        let count: usize = shape.iter().product();
        (name, shape, (0..count as u64).map(|i| 0.6 * noise.normal(i)).collect())
    });
    let tensors = tensors.collect();
    (settings, tensors)
}
