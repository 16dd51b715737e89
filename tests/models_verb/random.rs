//! Models of random weights and odd sizes.

use mvae_tui::{
    latent::noise::Noise,
    model::{Config, Settings, variables, weights::Tensor},
};

/// Settings (sizes changed by `change`) and weights of a model of `config`; the same every time.
pub fn model(config: &str, change: impl FnOnce(&mut Settings)) -> (Settings, Vec<Tensor>) {
    let config = Config::find(config).unwrap();
    let mut settings =
        Settings { encoder: vec![7; config.encoder.len()], z_size: 5, ..Settings::new("random", config) };
    settings.decoder = vec![6; config.decoder.len()];
    settings.nade_hidden = settings.nade_hidden.min(3);
    if !config.decoder_levels.is_empty() {
        settings.decoder_levels = vec![3, 4];
        settings.steps = 12;
    }
    if !config.encoder_levels.is_empty() {
        settings.encoder_levels = vec![4, 3];
    }
    change(&mut settings);
    let tensors = (0u64..).zip(variables(&settings, config)).map(|(stream, (name, shape))| {
        let noise = Noise::new(9, stream);
        let n = shape.iter().product::<usize>() as u64;
        (name, shape, (0..n).map(|k| 0.5 * noise.normal(k)).collect())
    });
    let tensors = tensors.collect();
    (settings, tensors)
}
