//! Models of random weights, small enough to be made anew in every test: one of every configuration.

#![allow(dead_code, reason = "no test uses all of them")]

use mvae_tui::latent::noise::Noise;
use mvae_tui::model::weights::{self, Precision, Tensor, Weights};
use mvae_tui::model::{Config, MusicVae, Settings, variables};

/// A drum model; the same every time.
pub fn drums() -> (Settings, Vec<Tensor>) {
    of("cat-drums_2bar_small")
}

/// A model of a published configuration, called `tiny`; the same every time.
pub fn of(config: &str) -> (Settings, Vec<Tensor>) {
    let config = Config::find(config).expect("it is in the catalogue");
    let small = |layers: &[usize]| vec![8; layers.len()];
    let settings = Settings {
        encoder: small(config.encoder),
        decoder: vec![8, 8],
        z_size: 6,
        nade_hidden: config.nade_hidden.min(4),
        ..Settings::new("tiny", config)
    };
    let tensors = (0u64..).zip(variables(&settings, config)).map(|(stream, (name, shape))| {
        let noise = Noise::new(3, stream);
        let count: usize = shape.iter().product();
        (name, shape, (0..count as u64).map(|i| 0.6 * noise.normal(i)).collect())
    });
    let tensors = tensors.collect();
    (settings, tensors)
}

/// The same, ready to run.
pub fn model(config: &str) -> MusicVae {
    let (settings, tensors) = of(config);
    MusicVae::new(settings, &Weights::new(tensors)).expect("its weights fit")
}

/// The same as a file.
pub fn write(config: &str, path: &std::path::Path) {
    let (settings, tensors) = of(config);
    weights::write(path, &settings, &tensors, Precision::F16).expect("it can be written");
}
