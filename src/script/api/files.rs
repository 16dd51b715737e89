//! MIDI files in the folder of the script.

use rhai::plugin::*;

/// MIDI files in the folder of the script.
#[export_module]
pub mod functions {
    use rhai::Array;

    use crate::jam::Intent;
    use crate::jam::session::store;
    use crate::music::pattern::Pattern;
    use crate::music::smf;
    use crate::script::context::here;
    use crate::script::error::{OrFail, Outcome, fail};
    use crate::script::examples;
    use crate::script::folder;
    use crate::script::stage::Act;
    use crate::script::value::{Midi, Tune};

    /// A MIDI file that lies beside the script: `model.extract(midi("song.mid"))`. `song-a.mid` and `song-b.mid` come with
    /// the program, for scripts that have none of that name.
    #[rhai_fn(return_raw)]
    pub fn midi(name: &str) -> Outcome<Midi> {
        let score = match (folder::existing(name), examples::song(name)) {
            (Ok(path), _) => smf::read(&path).or_fail()?,
            (Err(_), Some(bytes)) => smf::parse(bytes, name).or_fail()?,
            (Err(error), None) => return Err(error),
        };
        Ok(Midi { name: name.into(), score: score.into() })
    }

    /// The whole file as one pattern, in one tempo and metre: channel 10 is drums, basses are bass, the rest lead.
    #[rhai_fn(return_raw, pure)]
    pub fn whole(file: &mut Midi) -> Outcome<Tune> {
        Tune::new(Pattern::from_score(&file.score).or_fail()?)
    }

    /// Writes a pattern as a MIDI file beside the script, at 120 beats a minute. An older file of that name is replaced.
    #[rhai_fn(return_raw)]
    pub fn save_midi(name: &str, pattern: Tune) -> Outcome<()> {
        if !name.ends_with(".mid") {
            return fail(format!("{name}: a MIDI file ends in .mid"));
        }
        let path = folder::writable(name)?;
        let beside = path.with_extension("mid.part");
        let written = std::fs::write(&beside, smf::write(&pattern.pattern().to_score(120.0)))
            .and_then(|()| std::fs::rename(&beside, &path));
        written.or_else(|error| fail(format!("{name}: it cannot be written ({error})")))
    }

    /// Opens a session of the jam that lies beside the script: its patterns stand in `bank`, its tempo and tracks are
    /// taken over. Gives the places that hold something.
    #[rhai_fn(return_raw)]
    pub fn load_session(name: &str) -> Outcome<Array> {
        let context = here()?;
        let (session, _) = store::load(&folder::existing(name)?).or_fail()?;
        let mut places = Array::new();
        for (place, slot) in session.slots.clone() {
            // What a model at hand made can be varied and mixed; the notes of others are notes.
            let tune = match context.stage.model(&slot.recipe().model) {
                Ok(model) => Tune::made((*slot.made).clone(), &model)?,
                Err(_) => Tune::new(slot.pattern().clone())?,
            };
            context.stage.put(place, tune);
            places.push(place.to_string().into());
        }
        let opened =
            Intent::Opened { path: None, session: Box::new(session), told: Vec::new(), lost: Vec::new() };
        context.act(Act::Intent(opened))?;
        Ok(places)
    }

    /// The file in a line.
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn midi_to_string(file: &mut Midi) -> String {
        file.to_string()
    }
}
