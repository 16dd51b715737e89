//! What comes from outside, and what goes there.

use super::*;
use crate::jam::{Argument, Intent};
use crate::script::ear::Heard;
use crate::script::runtime::Runtime;

impl Bench {
    fn hear(&mut self, heard: &Heard) {
        self.headless.runtime.hear(heard);
    }
}

#[test]
fn controllers_notes_and_keys_call_their_closures_and_an_error_in_one_is_said() {
    let mut bench = Bench::new(&format!(
        "{KICKS}
         let last = 0;
         on_cc(1, |value| {{ last = value; hit(\"rim\", 1 + value); }});
         on_note(|key, velocity| note(\"lead\", key, 0.5, velocity));
         on_key(\"x\", || hit(\"crash\"));
         on_cc(2, |value| nothing(value));
         live_loop(\"reads\", || {{ if last == 70 && cc(1) == 70 && cc(9, 5) == 5 {{ hit(\"cowbell\"); }} wait(1); }});"
    ));
    bench.until(1.0, 36);
    bench.hear(&Heard::Control { number: 1, value: 70 });
    bench.hear(&Heard::Control { number: 2, value: 1 });
    bench.hear(&Heard::Note { key: 64, velocity: 77 });
    bench.hear(&Heard::Key("x".into()));
    bench.until(4.0, 36);
    let struck = |key: u8| {
        let note = |event: &&Event| matches!(event.message, Message::NoteOn { key: k, .. } if k == key);
        bench.events.iter().filter(note).count()
    };
    assert_eq!((struck(37), struck(64), struck(49)), (1, 1, 1));
    assert!(struck(56) >= 2, "loops see what a listener has set");
    let errors: Vec<&String> =
        bench.said.iter().filter(|(tone, _)| *tone == Tone::Error).map(|(_, t)| t).collect();
    assert!(
        errors.len() == 1 && errors[0].contains("nothing") && errors[0].contains("listens on"),
        "{errors:?}"
    );
    assert_eq!(bench.until(8.0, 36).len(), 4);
}

#[test]
fn keys_that_everybody_needs_are_refused() {
    let bench = Bench::new(KICKS);
    for key in ["q", "!", " ", "xx", "", ":"] {
        let text = format!("on_key(\"{key}\", || hit(\"crash\"));");
        let error = bench.headless.runtime.load(source(&text)).recv().unwrap().unwrap_err().to_string();
        assert!(error.contains("one letter"), "{error}");
    }
}

#[test]
fn a_new_version_listens_in_the_place_of_the_old_one() {
    let mut bench = Bench::new("on_key(\"x\", || hit(\"crash\")); live_loop(\"a\", || { wait(1); });");
    bench.until(1.0, 49);
    bench.load("on_key(\"y\", || hit(\"ride\")); live_loop(\"a\", || { wait(1); });").unwrap();
    bench.until(6.0, 49);
    while bench.headless.runtime.keys() != ["y"] {
        // The old listener ends on a thread of its own.
        std::thread::yield_now();
    }
    bench.hear(&Heard::Key("x".into()));
    bench.hear(&Heard::Key("y".into()));
    assert!(bench.until(8.0, 49).is_empty());
    assert!(bench.events.iter().any(|event| matches!(event.message, Message::NoteOn { key: 51, .. })));
}

#[test]
fn osc_messages_go_out_at_their_beat_with_their_values() {
    let (send, heard) = std::sync::mpsc::channel();
    let sink = move |intent| drop(send.send(intent));
    let runtime = Runtime::new(Settings { seed: 0, strict: true }, sink);
    let text = "osc(\"/a\"); wait(2); osc(\"/b\", [1, 0.5, \"x\", true]);";
    runtime.load(source(text)).recv().unwrap().unwrap();
    let told = |beat: f64| -> Vec<(String, Vec<Argument>)> {
        runtime.advance(beat, 0.5, true);
        let tell = |intent| match intent {
            Intent::Tell { address, arguments } => Some((address, arguments)),
            _ => None,
        };
        heard.try_iter().filter_map(tell).collect()
    };
    assert_eq!(told(0.0), [("/a".to_owned(), vec![])]);
    assert_eq!(told(1.9), []);
    let values = vec![Argument::Int(1), Argument::Float(0.5), Argument::Text("x".into()), Argument::Int(1)];
    assert_eq!(told(2.0), [("/b".to_owned(), values)]);
    let error = runtime.load(source("osc(\"light\", 1);")).recv().unwrap().unwrap_err();
    assert!(error.to_string().contains("begins with a slash"), "{error}");
}
