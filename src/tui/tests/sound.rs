//! What is told of the sound, and how.

use super::*;
use crate::jam::Tone;

fn told(app: &App) -> (Option<Tone>, String) {
    let last = app.jam.log.last();
    (last.map(|message| message.tone), last.map(|message| message.text.clone()).unwrap_or_default())
}

#[test]
fn a_lost_device_is_bad_news_and_its_return_good_news() {
    let mut app = app(fresh());
    let device = SoundNews::Plays("null device, 48000 Hz".into());
    let before = told(&app);
    app.hear_of_sound(&device);
    assert_eq!(told(&app), before, "what the header has said from the start is no news");

    app.hear_of_sound(&SoundNews::Silent("the audio device was lost (unplugged)".into()));
    assert!(app.silent && app.sound.contains("unplugged"));
    assert_eq!(told(&app), (Some(Tone::Error), "the audio device was lost (unplugged)".into()));

    // Once more while it is silent: no new harm.
    app.hear_of_sound(&SoundNews::Silent("there is still no device".into()));
    assert_eq!(told(&app), (Some(Tone::Hint), "there is still no device".into()));

    app.hear_of_sound(&device);
    assert!(!app.silent);
    assert_eq!(told(&app), (Some(Tone::Good), "null device, 48000 Hz".into()));
}

#[test]
fn a_track_that_had_to_be_silenced_leaves_the_device_in_the_header() {
    let mut app = app(fresh());
    app.hear_of_sound(&SoundNews::Broken("the SoundFont is damaged".into()));
    assert!(!app.silent && app.sound.contains("48000 Hz"));
    assert_eq!(told(&app).0, Some(Tone::Error));
}
