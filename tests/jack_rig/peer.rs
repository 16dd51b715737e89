//! The other client: hears what comes in with its frame, and plays what it is given on the frame it is given for.

use jack::{AsyncClient, Client, ClientOptions, Control, MidiIn, MidiOut, Port, ProcessScope, RawMidi};
use rtrb::{Consumer, Producer, RingBuffer};

/// Frames a second of the server.
pub const RATE: f64 = 48_000.0;
/// Messages on their way.
const MANY: usize = 1 << 15;

/// One message and its frame, of at most three bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message {
    /// Frame of the server's clock.
    pub frame: u32,
    bytes: [u8; 3],
    length: u8,
}

impl Message {
    /// The message `bytes` on `frame`.
    pub fn new(frame: u32, bytes: &[u8]) -> Self {
        let mut three = [0; 3];
        let length = bytes.len().min(3);
        three[..length].copy_from_slice(&bytes[..length]);
        Self { frame, bytes: three, length: length as u8 }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// A client with a port `NAME:in` and a port `NAME:out`.
pub struct Peer {
    client: AsyncClient<(), Hands>,
    heard: Consumer<Message>,
    plan: Producer<Message>,
    /// Everything heard so far.
    pub log: Vec<Message>,
}

struct Hands {
    ears: Port<MidiIn>,
    mouth: Port<MidiOut>,
    heard: Producer<Message>,
    plan: Consumer<Message>,
}

impl jack::ProcessHandler for Hands {
    fn process(&mut self, _: &Client, scope: &ProcessScope) -> Control {
        let start = scope.last_frame_time();
        for message in self.ears.iter(scope) {
            // A full ring is noticed by the test, which then misses what it waits for.
            let _ = self.heard.push(Message::new(start.wrapping_add(message.time), message.bytes));
        }
        let mut writer = self.mouth.writer(scope);
        while let Ok(next) = self.plan.peek() {
            let away = i64::from(next.frame) - i64::from(start);
            if away >= i64::from(scope.n_frames()) {
                break;
            }
            let time = u32::try_from(away).unwrap_or(0);
            if writer.write(&RawMidi { time, bytes: next.bytes() }).is_err() {
                break;
            }
            let _ = self.plan.pop();
        }
        Control::Continue
    }
}

impl Peer {
    /// A client called `name`.
    pub fn new(name: &str) -> Self {
        let (client, _) = Client::new(name, ClientOptions::NO_START_SERVER).expect("the server answers");
        let ears = client.register_port("in", MidiIn::default()).expect("a port");
        let mouth = client.register_port("out", MidiOut::default()).expect("a port");
        let (heard_in, heard) = RingBuffer::new(MANY);
        let (plan, plan_end) = RingBuffer::new(MANY);
        let hands = Hands { ears, mouth, heard: heard_in, plan: plan_end };
        let client = client.activate_async((), hands).expect("takes part");
        Self { client, heard, plan, log: Vec::new() }
    }

    /// The frame of now.
    pub fn now(&self) -> u32 {
        self.client.as_client().frame_time()
    }

    /// Plays `bytes` on `frame`; frames come in order.
    pub fn play(&mut self, frame: u32, bytes: &[u8]) {
        self.plan.push(Message::new(frame, bytes)).expect("there is room");
    }

    /// Takes in what was heard, and shows all of it.
    pub fn listen(&mut self) -> &[Message] {
        while let Ok(message) = self.heard.pop() {
            self.log.push(message);
        }
        &self.log
    }

    /// How many messages were heard whose first byte is `status`.
    pub fn count(&mut self, status: u8) -> usize {
        self.listen().iter().filter(|message| message.bytes()[0] == status).count()
    }
}

/// Notes that begin less those that end.
pub fn held(log: &[Message]) -> i32 {
    let weigh = |message: &Message| match *message.bytes() {
        [0x90..=0x9F, _, velocity] if velocity > 0 => 1,
        [0x80..=0x9F, ..] => -1,
        _ => 0,
    };
    log.iter().map(weigh).sum()
}

/// How far the ticks of `log` lie from the best steady clock through them, microseconds, sorted; and its tempo.
pub fn residuals(log: &[Message]) -> (Vec<f64>, f64) {
    let ticks: Vec<f64> = log
        .iter()
        .filter(|m| m.bytes() == [0xF8])
        .map(|m| f64::from(m.frame) - f64::from(log[0].frame))
        .collect();
    let n = ticks.len() as f64;
    let (mean_x, mean_y) = ((n - 1.0) / 2.0, ticks.iter().sum::<f64>() / n);
    let (mut top, mut bottom) = (0.0, 0.0);
    for (x, y) in ticks.iter().enumerate() {
        top += (x as f64 - mean_x) * (y - mean_y);
        bottom += (x as f64 - mean_x).powi(2);
    }
    let slope = top / bottom;
    let off = |(x, y): (usize, &f64)| (y - mean_y - slope * (x as f64 - mean_x)).abs() * 1e6 / RATE;
    let mut all: Vec<f64> = ticks.iter().enumerate().map(off).collect();
    all.sort_by(f64::total_cmp);
    (all, 60.0 * RATE / (24.0 * slope))
}

/// The value at `share` of sorted numbers.
pub fn at(sorted: &[f64], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share) as usize;
    sorted.get(rank.min(sorted.len().saturating_sub(1))).copied().unwrap_or(0.0)
}
