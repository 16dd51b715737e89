//! The rig: opens the ports that are wished for, waits for those that are missing, takes them back by name.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::hub::Hub;
use super::order::{HubEnds, News, Order, hub_channel};
use super::packet::Heard;
use super::panel::{Panel, PortState};
use super::ports::{Backend, Held, ear};
use super::settings::{Settings, matches};
use crate::engine::{Denied, TRACKS, Wire};

/// How often missing ports are looked for.
const LOOK: Duration = Duration::from_millis(1500);
/// How often what inputs hear is passed on.
const PASS: Duration = Duration::from_millis(4);
/// How long the MIDI thread may take to end what sounds.
const LAST: Duration = Duration::from_millis(500);

/// What the player's side asks of the rig.
#[derive(Debug, Clone, PartialEq)]
pub enum Wish {
    /// Other settings: ports are opened and closed accordingly.
    Settings(Settings),
    /// Live notes play on this track, channel, and so many octaves higher.
    Live(u8, u8, i8),
    /// Everything that sounds ends.
    Panic,
}

/// News for the player's side.
#[derive(Debug, Clone, PartialEq)]
pub enum RigNews {
    /// A port of these settings is open: the port's full name.
    Opened(String),
    /// It has gone, or cannot be opened: waiting for it. What is said, cause and remedy.
    Missing(String),
    /// An input has heard something at a host time (nanoseconds). Clocks are not told.
    Heard(u64, Heard),
    /// No real-time priority, and how to get it.
    Slow(String),
}

/// The running rig. Dropping it ends everything that sounds outside.
#[derive(Debug)]
pub struct Rig {
    wishes: Option<Sender<Wish>>,
    panel: triple_buffer::Output<Panel>,
    thread: Option<JoinHandle<()>>,
}

impl Rig {
    /// A rig between the engine's `wire` and the ports of `backends`. `tell` hears the news on a thread of the rig's.
    ///
    /// # Errors
    /// When the system gives no threads.
    pub fn start(
        wire: Wire,
        settings: Settings,
        backends: Vec<Box<dyn Backend>>,
        tell: impl Fn(RigNews) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (mut ends, theirs) = hub_channel();
        let hub = Hub::new(theirs, wire);
        let thread = std::thread::Builder::new().name("midi".into()).spawn(move || hub.run(true))?;
        ends.thread = Some(thread.thread().clone());
        let (wishes, inbox) = channel();
        let (panel, shown) = triple_buffer::triple_buffer(&Panel::default());
        let keeper = Keeper {
            ends,
            hub: thread,
            backends,
            settings: Settings::default(),
            outputs: BTreeMap::new(),
            inputs: BTreeMap::new(),
            said: BTreeMap::new(),
            panel,
            real_time: false,
            tell: Box::new(tell),
        };
        let thread = std::thread::Builder::new()
            .name("midi-ports".into())
            .spawn(move || keeper.run(settings, &inbox))?;
        Ok(Self { wishes: Some(wishes), panel: shown, thread: Some(thread) })
    }

    /// Asks for something.
    pub fn wish(&self, wish: Wish) {
        if let Some(wishes) = &self.wishes {
            // The thread ends with the rig only.
            let _ = wishes.send(wish);
        }
    }

    /// What there is to see.
    pub fn panel(&mut self) -> &Panel {
        self.panel.read()
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.wishes = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing more to say here.
            let _ = thread.join();
        }
    }
}

/// The port that `wanted` names: the one of that very name before one that has it in its own.
fn meant(ports: &[String], wanted: &str) -> Option<String> {
    let exact = ports.iter().find(|name| *name == wanted);
    exact.or_else(|| ports.iter().find(|name| matches(name, wanted))).cloned()
}

/// What is open under a number of the settings.
struct Open<T> {
    name: String,
    held: T,
}

/// The thread beside the MIDI thread: may wait, allocate, open and close.
struct Keeper {
    ends: HubEnds,
    hub: JoinHandle<()>,
    backends: Vec<Box<dyn Backend>>,
    settings: Settings,
    outputs: BTreeMap<u8, Open<()>>,
    inputs: BTreeMap<u8, Open<Box<dyn Held>>>,
    /// What was last said of each wish, so that it is said once.
    said: BTreeMap<String, String>,
    panel: triple_buffer::Input<Panel>,
    real_time: bool,
    tell: Box<dyn Fn(RigNews) + Send>,
}

impl Keeper {
    fn run(mut self, settings: Settings, inbox: &Receiver<Wish>) {
        self.change(settings);
        let mut looked = Instant::now();
        loop {
            // Without inputs there is nothing to pass on quickly.
            let wait = if self.inputs.is_empty() { Duration::from_millis(100) } else { PASS };
            match inbox.recv_timeout(wait) {
                Ok(Wish::Settings(settings)) => self.change(settings),
                Ok(Wish::Live(track, channel, octave)) => self.order(Order::Live(track, channel, octave)),
                Ok(Wish::Panic) => self.order(Order::Panic),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.take_news();
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                self.look();
            }
            self.show();
        }
        self.order(Order::Quit);
        let began = Instant::now();
        while !self.hub.is_finished() && began.elapsed() < LAST {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn order(&mut self, order: Order) {
        // A full ring means that the MIDI thread hangs in a driver: the next look tries again.
        let _ = self.ends.send(order);
    }

    fn take_news(&mut self) {
        self.ends.tidy();
        while let Ok(news) = self.ends.news.pop() {
            match news {
                News::Heard(_, at, heard) => (self.tell)(RigNews::Heard(at, heard)),
                News::Gone(number) => {
                    if let Some(open) = self.outputs.remove(&number) {
                        self.lost(number, &open.name, "output");
                    }
                }
                News::RealTime(real) => {
                    self.real_time = real;
                    if !real {
                        let cause = Denied::Refused("the system does not permit it".into());
                        (self.tell)(RigNews::Slow(cause.to_string()));
                    }
                }
            }
        }
    }

    fn lost(&mut self, number: u8, name: &str, kind: &str) {
        let line = format!("MIDI {kind} {name} has gone: taken back as soon as it is there");
        self.said.insert(format!("{kind}{number}"), line.clone());
        (self.tell)(RigNews::Missing(line));
    }

    /// Other settings: what differs is closed, what is missing opened.
    fn change(&mut self, settings: Settings) {
        let old = std::mem::replace(&mut self.settings, settings);
        for number in 0..old.outputs.len().max(self.settings.outputs.len()) {
            let (was, is) = (old.outputs.get(number), self.settings.outputs.get(number));
            let same = was.zip(is).is_some_and(|(was, is)| (&was.name, was.own) == (&is.name, is.own));
            if same {
                if let Some(is) = is {
                    let switches = is.switches();
                    self.order(Order::Switches(number as u8, switches));
                }
            } else if self.outputs.remove(&(number as u8)).is_some() {
                self.order(Order::CloseOutput(number as u8));
            }
        }
        for number in 0..old.inputs.len().max(self.settings.inputs.len()) {
            let (was, is) = (old.inputs.get(number), self.settings.inputs.get(number));
            let same = was.zip(is).is_some_and(|(was, is)| (&was.name, was.own) == (&is.name, is.own));
            if same {
                let (leads, notes) = self.roles(number);
                self.order(Order::Listen(number as u8, leads, notes));
            } else if self.inputs.remove(&(number as u8)).is_some() {
                self.order(Order::CloseInput(number as u8));
            }
        }
        for track in 0..TRACKS as u8 {
            let route = Box::new(self.settings.route(track));
            let channel = if track == 0 { crate::engine::DRUM_CHANNEL } else { track - 1 };
            self.order(Order::Route(track, channel, route));
        }
        let outputs = |settings: &Settings| -> Vec<_> {
            settings.outputs.iter().map(|port| (port.name.clone(), port.own)).collect()
        };
        let inputs = |settings: &Settings| -> Vec<_> {
            settings.inputs.iter().map(|port| (port.name.clone(), port.own)).collect()
        };
        // A dial that turns changes routes many times a second: the systems are asked for their ports only where others
        // are wished for.
        if outputs(&old) != outputs(&self.settings) || inputs(&old) != inputs(&self.settings) {
            self.said.clear();
            self.look();
        }
        self.show();
    }

    /// Whether input `number` leads the time, and whether its notes are played.
    fn roles(&self, number: usize) -> (bool, bool) {
        let Some(input) = self.settings.inputs.get(number) else { return (false, false) };
        let leads = self.settings.follow.as_ref().is_some_and(|follow| {
            matches(&input.name, follow)
                || self.inputs.get(&(number as u8)).is_some_and(|open| matches(&open.name, follow))
        });
        (leads, input.notes)
    }

    /// Opens what is wished for and not open.
    fn look(&mut self) {
        let vanished: Vec<u8> =
            self.inputs.iter().filter(|(_, open)| !open.held.is_alive()).map(|(number, _)| *number).collect();
        for number in vanished {
            if let Some(open) = self.inputs.remove(&number) {
                self.order(Order::CloseInput(number));
                self.lost(number, &open.name, "input");
            }
        }
        // The system tells of none of its inputs when they vanish: those that are not listed any more have gone.
        let mut lists: Vec<Option<(Vec<String>, Vec<String>)>> = Vec::new();
        let missing = self.outputs.len() < self.settings.outputs.len()
            || self.inputs.len() < self.settings.inputs.len()
            || self.inputs.len() + self.outputs.len() > 0;
        if missing {
            for backend in &mut self.backends {
                lists.push(backend.outputs().ok().zip(backend.inputs().ok()));
            }
        }
        self.check_listed(&lists);
        for number in 0..self.settings.outputs.len() as u8 {
            if !self.outputs.contains_key(&number) {
                self.open_output(number, &lists);
            }
        }
        for number in 0..self.settings.inputs.len() as u8 {
            if !self.inputs.contains_key(&number) {
                self.open_input(number, &lists);
            }
        }
    }

    fn check_listed(&mut self, lists: &[Option<(Vec<String>, Vec<String>)>]) {
        if lists.iter().all(Option::is_none) {
            return;
        }
        let all: Vec<&(Vec<String>, Vec<String>)> = lists.iter().flatten().collect();
        let gone = |name: &str, output: bool| {
            !all.iter().any(|(outs, ins)| if output { outs } else { ins }.iter().any(|n| n == name))
        };
        let own = |owns: Option<bool>| owns.unwrap_or(false);
        let outputs: Vec<u8> = self
            .outputs
            .iter()
            .filter(|(n, open)| {
                !own(self.settings.outputs.get(usize::from(**n)).map(|s| s.own)) && gone(&open.name, true)
            })
            .map(|(n, _)| *n)
            .collect();
        let inputs: Vec<u8> = self
            .inputs
            .iter()
            .filter(|(n, open)| {
                !own(self.settings.inputs.get(usize::from(**n)).map(|s| s.own)) && gone(&open.name, false)
            })
            .map(|(n, _)| *n)
            .collect();
        for number in outputs {
            if let Some(open) = self.outputs.remove(&number) {
                self.order(Order::CloseOutput(number));
                self.lost(number, &open.name, "output");
            }
        }
        for number in inputs {
            if let Some(open) = self.inputs.remove(&number) {
                self.order(Order::CloseInput(number));
                self.lost(number, &open.name, "input");
            }
        }
    }

    fn open_output(&mut self, number: u8, lists: &[Option<(Vec<String>, Vec<String>)>]) {
        let Some(wish) = self.settings.outputs.get(usize::from(number)).cloned() else { return };
        let mut why = format!(
            "MIDI output {0:?} is not there: taken as soon as it is. `:midi-out {0}` again forgets it",
            wish.name
        );
        for (backend, list) in self.backends.iter_mut().zip(lists) {
            let Some((outputs, _)) = list else { continue };
            let found = if wish.own { Some(wish.name.clone()) } else { meant(outputs, &wish.name) };
            let Some(name) = found else { continue };
            match backend.open_output(&name, wish.own) {
                Ok(port) => {
                    let _ = self.ends.send(Order::Output(number, port, wish.switches()));
                    self.said.remove(&format!("output{number}"));
                    self.outputs.insert(number, Open { name: name.clone(), held: () });
                    (self.tell)(RigNews::Opened(format!("MIDI goes out to {name}")));
                    return;
                }
                Err(error) => why = error.to_string(),
            }
        }
        self.say_once(format!("output{number}"), why);
    }

    fn open_input(&mut self, number: u8, lists: &[Option<(Vec<String>, Vec<String>)>]) {
        let Some(wish) = self.settings.inputs.get(usize::from(number)).cloned() else { return };
        let mut why = format!(
            "MIDI input {0:?} is not there: taken as soon as it is. `:midi-in {0}` again forgets it",
            wish.name
        );
        for index in 0..self.backends.len() {
            let Some(Some((_, inputs))) = lists.get(index) else { continue };
            let found = if wish.own { Some(wish.name.clone()) } else { meant(inputs, &wish.name) };
            let Some(name) = found else { continue };
            let (ear, ring) = ear(self.ends.thread.clone());
            let Some(backend) = self.backends.get_mut(index) else { continue };
            match backend.open_input(&name, wish.own, ear) {
                Ok(held) => {
                    self.said.remove(&format!("input{number}"));
                    self.inputs.insert(number, Open { name: name.clone(), held });
                    let (leads, notes) = self.roles(usize::from(number));
                    self.order(Order::Input(number, ring, leads, notes));
                    let also = if leads { ", and its clock leads" } else { "" };
                    (self.tell)(RigNews::Opened(format!("MIDI comes in from {name}{also}")));
                    return;
                }
                Err(error) => why = error.to_string(),
            }
        }
        self.say_once(format!("input{number}"), why);
    }

    fn say_once(&mut self, about: String, line: String) {
        // What was said of a port that has gone holds until it is back.
        if let Entry::Vacant(place) = self.said.entry(about) {
            place.insert(line.clone());
            (self.tell)(RigNews::Missing(line));
        }
    }

    fn show(&mut self) {
        let figures = *self.ends.figures.read();
        let outputs = (0..).zip(&self.settings.outputs).map(|(n, wish)| {
            let open = self.outputs.get(&n);
            let name = open.map_or(&wish.name, |o| &o.name).clone();
            let switches = Some(wish.switches());
            let (wish, note) = (wish.name.clone(), wish.describe());
            PortState { name, wish, open: open.is_some(), note, switches, leads: false }
        });
        let inputs = (0..).zip(&self.settings.inputs).map(|(n, wish)| {
            let open = self.inputs.get(&n);
            let name = open.map_or(&wish.name, |o| &o.name).clone();
            let roles = self.roles(usize::from(n));
            let note = match roles {
                (true, true) => "its clock leads, its keys play",
                (true, false) => "its clock leads",
                (false, true) => "its keys play",
                (false, false) => "its knobs",
            };
            let (wish, note) = (wish.name.clone(), note.to_owned());
            PortState { name, wish, open: open.is_some(), note, switches: None, leads: roles.0 }
        });
        let panel = Panel {
            outputs: outputs.collect(),
            inputs: inputs.collect(),
            out: figures.out,
            live: figures.live,
            lost: figures.lost,
            ticks: figures.ticks,
            tick_at: figures.tick_at,
            real_time: self.real_time,
            chosen: 0,
        };
        self.panel.write(panel);
    }
}
