//! What the original authors say of their own models: figures to hold ours against (their
//! demonstration notebook and the paper's table).

use super::settings::Settings;

/// A figure of a published model.
struct Figure {
    /// The model's own published name, which this project's models share.
    name: &'static str,
    /// The configuration it follows.
    config: &'static str,
    /// Accuracy and KL divergence at the end of training, in the authors' words and on their data.
    says: &'static str,
}

const fn figure(name: &'static str, config: &'static str, says: &'static str) -> Figure {
    Figure { name, config, says }
}

const FIGURES: &[Figure] = &[
    figure("drums_2bar_oh_lokl", "cat-drums_2bar_small", "0.73 at 11 bits"),
    figure("drums_2bar_oh_hikl", "cat-drums_2bar_small", "0.97 at 107 bits"),
    figure("drums_2bar_nade_reduced", "nade-drums_2bar_reduced", "0.98 at 110 bits"),
    figure("drums_2bar_nade_full", "nade-drums_2bar_full", "0.90 at 116 bits"),
    figure("mel_2bar_big", "cat-mel_2bar_big", "0.95 at 58 bits"),
    figure("mel_2bar", "cat-mel_2bar_small", "0.986, free-running 0.951"),
    figure("mel_16bar_hierdec", "hierdec-mel_16bar", "0.90 at 277 bits, free-running 0.81"),
    figure("mel_16bar_flat", "flat-mel_16bar", "free-running 0.62"),
    figure("trio_16bar_hierdec", "hierdec-trio_16bar", "lead 0.82, bass 0.87, drums 0.90 at 1027 bits"),
    figure("trio_16bar_flat", "flat-trio_16bar", "lead 0.67, bass 0.66, drums 0.79 at 1016 bits"),
];

/// The published figure to hold a model against: that of its own name, else of its configuration where there is only
/// one.
pub fn figure_for(settings: &Settings) -> Option<String> {
    if let Some(own) = FIGURES.iter().find(|f| f.name == settings.name) {
        return Some(own.says.to_owned());
    }
    let mut same = FIGURES.iter().filter(|f| f.config == settings.config);
    match (same.next(), same.next()) {
        (Some(only), None) => Some(only.says.to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{FIGURES, figure_for};
    use crate::model::{Config, Settings};

    #[test]
    fn a_model_is_held_against_its_own_name_then_against_its_configuration() {
        let says = |name, config| figure_for(&Settings::new(name, Config::find(config).unwrap()));
        assert_eq!(says("drums_2bar_oh_lokl", "cat-drums_2bar_small").unwrap(), "0.73 at 11 bits");
        assert_eq!(says("mine", "cat-drums_2bar_small"), None);
        assert_eq!(says("mine", "cat-mel_2bar_big").unwrap(), "0.95 at 58 bits");
        assert_eq!(says("mine", "hier-mel_16bar"), None);
        assert!(FIGURES.iter().all(|f| Config::find(f.config).is_ok()));
    }
}
