//! MIDI files in the folder of the script.

use rhai::plugin::*;

/// MIDI files in the folder of the script.
#[export_module]
pub mod functions {
    use crate::music::pattern::Pattern;
    use crate::music::smf;
    use crate::script::error::{OrFail, Outcome, fail};
    use crate::script::folder;
    use crate::script::value::{Midi, Tune};

    /// A MIDI file that lies beside the script: `model.extract(midi("song.mid"))`.
    #[rhai_fn(return_raw)]
    pub fn midi(name: &str) -> Outcome<Midi> {
        let score = smf::read(&folder::existing(name)?).or_fail()?;
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

    /// The file in a line.
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn midi_to_string(file: &mut Midi) -> String {
        file.to_string()
    }
}
