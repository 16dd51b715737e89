//! The model that a jam begins with, and those it can turn to.

use std::sync::Arc;

use crate::jam::Known;
use crate::jam::models::Models;
use crate::latent::attributes::{Attributes, Table};
use crate::model::{self, Kind, ModelError, Place};

/// A model with more bytes on disk than this is read beside the music: an ordinary disk and processor need more than a
/// quarter of a second for it.
const LARGE: u64 = 32 << 20;

/// The model of a jam that is about to begin.
pub(super) struct Opening {
    /// The name that its patterns remember it by.
    pub name: String,
    /// What it says of itself.
    pub settings: model::Settings,
    /// A bundled model of the same kind that plays until it is read.
    pub stand_in: Option<String>,
}

/// Looks the model called `name` up and makes it ready in `models`: read at once where that takes a moment, else when it
/// is first asked for, with its progress told.
///
/// # Errors
/// [`ModelError`]: there is none of that name, or its file is damaged.
pub(super) fn open(models: &mut Models, name: &str) -> Result<Opening, ModelError> {
    let (settings, bytes) = model::look(name)?;
    if bytes <= LARGE {
        let name = models.keep(name, model::find(name)?);
        return Ok(Opening { name, settings, stand_in: None });
    }
    let own = settings.name.clone();
    models.promise(name, &own);
    Ok(Opening { stand_in: stand_in(&own, settings.kind), name: own, settings })
}

/// The first bundled model that makes the like of what `own` makes.
fn stand_in(own: &str, kind: Kind) -> Option<String> {
    model::list()
        .into_iter()
        .filter(|listed| listed.place == Place::Bundled && listed.name != own)
        .find(|listed| {
            listed.settings.as_ref().is_ok_and(|settings| settings.kind == kind && plays(settings))
        })
        .map(|listed| listed.name)
}

/// True for models that a jam can play: chords are given by nobody here, and performances have no notes on a grid.
fn plays(settings: &model::Settings) -> bool {
    settings.kind != Kind::Performance && settings.catalogue().is_ok_and(|config| config.control_depth == 0)
}

/// The models at hand that a jam can play, and `used` among them wherever it was found.
pub(super) fn known_models(used: &str, settings: &model::Settings) -> Vec<Known> {
    let known = |name: &str, settings: &model::Settings| Known {
        name: name.to_owned(),
        kind: settings.kind,
        steps: settings.steps as u32,
    };
    let mut models: Vec<Known> = model::list()
        .into_iter()
        .filter_map(|listed| Some(known(&listed.name, listed.settings.as_ref().ok().filter(|s| plays(s))?)))
        .collect();
    if !models.iter().any(|model| model.name == used) {
        models.insert(0, known(used, settings));
    }
    models
}

/// What is known of the attribute vectors of the models at hand. Those that cannot be read are as good as none; the
/// command line says why (`attributes list`).
pub(super) fn known_vectors(used: &str, settings: &model::Settings) -> Vec<Arc<Table>> {
    let table = |name: &str, settings: &model::Settings| {
        Attributes::beside(name, settings).ok().map(|vectors| Arc::new(vectors.table().clone()))
    };
    let mut tables: Vec<Arc<Table>> = model::list()
        .into_iter()
        .filter_map(|listed| table(&listed.name, listed.settings.as_ref().ok()?))
        .collect();
    if tables.iter().all(|table| table.model != settings.name) {
        tables.extend(table(used, settings));
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::stand_in;
    use crate::model::Kind;

    #[test]
    fn a_bundled_model_of_the_same_kind_plays_until_a_large_one_is_read() {
        assert_eq!(stand_in("huge", Kind::Drums).as_deref(), Some("drums_2bar_oh_lokl"));
        assert_eq!(stand_in("huge", Kind::Melody).as_deref(), Some("mel_2bar"));
        assert_ne!(stand_in("mel_2bar", Kind::Melody).as_deref(), Some("mel_2bar"));
    }
}
