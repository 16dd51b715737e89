//! The list of MIDI ports: those that are open or waited for, and all that the machine has.

use super::picker::{Choice, Item};
use crate::jam::Intent;
use crate::jam::wiring::Wiring;
use crate::midi::{Listed, Panel, PortState};

/// What the list offers before anything was looked for, and after: `found` are the machine's ports.
pub fn items(found: &[Listed], rig: Option<&Panel>) -> Vec<Item> {
    let none = Panel::default();
    let rig = rig.unwrap_or(&none);
    let open = |ports: &[PortState], output: bool| {
        ports.iter().map(move |port| port_item(&port.name, output, Some(port))).collect::<Vec<_>>()
    };
    let mut items = open(&rig.outputs, true);
    items.extend(open(&rig.inputs, false));
    for listed in found {
        let output = listed.direction == "output";
        let ports = if output { &rig.outputs } else { &rig.inputs };
        if !ports.iter().any(|port| port.open && port.name == listed.name) {
            items.push(port_item(&listed.name, output, None));
        }
    }
    items.extend(rig.inputs.iter().map(|port| Item {
        label: format!("clock of {}", port.name),
        note: if port.leads { "followed" } else { "" }.to_owned(),
        choice: Choice::Set(Intent::Wire(Wiring::Leader(port.wish.clone()))),
    }));
    let own = |output: bool| {
        let ports = if output { &rig.outputs } else { &rig.inputs };
        let is = |port: &PortState| port.wish == OWN;
        let mut item = port_item(OWN, output, ports.iter().find(|port| is(port)));
        if item.note.is_empty() {
            item.label.push_str(", a port of our own that others connect to");
            let name = format!("virtual:{OWN}");
            item.choice = Choice::Set(Intent::Wire(Wiring::Port { name, output, on: true }));
        }
        item
    };
    items.extend([true, false].map(own).into_iter().filter(|item| item.note.is_empty()));
    items
}

/// What a port of our own is called here.
const OWN: &str = "jam";

fn port_item(name: &str, output: bool, known: Option<&PortState>) -> Item {
    let way = if output { "out to" } else { "in from" };
    let note = match known {
        None => "",
        Some(port) if port.open => "open: enter closes it",
        Some(_) => "missing: enter forgets it",
    };
    let wish = known.map_or(name, |port| port.wish.as_str()).to_owned();
    Item {
        label: format!("{way} {name}"),
        note: note.to_owned(),
        choice: Choice::Set(Intent::Wire(Wiring::Port { name: wish, output, on: known.is_none() })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(items: &[Item]) -> Vec<String> {
        items.iter().map(|item| format!("{} ({})", item.label, item.note)).collect()
    }

    #[test]
    fn what_is_open_can_be_closed_and_what_is_there_opened() {
        let port = |name: &str, wish: &str, open| PortState {
            name: name.into(),
            wish: wish.into(),
            open,
            ..PortState::default()
        };
        let rig = Panel {
            outputs: vec![port("volca:in", "volca", true), port("box", "box", false)],
            ..Panel::default()
        };
        let listed = |name: &str, direction| Listed { system: "JACK", name: name.into(), direction };
        let found = [listed("volca:in", "output"), listed("keys:out", "input")];
        let items = items(&found, Some(&rig));
        let shown = labels(&items);
        assert_eq!(shown[0], "out to volca:in (open: enter closes it)");
        assert_eq!(shown[1], "out to box (missing: enter forgets it)");
        assert_eq!(shown[2], "in from keys:out ()");
        assert_eq!(shown.len(), 5, "and a port of our own either way: {shown:?}");
        let port = |name: &str, output, on| {
            Choice::Set(Intent::Wire(Wiring::Port { name: name.into(), output, on }))
        };
        assert_eq!(items[0].choice, port("volca", true, false));
        assert_eq!(items[2].choice, port("keys:out", false, true));
        assert_eq!(items[3].choice, port("virtual:jam", true, true));
    }
}
