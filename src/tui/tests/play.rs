use super::*;
use crate::jam::fixtures::{at, with_all_kinds};
use crate::jam::{Intent, Quantise, Tone};
use crate::tui::view::{Layout, Reach, Target};

#[test]
fn keys_move_the_selection_and_launch_at_the_bar() {
    let mut app = playing(1.0);
    let effects = press(&mut app, "right l enter");
    assert_eq!(app.jam.cursor, at("A3"));
    assert!(matches!(effects[..], [Effect::Launch { at: Quantise::Bar, .. }]), "{effects:?}");
    press(&mut app, "j down k h left");
    assert_eq!(app.jam.cursor, at("B1"));
}

#[test]
fn a_short_set_played_by_keys_alone() {
    let mut app = playing(1.0);
    press(&mut app, "down s ] ] > > > m k 3 c right p");
    assert_eq!(app.jam.edit.bank.len(), 10);
    assert_eq!((app.jam.edit.bpm, app.jam.edit.temperature), (123.0, 1.0));
    assert!(app.jam.is_muted(0) && app.jam.is_muted(2));
    assert_eq!(app.jam.edit.bank.get(at("B2")), app.jam.edit.bank.get(at("B1")));
    let after = app.jam.edit.clone();
    // paste, mute, mute, tempo (three nudges are one), temperature, sample
    press(&mut app, "u u u u u u");
    assert_eq!(app.jam.edit.bank.len(), 8);
    assert_eq!((app.jam.edit.bpm, app.jam.edit.muted), (120.0, 0));
    press(&mut app, "U U ctrl-r U U U");
    assert_eq!(app.jam.edit, after);
}

#[test]
fn i_marks_and_i_again_fills_the_way() {
    let mut app = playing(1.0);
    press(&mut app, "i right right right i");
    assert!(app.jam.edit.bank.get(at("A2")).is_some_and(|slot| slot.name.starts_with("33% ")));
    press(&mut app, "i esc");
    assert_eq!(app.jam.mark, None);
}

#[test]
fn escape_takes_one_thing_back_at_a_time() {
    let mut app = playing(1.0);
    press(&mut app, "i ?");
    assert!(app.help.is_some());
    press(&mut app, "m esc");
    assert!(app.keymap.waiting().is_none() && app.help.is_some());
    press(&mut app, "esc");
    assert!(app.help.is_none() && app.jam.mark.is_some());
    press(&mut app, "esc");
    assert!(app.jam.mark.is_none());
}

#[test]
fn the_help_scrolls_no_further_than_it_is_long_and_the_next_command_takes_it_away_and_does_no_more() {
    let mut app = playing(1.0);
    press(&mut app, "?");
    app.help_reach = Reach { end: 3, page: 20 };
    press(&mut app, "down down down down down down");
    assert_eq!(app.help, Some(3));
    press(&mut app, "up up up up up");
    assert_eq!(app.help, Some(0));
    press(&mut app, ">");
    assert_eq!((app.help, app.jam.edit.bpm), (None, 120.0));
    press(&mut app, ">");
    assert_eq!(app.jam.edit.bpm, 121.0);
    for key in ["s", "x", "space", "f", "q"] {
        press(&mut app, "?");
        assert_eq!(press(&mut app, key), [], "{key}");
        assert_eq!(app.help, None, "{key}");
    }
    assert!(app.jam.playing && app.jam.edit.bank.len() == 8);
}

#[test]
fn on_a_screen_that_is_too_small_keys_change_nothing_but_the_transport() {
    let mut app = playing(1.0);
    let before = app.jam.clone();
    app.resized(Rect::new(0, 0, 40, 12));
    assert_eq!(press(&mut app, "s x p right > m k 3 u w ? j c esc S V i"), []);
    assert_eq!((&app.jam, app.help), (&before, None));
    assert_eq!(press(&mut app, "! space q"), [Effect::Panic, Effect::Stop, Effect::Quit]);
    app.resized(Rect::new(0, 0, 80, 24));
    press(&mut app, "right");
    assert_ne!(app.jam.cursor, before.cursor);
}

#[test]
fn what_goes_wrong_is_in_the_log_with_the_keys_in_use() {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let theirs = lines.clone();
    let subscriber = tracing_subscriber::fmt().with_writer(move || theirs.clone()).with_ansi(false).finish();
    tracing::subscriber::with_default(subscriber, || {
        let mut app = playing(1.0);
        app.intent(Intent::Say(Tone::Error, "no weights. {help} helps".into()));
        press(&mut app, "down enter enter enter");
    });
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("WARN") && text.contains("no weights. ? helps"), "{text}");
    assert_eq!(text.matches("B1 is empty. s makes a beat here").count(), 1, "{text}");
}

#[test]
fn quit_saves_no_questions() {
    let mut app = playing(1.0);
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
}

#[test]
fn a_key_that_copies_elsewhere_ends_the_music_only_when_it_is_pressed_twice() {
    let mut app = playing(1.0);
    let mut at = |seconds| {
        let key = KeyEvent::from(Chord::parse("ctrl-c").unwrap());
        let effects = app.key(key, &Moment { seconds, beat: None });
        (effects, app.keymap.fill_in(&app.jam.log.last().unwrap().text))
    };
    assert_eq!(at(1.0), (vec![], "ctrl-c once more ends the jam, as q does at once".to_owned()));
    assert_eq!(at(60.0).0, [], "that was another time");
    assert_eq!(at(61.0).0, [Effect::Quit]);
    app.jam.playing = false;
    assert_eq!(press(&mut app, "ctrl-c"), [Effect::Quit], "nothing is lost where nothing plays");
}

#[test]
fn a_message_leaves_the_status_line_after_eight_bars_and_what_is_to_be_done_stays() {
    let mut app = playing(1.0);
    let shown = |app: &App| app.standing().map(|message| message.text.clone());
    let at = |app: &mut App, beat| {
        let launch = app.jam.sounding[0];
        app.observe(snapshot(beat, launch, None));
    };
    for (tone, stays) in [(Tone::Said, false), (Tone::Good, false), (Tone::Hint, true), (Tone::Error, true)] {
        app.intent(Intent::Say(tone, format!("{tone:?}")));
        at(&mut app, 4.0);
        at(&mut app, 36.0);
        assert_eq!(shown(&app), Some(format!("{tone:?}")));
        at(&mut app, 37.0);
        assert_eq!(shown(&app).is_some(), stays, "{tone:?}");
        at(&mut app, 1.0);
    }
    press(&mut app, "esc");
    app.intent(Intent::Say(Tone::Said, "new".into()));
    assert_eq!(shown(&app), Some("new".to_owned()));
}

#[test]
fn a_release_is_no_press_and_an_unknown_key_does_nothing() {
    let mut app = playing(1.0);
    let before = app.jam.clone();
    let mut event = KeyEvent::from(Chord::parse("s").unwrap());
    event.kind = KeyEventKind::Release;
    assert_eq!(app.key(event, &Moment::default()), []);
    assert_eq!(press(&mut app, "Z alt-x end"), []);
    assert_eq!(app.jam, before);
}

#[test]
fn a_click_selects_and_a_second_one_launches() {
    let area = Rect::new(0, 0, 80, 24);
    let mut app = playing(1.0);
    let slot = Layout::new(area).unwrap().place(at("A5"), app.jam.cursor).unwrap();
    assert_eq!(click(&mut app, area, (slot.x + 3, slot.y), 1.0), []);
    assert_eq!(app.jam.cursor, at("A5"));
    assert_eq!(click(&mut app, area, (slot.x + 3, slot.y), 2.0), [], "too late for a double click");
    let effects = click(&mut app, area, (slot.x + 3, slot.y), 2.2);
    assert!(matches!(effects[..], [Effect::Launch { .. }]), "{effects:?}");
    assert_eq!(click(&mut app, area, (slot.x + 3, slot.y), 2.3), [], "a third click begins anew");
}

#[test]
fn a_click_on_a_lane_mutes_it_and_the_wheel_turns_what_it_stands_on() {
    let area = Rect::new(0, 0, 120, 40);
    let mut app = playing(1.0);
    let lane = Layout::new(area).unwrap().lane(2).unwrap();
    assert_eq!(
        click(&mut app, area, (lane.x + 4, lane.y), 0.0),
        [Effect::MuteClasses { tracks: 1, classes: 0b100 }]
    );
    let find = |app: &App, wanted: Target| {
        (0..area.width).find(|&x| crate::tui::view::target(app, area, x, 0) == Some(wanted)).unwrap()
    };
    let tempo = find(&app, Target::Tempo);
    assert_eq!(mouse(&mut app, area, (tempo, 0), MouseEventKind::ScrollUp, 0.0), [Effect::Tempo(121.0)]);
    let swing = find(&app, Target::Swing);
    assert_eq!(mouse(&mut app, area, (swing, 0), MouseEventKind::ScrollUp, 0.0), [Effect::Swing(0.52)]);
    let play = find(&app, Target::Play);
    assert_eq!(click(&mut app, area, (play, 0), 0.0), [Effect::Stop]);
}

#[test]
fn what_the_engine_took_over_is_what_the_roll_shows_from_there_on() {
    let mut app = playing(5.0);
    press(&mut app, "right enter");
    let (first, second) = (app.jam.sounding[0], app.jam.queued[0].unwrap());
    app.observe(snapshot(7.9, first, Some((second, 8.0))));
    assert_eq!(app.queued_at(0), Some(8.0));
    app.observe(snapshot(8.05, Some(second), None));
    assert_eq!((app.jam.sounding[0], app.jam.queued[0]), (Some(second), None));
    assert_eq!((app.tapes[0].at(7.9), app.tapes[0].at(8.0)), (first, Some(second)));
    // Stopped and started again from the top: what sounds has no other past.
    app.observe(snapshot(0.0, Some(second), None));
    assert_eq!(app.tapes[0].at(0.0), Some(second));
}

#[test]
fn the_face_changes_when_something_is_to_be_seen_and_stays_when_not() {
    let area = Rect::new(0, 0, 80, 24);
    let mut app = playing(1.0);
    let face = |app: &App| crate::tui::view::Face::of(app, area);
    let before = face(&app);
    let launch = app.jam.sounding[0];
    app.observe(snapshot(1.001, launch, None));
    assert_eq!(face(&app), before);
    app.observe(snapshot(1.26, launch, None));
    assert_ne!(face(&app), before);
}

#[test]
fn a_command_is_found_by_a_few_letters_and_a_setting_takes_its_number() {
    let mut app = playing(1.0);
    press(&mut app, ": m u t k i c k enter");
    assert!(app.jam.is_muted(0) && app.picker.is_none());
    press(&mut app, ": t e m p o space 1 4 2 enter");
    assert_eq!(app.jam.edit.bpm, 142.0);
    // Letters are letters there: nothing else happens, and esc leaves everything as it was.
    let before = app.jam.clone();
    assert_eq!(press(&mut app, ": s x q esc"), []);
    assert_eq!(app.jam, before);
}

#[test]
fn a_theme_is_seen_while_it_is_chosen_and_escape_brings_the_old_one_back() {
    let mut app = playing(1.0);
    press(&mut app, "C down");
    assert_eq!(app.theme.name(), "light");
    press(&mut app, "esc");
    assert_eq!(app.theme.name(), "dark");
    press(&mut app, "C r i s o enter");
    assert_eq!((app.theme.name(), app.picker.is_none()), ("riso", true));
}

#[test]
fn tracks_are_chosen_by_tab_and_by_the_mouse_and_the_wheel_turns_their_level() {
    let area = Rect::new(0, 0, 120, 40);
    let mut app = playing(1.0);
    press(&mut app, "tab");
    assert_eq!(app.jam.track, 1);
    press(&mut app, "backtab backtab");
    assert_eq!(app.jam.track, 2);
    let chip = (0..area.width)
        .find(|&x| crate::tui::view::target(&app, area, x, 1) == Some(Target::Track(0)))
        .unwrap();
    click(&mut app, area, (chip, 1), 0.0);
    assert_eq!(app.jam.track, 0);
    press(&mut app, "X");
    let fader = (0..area.height)
        .flat_map(|y| (0..area.width).map(move |x| (x, y)))
        .find(|&(x, y)| crate::tui::view::target(&app, area, x, y) == Some(Target::Fader(1)))
        .unwrap();
    let effects = mouse(&mut app, area, fader, MouseEventKind::ScrollDown, 0.0);
    assert!(matches!(effects[..], [Effect::Gain { track: 1, .. }]), "{effects:?}");
    assert_eq!(app.jam.edit.tracks[1].level, -1.0);
}

#[test]
fn panes_come_and_go_by_their_keys() {
    use crate::tui::arrangement::Pane;
    let mut app = playing(1.0);
    press(&mut app, "X");
    assert_eq!(app.panes.side, Pane::Mixer);
    press(&mut app, "K Z");
    assert_eq!((app.panes.side, app.panes.zoom), (Pane::Machine, Some(Pane::Machine)));
    press(&mut app, "Z K z W a");
    assert_eq!((app.panes.side, app.panes.zoom), (Pane::Detail, Some(Pane::Roll)));
    assert!(app.panes.swapped && app.panes.all_tracks);
}

#[test]
fn a_session_is_saved_by_a_key_and_opened_from_the_list() {
    use crate::jam::session::{Session, store};
    let folder = tempfile::tempdir().unwrap();
    let mut app = playing(1.0);
    let effects = press(&mut app, "ctrl-s");
    let [Effect::SaveSession { session, path: None }] = &effects[..] else { panic!("{effects:?}") };
    let path = store::save(folder.path(), None, session).unwrap();
    store::remember(folder.path(), &path).unwrap();
    app.state_folder = Some(folder.path().to_owned());
    press(&mut app, "x");
    let effects = press(&mut app, "ctrl-o enter");
    let [Effect::Open(found)] = &effects[..] else { panic!("{effects:?}") };
    let (session, warnings) = store::load(found).unwrap();
    assert!(warnings.is_empty());
    app.intent(Intent::Opened {
        path: Some(found.clone()),
        session: Box::new(session.clone()),
        told: vec![],
        lost: vec![],
    });
    assert!(app.jam.selected().is_some());
    assert_eq!(Session::of(&app.jam).slots, session.slots);
}

#[test]
fn notes_are_written_moved_and_taken_back_by_keys() {
    let mut app = playing(1.0);
    let before = app.jam.edit.clone();
    let count = |app: &App| app.jam.selected().unwrap().pattern().notes.len();
    let had = count(&app);
    // A kick more on the second step, moved to the third, struck harder; then all of it back.
    let effects = press(&mut app, "e right enter");
    assert!(
        matches!(effects[..], [Effect::Launch { at: Quantise::Now, .. }, Effect::Generate(_)]),
        "{effects:?}"
    );
    assert_eq!(count(&app), had + 1);
    press(&mut app, "alt-right +");
    let kick = |app: &App| {
        let pattern = app.jam.selected().unwrap().pattern();
        crate::jam::notes::at(pattern, crate::music::pattern::Part::Drums, 2, 36).map(|note| note.velocity)
    };
    assert_eq!(kick(&app), Some(crate::jam::notes::VELOCITY + 8));
    assert_eq!(app.jam.cursor, at("A1"), "arrows move the cursor in the notes, not in the bank");
    press(&mut app, "u u u");
    assert_eq!(app.jam.edit.bank.get(at("A1")), before.bank.get(at("A1")));
    press(&mut app, "e right");
    assert_eq!(app.jam.cursor, at("A2"));
}

#[test]
fn a_bar_is_selected_copied_and_pasted_and_escape_goes_back_step_by_step() {
    let mut app = playing(1.0);
    press(&mut app, "e ctrl-a c x");
    assert_eq!(app.jam.selected().unwrap().pattern().notes.len(), 0);
    press(&mut app, "v");
    assert!(app.editor.as_ref().is_some_and(|editor| editor.anchor.is_some()));
    press(&mut app, "esc");
    assert!(app.editor.as_ref().is_some_and(|editor| editor.anchor.is_none()));
    press(&mut app, "esc");
    assert!(app.editor.is_none());
}

#[test]
fn letters_write_a_tune_and_the_model_hears_it() {
    let mut app = app(with_all_kinds());
    press(&mut app, "tab s e ctrl-a x i");
    press(&mut app, "a d space g");
    let slot = app.jam.selected().unwrap();
    let keys: Vec<u8> = slot.pattern().notes.iter().map(|note| note.pitch % 12).collect();
    assert_eq!(keys, [0, 4, 7]);
    press(&mut app, "esc e");
    assert!(app.editor.is_none());
}

#[test]
fn a_click_writes_a_note_while_notes_are_edited() {
    let area = Rect::new(0, 0, 120, 40);
    let mut app = playing(1.0);
    let lane = Layout::new(area).unwrap().lane(7).unwrap();
    let spot = (lane.x + Layout::new(area).unwrap().label_width + 1, lane.y);
    assert_eq!(click(&mut app, area, spot, 0.0), []);
    press(&mut app, "e");
    let effects = click(&mut app, area, spot, 0.0);
    assert!(matches!(effects[..], [Effect::Launch { .. }, Effect::Generate(_)]), "{effects:?}");
    let pattern = app.jam.selected().unwrap().pattern();
    assert!(crate::jam::notes::at(pattern, crate::music::pattern::Part::Drums, 0, 49).is_some());
}

#[test]
fn the_dot_of_the_palette_goes_by_keys_and_by_the_mouse_and_the_music_follows() {
    let area = Rect::new(0, 0, 120, 40);
    let mut app = playing(1.0);
    press(&mut app, "P alt-p ctrl-right ctrl-right ctrl-up");
    assert_eq!((app.jam.edit.palette.x, app.jam.edit.palette.y), (0.6, 0.45));
    let place = app.jam.edit.palette.place.unwrap();
    assert!(app.jam.is_queued(place));
    let spot = (0..area.height)
        .flat_map(|y| (0..area.width).map(move |x| (x, y)))
        .find(|&(x, y)| matches!(crate::tui::view::target(&app, area, x, y), Some(Target::Dot { .. })))
        .unwrap();
    let effects = click(&mut app, area, spot, 0.0);
    assert!(matches!(effects[..], [Effect::Generate(_)]), "{effects:?}");
    assert_eq!((app.jam.edit.palette.x, app.jam.edit.palette.y), (0.0, 0.0));
}
