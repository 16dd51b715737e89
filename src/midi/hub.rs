//! The MIDI thread: takes what the engine plays and what inputs hear, and writes to ports at absolute deadlines.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rtrb::Consumer;

use super::entry::Entry;
use super::keys::Keys;
use super::meter::Meter;
use super::order::{Ends, Figures, INPUTS, News, OUTPUTS, Order, Retired};
use super::packet::{Heard, Packet};
use super::ports::Port;
use super::queue::{Queue, Waiting};
use super::route::Route;
use super::settings::Switches;
use super::sounding::Sounding;
use crate::engine::{HOUSE, Inbound, Message, Setting, Sync, TRACKS, Timed, Wire, host, real_time};

mod announced;
mod heard;

use announced::pan_packet;

/// Sleep ends this long before a deadline, nanoseconds; the rest is spent looking at the clock, since no sleep is exact.
pub const WAKE: u64 = 200_000;
/// Longest sleep, nanoseconds: the engine's ring is looked at no later.
const LOOK: u64 = 1_000_000;
/// Figures are shown this often, nanoseconds.
const SHOW: u64 = 250_000_000;
/// Real-time priority, above the silent engine's and below JACK's own threads.
const PRIORITY: u8 = 50;
/// What this thread needs for itself between what the engine says and what leaves, nanoseconds: it looks once a
/// millisecond. Outputs that want more than what the engine's device gives beyond it shift all messages.
const NEEDS: u64 = 2_000_000;
/// A device that gives this much less, nanoseconds, is believed; one that gives more must give much more, since what waits
/// is ended when everything comes earlier.
const LESS: u64 = 1_000_000;
const MORE: u64 = 4_000_000;

/// An open output.
#[derive(Debug)]
struct Output {
    port: Box<dyn Port>,
    switches: Switches,
    ahead: u64,
    /// It has to be told where the music is, and to go on.
    joins: bool,
}

/// An open input.
#[derive(Debug)]
struct Input {
    ring: Consumer<(u64, Heard)>,
    leads: bool,
    notes: bool,
}

/// The state of the thread. Pure but for [`Hub::run`]: it is told the time.
#[derive(Debug)]
pub struct Hub {
    ends: Ends,
    wire: Wire,
    outputs: [Option<Output>; OUTPUTS],
    inputs: [Option<Input>; INPUTS],
    routes: [Route; TRACKS],
    /// Program last heard of each track, and its own channel.
    programs: [Option<(u8, Option<u8>)>; TRACKS],
    /// Channel and place of each track that was given one, for outputs that come later.
    pans: [Option<(u8, f32)>; TRACKS],
    /// Track, channel and octaves of live notes.
    live: (u8, u8, i8),
    /// Keys that are down, and what they began.
    keys: Keys,
    /// Where followers of our clock stand.
    entry: Entry,
    queue: Queue,
    sounding: Sounding,
    meter: Meter,
    live_meter: Meter,
    lost: u32,
    /// Ticks that have left, and when the latest of them was heard, host nanoseconds.
    ticks: (u64, u64),
    shown: u64,
    /// All messages are this much later, for ports that want them early.
    shift: u64,
    /// How long before it is heard what the engine plays is known, nanoseconds.
    given: u64,
}

impl Hub {
    /// A hub between the engine's `wire` and the commanding ends.
    pub fn new(ends: Ends, wire: Wire) -> Self {
        let given = wire.given.load(Ordering::Relaxed);
        Self {
            ends,
            wire,
            given,
            outputs: std::array::from_fn(|_| None),
            inputs: std::array::from_fn(|_| None),
            routes: [Route::default(); TRACKS],
            programs: [None; TRACKS],
            pans: [None; TRACKS],
            live: (0, crate::engine::DRUM_CHANNEL, 0),
            keys: Keys::default(),
            entry: Entry::default(),
            queue: Queue::default(),
            sounding: Sounding::default(),
            meter: Meter::default(),
            live_meter: Meter::default(),
            lost: 0,
            ticks: (0, 0),
            shown: 0,
            shift: 0,
        }
    }

    /// Runs until it is told to quit, or nobody is left to tell it anything. Everything it sent is ended then.
    pub fn run(mut self, ask_for_real_time: bool) {
        let real = ask_for_real_time && real_time(PRIORITY).is_ok();
        let _ = self.ends.news.push(News::RealTime(real));
        while let Some(next) = self.turn(host::now()) {
            let wait = next.saturating_sub(host::now());
            if wait > WAKE {
                std::thread::park_timeout(Duration::from_nanos(wait - WAKE));
            } else {
                while host::now() < next {
                    std::hint::spin_loop();
                }
            }
        }
    }

    /// Does what is due at `now`; gives back when there is something to do again, `None` at the end.
    pub fn turn(&mut self, now: u64) -> Option<u64> {
        while let Ok(order) = self.ends.orders.pop() {
            if matches!(order, Order::Quit) {
                self.end(now);
                return None;
            }
            self.obey(order, now);
        }
        if self.ends.orders.is_abandoned() {
            self.end(now);
            return None;
        }
        let given = self.wire.given.load(Ordering::Relaxed);
        if given + LESS < self.given || given > self.given + MORE {
            self.given = given;
            self.shift(now);
        }
        for input in 0..INPUTS {
            self.listen(input);
        }
        while let Ok(timed) = self.wire.feed.pop() {
            self.play(timed, now);
        }
        while let Some(waiting) = self.queue.pop(host::now().max(now)) {
            self.write(waiting.output, waiting.track, waiting.at, waiting.packet);
            self.meter.note(waiting.due, host::now());
            self.count(&waiting);
        }
        if now >= self.shown + SHOW {
            self.shown = now;
            let (out, live) = (self.meter.timing(now), self.live_meter.timing(now));
            let (ticks, tick_at) = self.ticks;
            self.ends.figures.write(Figures { out, live, lost: self.lost, ticks, tick_at });
        }
        Some(self.queue.next().unwrap_or(u64::MAX).min(now + LOOK + WAKE))
    }

    fn obey(&mut self, order: Order, now: u64) {
        match order {
            Order::Output(number, port, switches) => {
                let Some(place) = self.outputs.get_mut(usize::from(number)) else {
                    return self.retire(Retired::Port(port));
                };
                let ahead = port.ahead();
                let joins = self.entry.runs();
                if let Some(old) = place.replace(Output { port, switches, ahead, joins }) {
                    self.retire(Retired::Port(old.port));
                }
                self.shift(now);
                for track in 0..TRACKS as u8 {
                    self.announce(track, 1 << number, now);
                }
            }
            Order::Switches(number, switches) => {
                let Some(Some(output)) = self.outputs.get_mut(usize::from(number)) else { return };
                let old = std::mem::replace(&mut output.switches, switches);
                let runs = self.entry.runs();
                output.joins |=
                    runs && (switches.transport && !old.transport || switches.clock && !old.clock);
                if runs && old.transport && !switches.transport {
                    self.write(number, HOUSE, now, Packet::sync(Sync::Stop));
                }
                // Ends that are still to come would be kept back, or overtake the beginnings that wait.
                if (old.notes && !switches.notes) || old.offset != switches.offset {
                    self.silence(0..=HOUSE, number..number + 1, now);
                }
                self.shift(now);
            }
            Order::CloseOutput(number) => self.close(number, now),
            Order::Input(number, ring, leads, notes) => match self.inputs.get_mut(usize::from(number)) {
                Some(place) => {
                    if let Some(old) = place.replace(Input { ring, leads, notes }) {
                        self.retire(Retired::Input(old.ring));
                    }
                    self.let_go(number);
                }
                None => self.retire(Retired::Input(ring)),
            },
            Order::Listen(number, leads, notes) => {
                if let Some(Some(input)) = self.inputs.get_mut(usize::from(number)) {
                    (input.leads, input.notes) = (leads, notes);
                }
                if !notes {
                    self.let_go(number);
                }
            }
            Order::CloseInput(number) => {
                if let Some(old) = self.inputs.get_mut(usize::from(number)).and_then(Option::take) {
                    self.retire(Retired::Input(old.ring));
                }
                self.let_go(number);
            }
            Order::Route(track, channel, route) => {
                if let Some(place) = self.routes.get_mut(usize::from(track)) {
                    let changed = *place != *route;
                    *place = *route;
                    if changed {
                        self.silence(track..=track, 0..OUTPUTS as u8, now);
                        self.programs[usize::from(track)].get_or_insert((channel, None)).0 = channel;
                        self.announce(track, u8::MAX, now);
                    }
                }
                self.retire(Retired::Route(route));
            }
            // Keys that are down end what they began, wherever that was.
            Order::Live(track, channel, octave) => self.live = (track, channel, octave),
            Order::Send(packet) => {
                for output in 0..OUTPUTS as u8 {
                    self.write(output, HOUSE, now, packet);
                }
            }
            Order::Panic => self.panic(now),
            // Seen before.
            Order::Quit => {}
        }
    }

    /// Lets an event of the engine wait for its time.
    fn play(&mut self, timed: Timed, now: u64) {
        let Timed { at, track, message } = timed;
        if let Message::Sync(sync) = message {
            self.join(sync, at);
            for output in 0..OUTPUTS as u8 {
                if self.outputs[usize::from(output)].as_ref().is_some_and(|o| o.switches.passes(sync)) {
                    self.wait(output, HOUSE, at, Packet::sync(sync));
                }
            }
            return;
        }
        if message == Message::Cut {
            self.silence(track..=track, 0..OUTPUTS as u8, now);
            if track == HOUSE {
                self.panic(now);
            }
            return;
        }
        // The click and what is tried out are for our own ears.
        let Some(route) = self.routes.get(usize::from(track)).copied() else { return };
        let packet = match message {
            Message::NoteOn { channel, key, velocity } => {
                Packet::note_on(route.channel(channel), route.key(channel, key), velocity)
            }
            Message::NoteOff { channel, key } => {
                Packet::note_off(route.channel(channel), route.key(channel, key))
            }
            Message::Set(Setting::Control { channel, number, value }) => {
                Packet::control(route.channel(channel), number, value)
            }
            Message::Bend { channel, bend } => Packet::bend(route.channel(channel), bend),
            Message::Set(Setting::Program { channel, program }) => {
                self.programs[usize::from(track)] = Some((channel, Some(program)));
                for output in 0..OUTPUTS as u8 {
                    if route.outputs >> output & 1 == 1 && self.takes_notes(output) {
                        for packet in route.preamble(channel, Some(program)) {
                            self.wait(output, track, at, packet);
                        }
                    }
                }
                return;
            }
            Message::Pan { channel, pan } => {
                self.pans[usize::from(track)] = Some((channel, pan));
                pan_packet(&route, channel, pan)
            }
            Message::Gain(_) | Message::Cut | Message::Sync(_) => return,
        };
        for output in 0..OUTPUTS as u8 {
            if route.outputs >> output & 1 == 1 && self.takes_notes(output) {
                self.wait(output, track, at, packet);
            }
        }
    }

    /// Tells outputs that have come late, before a tick at which they can, to go on from there.
    fn join(&mut self, sync: Sync, at: u64) {
        let entry = self.entry.hear(sync);
        let told = matches!(sync, Sync::Start | Sync::Continue | Sync::Stop);
        for number in 0..OUTPUTS as u8 {
            let Some(Some(output)) = self.outputs.get_mut(usize::from(number)) else { continue };
            let switches = output.switches;
            output.joins &= !told;
            if let Some(entry) = entry.filter(|_| output.joins && switches.clock && switches.transport) {
                output.joins = false;
                for sync in entry.into_iter().filter(|sync| switches.passes(*sync)) {
                    self.wait(number, HOUSE, at, Packet::sync(sync));
                }
            }
        }
    }

    fn takes_notes(&self, output: u8) -> bool {
        self.outputs[usize::from(output)].as_ref().is_some_and(|output| output.switches.notes)
    }

    /// Queues a message that is heard at `at` on an output.
    fn wait(&mut self, output: u8, track: u8, at: u64, packet: Packet) {
        let Some(Some(out)) = self.outputs.get(usize::from(output)) else { return };
        let at = at.saturating_add(self.shift).saturating_add_signed(out.switches.offset);
        if !self.queue.push(at.saturating_sub(out.ahead), at, output, track, packet) {
            self.lost = self.lost.saturating_add(1);
        }
    }

    /// Writes a message now. Only what has waited for its time counts as punctual or late: what is written out of turn
    /// (programs for a port that has just come, keys, the end of notes) is due when it is known.
    fn write(&mut self, output: u8, track: u8, at: u64, packet: Packet) {
        let Some(Some(out)) = self.outputs.get_mut(usize::from(output)) else { return };
        match out.port.send(at, packet) {
            Ok(()) => self.sounding.note(track, output, &packet),
            Err(_) => {
                let _ = self.ends.news.push(News::Gone(output));
                self.forget(output, at);
            }
        }
    }

    /// Ends what sounds of some tracks on some outputs, and forgets their notes to come.
    fn silence(&mut self, tracks: std::ops::RangeInclusive<u8>, outputs: std::ops::Range<u8>, now: u64) {
        self.queue.forget(|w| tracks.contains(&w.track) && outputs.contains(&w.output) && w.packet.is_note());
        let (places, lost) = (&mut self.outputs, &mut self.lost);
        self.sounding.end(tracks, outputs, |output, packet| {
            if let Some(Some(out)) = places.get_mut(usize::from(output))
                && out.port.send(now + out.ahead, packet).is_err()
            {
                *lost += 1;
            }
        });
    }

    /// Ends everything everywhere, and says so on every channel that was used.
    fn panic(&mut self, now: u64) {
        // Controllers that wait would come after what is said of them here.
        self.queue.forget(|w| matches!(w.packet.bytes(), [..0xF0, _, _]));
        self.silence(0..=HOUSE, 0..OUTPUTS as u8, now);
        for output in 0..OUTPUTS as u8 {
            for channel in self.sounding.used(output) {
                // Pedal up, all notes off, all sound off.
                for number in [64, 123, 120] {
                    self.write(output, HOUSE, now, Packet::control(channel, number, 0));
                }
            }
        }
    }

    fn close(&mut self, number: u8, now: u64) {
        self.silence(0..=HOUSE, number..number + 1, now);
        self.forget(number, now);
    }

    /// Gives an output back without a word to it.
    fn forget(&mut self, number: u8, now: u64) {
        self.queue.forget(|waiting| waiting.output == number);
        self.sounding.end(0..=HOUSE, number..number + 1, |_, _| {});
        if let Some(out) = self.outputs.get_mut(usize::from(number)).and_then(Option::take) {
            self.retire(Retired::Port(out.port));
        }
        self.shift(now);
    }

    /// Everything waits for the output that wants its messages the earliest; the engine's own sound, too.
    fn shift(&mut self, now: u64) {
        let early = |out: &Output| out.ahead.saturating_add_signed(-out.switches.offset.min(0));
        let most = self.outputs.iter().flatten().map(early).max();
        let shift = most.map_or(0, |most| (most + NEEDS).saturating_sub(self.given));
        let old = std::mem::replace(&mut self.shift, shift);
        if shift < old {
            // Ends would overtake the beginnings that wait by the old one.
            self.silence(0..=HOUSE, 0..OUTPUTS as u8, now);
        }
        if shift != old {
            // The ring holds far more than orders can come between two blocks.
            let _ = self.wire.inlet.push(Inbound::Lead(shift));
        }
    }

    /// Counts the ticks of the first output that gets them.
    fn count(&mut self, waiting: &Waiting) {
        let clocked = |out: &Option<Output>| out.as_ref().is_some_and(|out| out.switches.clock);
        let first = self.outputs.iter().position(clocked);
        if waiting.packet.bytes() != [0xF8] || first != Some(usize::from(waiting.output)) {
            return;
        }
        let offset = self.outputs[usize::from(waiting.output)].as_ref().map_or(0, |out| out.switches.offset);
        self.ticks = (self.ticks.0 + 1, waiting.at.saturating_add_signed(-offset));
    }

    /// The end: what sounds ends, and whoever follows our clock is stopped.
    fn end(&mut self, now: u64) {
        self.panic(now);
        for output in 0..OUTPUTS as u8 {
            if self.outputs[usize::from(output)].as_ref().is_some_and(|out| out.switches.transport) {
                self.write(output, HOUSE, now, Packet::sync(Sync::Stop));
            }
        }
    }

    fn retire(&mut self, old: Retired) {
        if let Err(rtrb::PushError::Full(old)) = self.ends.retired.push(old) {
            // There is room for all there can be; should that ever be wrong, a leak is better than a free here.
            std::mem::forget(old);
        }
    }
}
