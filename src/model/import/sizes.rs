//! Layer sizes from the shapes of weights, so that checkpoints of other sizes than the published ones import too.

use crate::model::{
    catalogue::{Config, Head},
    names,
    settings::Settings,
    weights::{Tensor, Weights},
};

/// Settings of a model called `name` of `config` with the sizes that `weights` have; what is not there keeps the
/// published size, and [`Weights::check`] then says what misses.
pub fn settings(name: &str, config: &'static Config, weights: &Weights) -> Settings {
    let mut settings = Settings::new(name, config);
    let width = |variable: String| weights.get(&variable).and_then(|(shape, _)| shape.last().copied());
    let units = |cell: &dyn Fn(usize) -> String| -> Vec<usize> {
        (0..).map_while(|k| width(format!("{}/bias", cell(k)))).map(|gates| gates / 4).collect()
    };
    let path = names::encoder((!settings.encoder_levels.is_empty()).then_some(0));
    let encoder = units(&|k| names::encoder_cell(&path, k, "fw"));
    let core = names::core(&settings, config, 0);
    let decoder = units(&|k| names::core_cell(&core, k));
    if !encoder.is_empty() {
        settings.encoder = encoder;
    }
    if !decoder.is_empty() {
        settings.decoder = decoder;
    }
    if let Some(z) = width("encoder/mu/bias".to_owned()) {
        settings.z_size = z;
    }
    if config.head == Head::Nade {
        settings.nade_hidden = width(format!("{core}/nade/w_enc")).unwrap_or(settings.nade_hidden);
    }
    if !settings.decoder_levels.is_empty() {
        let kernel = format!("{}/kernel", names::conductor_cell(&names::conductor(0), 0));
        let rows = weights.get(&kernel).and_then(|(shape, _)| shape.first().copied());
        // A conductor that is fed nothing has one dead row beside its units'.
        let alone = settings.decoder.first().map(|units| units + 1);
        settings.autoregressive = rows.is_some() && rows != alone && config.head != Head::Split;
    }
    settings
}

/// Gives tensors the shape that their names call for where only axes of length 1 differ (a NADE's `[D, H]`).
pub fn reshape(settings: &Settings, config: &Config, weights: &Weights) -> Weights {
    let wanted = names::variables(settings, config);
    let plain = |shape: &[usize]| shape.iter().copied().filter(|n| *n != 1).collect::<Vec<usize>>();
    Weights::new(weights.iter().map(|(name, shape, data)| -> Tensor {
        let fits = wanted.iter().find(|(w, s)| w == name && plain(s) == plain(shape));
        (name.to_owned(), fits.map_or(shape.to_vec(), |(_, s)| s.clone()), data.to_vec())
    }))
}
