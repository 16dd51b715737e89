//! JACK: messages are written on their frame, in the server's own cycle.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jack::{
    AsyncClient, Client, ClientOptions, ClientStatus, Control, MidiIn, MidiOut, PortFlags, ProcessScope,
    RawMidi,
};
use rtrb::{Consumer, Producer, RingBuffer};

use super::packet::Packet;
use super::ports::{Backend, Ear, Gone, Held, Port, PortError};
use super::zero::Zero;
use crate::engine::host;

/// The name we go by.
const CLIENT: &str = "mvae-tui";
const MIDI: &str = "8 bit raw midi";
/// Messages that can be on their way into the cycle.
const UNDER_WAY: usize = 2048;
/// Beyond a period: what the MIDI thread may be late by, nanoseconds.
const MARGIN: u64 = 1_500_000;

/// A server that has run no cycle for so long has gone, whether it says so or not, nanoseconds.
const SILENT: u64 = 2_000_000_000;

/// How long a client is left alone before it is closed. Closing cancels its threads wherever they stand; where that is one
/// of our callbacks (it has just told that a port went) the whole program ends.
const CALM: Duration = Duration::from_millis(10);

/// What is done around our part of every cycle of the server. It calls what it is given, once.
pub type Around = fn(&mut dyn FnMut());

/// JACK's ports. One client stays to list them: coming and going would disturb the graph.
pub struct Jack {
    lister: Option<Closing<Idle>>,
    around: Around,
}

impl Default for Jack {
    fn default() -> Self {
        Self::watched(|cycle| cycle())
    }
}

impl Jack {
    /// JACK's ports, each cycle of which happens within `around`: for an eye on what the real-time thread does.
    pub fn watched(around: Around) -> Self {
        Self { lister: None, around }
    }
}

/// Whether a client still has a server.
#[derive(Debug)]
struct Link {
    /// The connection was cut.
    gone: AtomicBool,
    /// The server said that it ends.
    ended: AtomicBool,
    /// Host time of the latest cycle, nanoseconds. A server that is killed often tells nobody.
    cycle: AtomicU64,
}

impl Link {
    fn new() -> Arc<Self> {
        let (gone, ended) = (AtomicBool::new(false), AtomicBool::new(false));
        Arc::new(Self { gone, ended, cycle: AtomicU64::new(host::now()) })
    }

    fn holds(&self) -> bool {
        !self.gone.load(Ordering::Acquire) && !self.server_gone()
    }

    /// Not only the connection: the server itself.
    fn server_gone(&self) -> bool {
        self.ended.load(Ordering::Acquire)
            || host::now().saturating_sub(self.cycle.load(Ordering::Relaxed)) >= SILENT
    }

    fn beat(&self) {
        self.cycle.store(host::now(), Ordering::Relaxed);
    }
}

/// A client that is closed when it is dropped, which takes [`CALM`]. One whose server has gone is left alone: libjack would
/// wait for that server for ever, and nobody else could open a client meanwhile.
struct Closing<P: 'static>(Option<AsyncClient<Ears, P>>, Arc<Link>);

impl<P> Drop for Closing<P> {
    fn drop(&mut self) {
        let Some(client) = self.0.take() else { return };
        std::thread::sleep(CALM);
        if self.1.server_gone() {
            std::mem::forget(client);
        }
    }
}

/// Takes part without playing or hearing anything.
struct Idle(Arc<Link>);

impl jack::ProcessHandler for Idle {
    fn process(&mut self, _: &Client, _: &ProcessScope) -> Control {
        self.0.beat();
        Control::Continue
    }
}

/// What a client hears of the server.
struct Ears {
    link: Arc<Link>,
    /// Ours stays open while nobody is connected to it.
    own: bool,
}

impl jack::NotificationHandler for Ears {
    #[expect(unsafe_code, reason = "the trait has it so; setting a flag is all that is done")]
    // SAFETY: called by libjack when the server goes; only an atomic is written.
    unsafe fn shutdown(&mut self, _status: ClientStatus, _reason: &str) {
        self.link.ended.store(true, Ordering::Release);
    }

    fn ports_connected(&mut self, client: &Client, a: jack::PortId, b: jack::PortId, connected: bool) {
        let ours = |id| client.port_by_id(id).is_some_and(|port| client.is_mine(&port));
        if !connected && !self.own && (ours(a) || ours(b)) {
            self.link.gone.store(true, Ordering::Release);
        }
    }
}

/// Writes what is due into the cycle. Allocates at its making only.
struct Writer {
    around: Around,
    port: jack::Port<MidiOut>,
    ring: Consumer<(u64, Packet)>,
    /// By time; of equal times in the order they came.
    waiting: Vec<(u64, Packet)>,
    zero: Zero,
    link: Arc<Link>,
}

impl jack::ProcessHandler for Writer {
    fn process(&mut self, client: &Client, scope: &ProcessScope) -> Control {
        (self.around)(&mut || self.cycle(client, scope));
        Control::Continue
    }
}

impl Writer {
    fn cycle(&mut self, client: &Client, scope: &ProcessScope) {
        follow(&mut self.zero, client);
        self.link.beat();
        while self.waiting.len() < self.waiting.capacity() {
            let Ok((at, packet)) = self.ring.pop() else { break };
            let place = self.waiting.partition_point(|(other, _)| *other <= at);
            self.waiting.insert(place, (at, packet));
        }
        let frames = scope.n_frames();
        let (start, period) = match scope.cycle_times() {
            Ok(times) => (self.zero.host(times.current_usecs), f64::from(times.period_usecs) * 1e3),
            // Very old servers do not tell: at once is the best there is.
            Err(_) => (host::now(), 1.0),
        };
        let mut writer = self.port.writer(scope);
        let mut done = 0;
        for (at, packet) in &self.waiting {
            let away = (*at as f64 - start as f64) / period;
            if away >= 1.0 {
                break;
            }
            let time = ((away.max(0.0) * f64::from(frames)) as u32).min(frames.saturating_sub(1));
            if writer.write(&RawMidi { time, bytes: packet.bytes() }).is_err() {
                break;
            }
            done += 1;
        }
        self.waiting.drain(..done);
    }
}

/// Hands what comes in to an ear, with the time of its frame.
struct Reader {
    around: Around,
    port: jack::Port<MidiIn>,
    ear: Ear,
    zero: Zero,
    link: Arc<Link>,
}

impl jack::ProcessHandler for Reader {
    fn process(&mut self, client: &Client, scope: &ProcessScope) -> Control {
        (self.around)(&mut || self.cycle(client, scope));
        Control::Continue
    }
}

impl Reader {
    fn cycle(&mut self, client: &Client, scope: &ProcessScope) {
        follow(&mut self.zero, client);
        self.link.beat();
        let times = scope.cycle_times().ok();
        for message in self.port.iter(scope) {
            let at = times.as_ref().map_or_else(host::now, |times| {
                let share = f64::from(message.time) / f64::from(scope.n_frames().max(1));
                self.zero.host(times.current_usecs) + (share * f64::from(times.period_usecs) * 1e3) as u64
            });
            self.ear.hear(at, message.bytes);
        }
    }
}

/// Looks at both clocks, as often as there are cycles.
fn follow(zero: &mut Zero, client: &Client) {
    let before = host::now();
    let theirs = client.time();
    zero.follow(before, theirs, host::now());
}

struct Out {
    ring: Producer<(u64, Packet)>,
    ahead: u64,
    /// Dropping it closes the port.
    client: Closing<Writer>,
}

impl std::fmt::Debug for Out {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Out").field("ahead", &self.ahead).finish_non_exhaustive()
    }
}

impl Port for Out {
    fn send(&mut self, at: u64, packet: Packet) -> Result<(), Gone> {
        if !self.client.1.holds() {
            return Err(Gone);
        }
        self.ring.push((at, packet)).map_err(|_| Gone)
    }

    fn ahead(&self) -> u64 {
        self.ahead
    }
}

struct In(Closing<Reader>);

impl Held for In {
    fn is_alive(&self) -> bool {
        self.0.1.holds()
    }
}

fn client() -> Result<Client, PortError> {
    let (client, _) = Client::new(CLIENT, ClientOptions::NO_START_SERVER).map_err(|error| {
        let cause = match error {
            jack::Error::LibraryError(_) => "libjack is not installed (Debian: libjack-jackd2-0)".to_owned(),
            _ => "no server runs; start jackd or PipeWire".to_owned(),
        };
        PortError::NoSystem { system: "JACK", cause }
    })?;
    Ok(client)
}

/// JACK's clock in host time: both are read until they were read close together.
fn zero(client: &Client) -> Zero {
    let look = || (host::now(), client.time(), host::now());
    let mut best = look();
    for (before, theirs, after) in (0..64).map(|_| look()) {
        if after - before < best.2 - best.0 {
            best = (before, theirs, after);
        }
    }
    Zero::new(best.0, best.1, best.2)
}

fn refused(name: &str, error: &jack::Error) -> PortError {
    PortError::Refused { name: name.to_owned(), cause: error.to_string() }
}

impl Jack {
    fn names(&mut self, flags: PortFlags) -> Result<Vec<String>, PortError> {
        let lister = match self.lister.take().filter(|lister| lister.1.holds()) {
            Some(lister) => lister,
            None => {
                let link = Link::new();
                let ears = Ears { link: Arc::clone(&link), own: true };
                let idle = Idle(Arc::clone(&link));
                let client = client()?.activate_async(ears, idle).map_err(|e| refused(CLIENT, &e))?;
                Closing(Some(client), link)
            }
        };
        let ports = lister.0.as_ref().map(|client| client.as_client().ports(None, Some(MIDI), flags));
        self.lister = Some(lister);
        let ports = ports.unwrap_or_default();
        Ok(ports.into_iter().filter(|name| !name.starts_with(CLIENT)).collect())
    }
}

impl Backend for Jack {
    fn name(&self) -> &'static str {
        "JACK"
    }

    fn outputs(&mut self) -> Result<Vec<String>, PortError> {
        self.names(PortFlags::IS_INPUT)
    }

    fn inputs(&mut self) -> Result<Vec<String>, PortError> {
        self.names(PortFlags::IS_OUTPUT)
    }

    fn open_output(&mut self, name: &str, own: bool) -> Result<Box<dyn Port>, PortError> {
        let client = client()?;
        let fail = |error: &jack::Error| refused(name, error);
        let short = if own { name } else { "out" };
        let port = client.register_port(short, MidiOut::default()).map_err(|e| fail(&e))?;
        let from = port.name().map_err(|e| fail(&e))?;
        let (ring, end) = RingBuffer::new(UNDER_WAY);
        let link = Link::new();
        let period = u64::from(client.buffer_size()) * 1_000_000_000 / u64::from(client.sample_rate().max(1));
        let (zero, waiting) = (zero(&client), Vec::with_capacity(UNDER_WAY));
        let around = self.around;
        let writer = Writer { around, port, ring: end, waiting, zero, link: Arc::clone(&link) };
        let ears = Ears { link: Arc::clone(&link), own };
        let client = client.activate_async(ears, writer).map_err(|e| fail(&e))?;
        if !own {
            client.as_client().connect_ports_by_name(&from, name).map_err(|e| fail(&e))?;
        }
        Ok(Box::new(Out { ring, ahead: period + MARGIN, client: Closing(Some(client), link) }))
    }

    fn open_input(&mut self, name: &str, own: bool, ear: Ear) -> Result<Box<dyn Held>, PortError> {
        let client = client()?;
        let fail = |error: &jack::Error| refused(name, error);
        let short = if own { name } else { "in" };
        let port = client.register_port(short, MidiIn::default()).map_err(|e| fail(&e))?;
        let to = port.name().map_err(|e| fail(&e))?;
        let link = Link::new();
        let reader = Reader { around: self.around, port, ear, zero: zero(&client), link: Arc::clone(&link) };
        let ears = Ears { link: Arc::clone(&link), own };
        let client = client.activate_async(ears, reader).map_err(|e| fail(&e))?;
        if !own {
            client.as_client().connect_ports_by_name(name, &to).map_err(|e| fail(&e))?;
        }
        Ok(Box::new(In(Closing(Some(client), link))))
    }
}
