//! The scripts that come with the program, for those who have the binary alone.

/// Name and text of every one, the tutorial first.
pub const EXAMPLES: &[(&str, &str)] = &[
    ("01-a-beat.rhai", include_str!("../../scripts/start/01-a-beat.rhai")),
    ("02-a-melody.rhai", include_str!("../../scripts/start/02-a-melody.rhai")),
    ("03-time.rhai", include_str!("../../scripts/start/03-time.rhai")),
    ("04-loops.rhai", include_str!("../../scripts/start/04-loops.rhai")),
    ("05-rhythms.rhai", include_str!("../../scripts/start/05-rhythms.rhai")),
    ("06-between.rhai", include_str!("../../scripts/start/06-between.rhai")),
    ("07-walks.rhai", include_str!("../../scripts/start/07-walks.rhai")),
    ("08-arithmetic.rhai", include_str!("../../scripts/start/08-arithmetic.rhai")),
    ("09-palette.rhai", include_str!("../../scripts/start/09-palette.rhai")),
    ("10-a-song.rhai", include_str!("../../scripts/start/10-a-song.rhai")),
    ("attribute-tour.rhai", include_str!("../../scripts/perform/attribute-tour.rhai")),
    ("beat-tour.rhai", include_str!("../../scripts/perform/beat-tour.rhai")),
    ("call-and-response.rhai", include_str!("../../scripts/perform/call-and-response.rhai")),
    ("density-ramp.rhai", include_str!("../../scripts/perform/density-ramp.rhai")),
    ("drifting-trio.rhai", include_str!("../../scripts/perform/drifting-trio.rhai")),
    ("morph.rhai", include_str!("../../scripts/perform/morph.rhai")),
    ("palette-scrub.rhai", include_str!("../../scripts/perform/palette-scrub.rhai")),
    ("polymetric.rhai", include_str!("../../scripts/perform/polymetric.rhai")),
    ("sixteen-bar-story.rhai", include_str!("../../scripts/perform/sixteen-bar-story.rhai")),
];

/// The songs that scripts can read without having them, by name.
const SONGS: &[(&str, &[u8])] = &[
    ("song-a.mid", include_bytes!("../../scripts/songs/song-a.mid")),
    ("song-b.mid", include_bytes!("../../scripts/songs/song-b.mid")),
];

/// The MIDI file called `name`.
pub fn song(name: &str) -> Option<&'static [u8]> {
    SONGS.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}

/// The text of the one called `name`.
pub fn text(name: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
