use super::perform::{WIDE, find, wheel};
use super::screens::{screen, text};
use super::*;
use crate::jam::gear::Change;
use crate::jam::wiring::{Sent, Wiring};
use crate::jam::{Intent, Tone};
use crate::midi::{Listed, OutputSettings, Panel, PortState};
use crate::tui::picker::List;
use crate::tui::view::Target;
use crate::tui::view::guests::midi::{Dial, Wire};

fn output(name: &str, open: bool, offset_ms: f64) -> PortState {
    let settings = OutputSettings { position: false, offset_ms, ..OutputSettings::new(name) };
    PortState {
        name: name.into(),
        wish: name.into(),
        open,
        switches: Some(settings.switches()),
        ..PortState::default()
    }
}

/// A jam with its pane of MIDI, two outputs and an input.
pub(super) fn patched() -> App {
    let mut app = playing(1.0);
    press(&mut app, "D");
    let keys = PortState {
        name: "keystep".into(),
        wish: "keystep".into(),
        open: true,
        note: "its clock leads, its keys play".into(),
        leads: true,
        ..PortState::default()
    };
    app.observe_rig(Some(Panel {
        outputs: vec![output("volca beats", true, -8.0), output("minitaur", false, 0.0)],
        inputs: vec![keys],
        ..Panel::default()
    }));
    app.intent(Intent::Ports(vec!["volca beats".into(), "minitaur".into()]));
    app
}

#[test]
fn the_pane_of_midi_shows_what_goes_where_and_as_what() {
    let mut app = patched();
    press(&mut app, "T o T o T c O b O g O g O k");
    let shown = text(&screen(&app, (120, 40)));
    for line in [
        "\u{25b8}1 volca",
        "n c s \u{2500}     -8ms",
        "2 missing: minitaur",
        "its clock leads",
        "0/0",
        "pads",
    ] {
        assert!(shown.contains(line), "{line:?} is not in\n{shown}");
    }
    let narrow = text(&screen(&app, (80, 24)));
    assert!(narrow.contains("volca beats") && narrow.contains("pads"), "{narrow}");
}

#[test]
fn a_click_switches_what_an_output_is_sent_and_the_wheel_moves_it_in_time() {
    let mut app = patched();
    let clock = find(&app, WIDE, Target::Wire(1, Wire::Sends(Sent::Clock)));
    let effects = click(&mut app, WIDE, clock, 0.0);
    let wire = |change| Effect::Wire(change);
    assert_eq!(effects, [wire(Wiring::Choose(1)), wire(Wiring::Toggle(Sent::Clock))]);
    let effects = wheel(&mut app, Target::Wire(0, Wire::Offset), false);
    assert_eq!(effects, [wire(Wiring::Choose(0)), wire(Wiring::NudgeOffset(-1.0))]);
    let input = find(&app, WIDE, Target::Input(0));
    assert_eq!(click(&mut app, WIDE, input, 0.0), [wire(Wiring::Leader("keystep".into()))]);
}

#[test]
fn channel_bank_program_and_kit_go_by_keys_by_words_and_by_the_wheel() {
    let mut app = patched();
    press(&mut app, "T c O b O g O k");
    let gear = |app: &App| app.jam.edit.tracks[0].gear.clone();
    let now = gear(&app);
    assert_eq!((now.channel, now.bank, now.program), (Some(0), Some(0), Some(0)));
    assert_eq!(now.kit(&app.jam.kits), "pads");
    for dial in [Dial::Channel, Dial::Bank, Dial::Program] {
        wheel(&mut app, Target::Gear(0, dial), true);
    }
    wheel(&mut app, Target::Gear(0, Dial::Key(1)), true);
    let now = gear(&app);
    assert_eq!((now.channel, now.bank, now.program), (Some(1), Some(1), Some(1)));
    assert_eq!(now.keys.map(|keys| keys[1]), Some(38));
    let spot = find(&app, WIDE, Target::Gear(0, Dial::Bank));
    click(&mut app, WIDE, spot, 0.0);
    assert_eq!(gear(&app).bank, None);
    press(&mut app, ": b a n k space 3 / 1 2 enter : k i t space t r enter");
    assert_eq!((gear(&app).bank, gear(&app).kit(&app.jam.kits)), (Some(396), "tr-8"));
    // The key of one drum is asked for.
    press(&mut app, "O K");
    assert_eq!(app.picker.as_ref().map(|list| list.text.as_str()), Some("kit-key "));
    press(&mut app, "k i c k space 4 8 enter");
    assert_eq!(gear(&app).keys.map(|keys| keys[0]), Some(48));
    for _ in 0..20 {
        press(&mut app, "u");
    }
    assert_eq!(gear(&app), crate::jam::gear::Gear::default());
    app.intent(Intent::Gear { track: Some(7), change: Change::Channel(3) });
    assert_eq!(app.jam.log.last().map(|message| message.tone), Some(Tone::Hint), "there is no such track");
}

#[test]
fn the_list_of_ports_is_filled_when_the_machine_has_answered() {
    let mut app = patched();
    assert_eq!(press(&mut app, "O l"), [Effect::Wire(Wiring::Look)]);
    app.listed(&[Listed { system: "JACK", name: "synth:midi".into(), direction: "output" }]);
    press(&mut app, "s y n t h");
    let port = Wiring::Port { name: "synth:midi".into(), output: true, on: true };
    assert_eq!(press(&mut app, "enter"), [Effect::Wire(port)]);
    // An answer that comes when the list is closed opens nothing.
    app.listed(&[]);
    assert!(app.picker.is_none());
    press(&mut app, ":");
    app.listed(&[]);
    assert_eq!(app.picker.as_ref().map(|picker| picker.list), Some(List::Commands));
}
