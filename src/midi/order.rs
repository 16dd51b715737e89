//! What the MIDI thread is told, and what it tells: rings in both directions, so that it never frees nor waits.

use std::thread::Thread;

use rtrb::{Consumer, Producer, RingBuffer};

use super::meter::Timing;
use super::packet::{Heard, Packet};
use super::ports::Port;
use super::route::Route;
use super::settings::Switches;

/// Outputs at once.
pub const OUTPUTS: usize = 8;
/// Inputs at once.
pub const INPUTS: usize = 8;
const ORDERS: usize = 256;
const NEWS: usize = 1024;

/// One order to the MIDI thread.
#[derive(Debug)]
pub enum Order {
    /// A port is open: output number, port, what it is sent.
    Output(u8, Box<dyn Port>, Switches),
    /// What an output is sent, and its latency.
    Switches(u8, Switches),
    /// An output is to be silenced and given back.
    CloseOutput(u8),
    /// An input is open: its number, what it hears, whether it leads the time, whether its notes are played.
    Input(u8, Consumer<(u64, Heard)>, bool, bool),
    /// Whether an input leads the time, and whether its notes are played.
    Listen(u8, bool, bool),
    /// An input has gone.
    CloseInput(u8),
    /// Where a track goes: its own channel first.
    Route(u8, u8, Box<Route>),
    /// The track that live notes play on, its channel, and octaves they are moved by.
    Live(u8, u8, i8),
    /// A single message to every output, now.
    Send(Packet),
    /// Everything that sounds ends.
    Panic,
    /// Everything ends, the thread too.
    Quit,
}

/// News of the MIDI thread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum News {
    /// An input has heard something, at a host time (nanoseconds).
    Heard(u8, u64, Heard),
    /// An output does not take messages any more.
    Gone(u8),
    /// Real-time priority was given, or not.
    RealTime(bool),
}

/// What the MIDI thread gives back to be freed elsewhere.
#[derive(Debug)]
pub enum Retired {
    /// A port.
    Port(Box<dyn Port>),
    /// The end of an input's ring.
    Input(Consumer<(u64, Heard)>),
    /// A route that was copied.
    Route(Box<Route>),
}

/// Figures of the MIDI thread.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// Lateness of what the engine sends.
    pub out: Timing,
    /// From a key of an input to its note at the port.
    pub live: Timing,
    /// Messages for which there was no room.
    pub lost: u32,
    /// Clock ticks that have left on the first output that gets them.
    pub ticks: u64,
    /// When the latest of them is heard, host nanoseconds; 0 before the first.
    pub tick_at: u64,
}

/// The commanding end.
#[derive(Debug)]
pub struct HubEnds {
    /// Orders to it.
    pub orders: Producer<Order>,
    /// News of it.
    pub news: Consumer<News>,
    /// What it is done with.
    pub retired: Consumer<Retired>,
    /// Its figures, four times a second.
    pub figures: triple_buffer::Output<Figures>,
    /// To be woken after an order, once it runs.
    pub thread: Option<Thread>,
}

/// The MIDI thread's end.
#[derive(Debug)]
pub struct Ends {
    /// Orders for it.
    pub orders: Consumer<Order>,
    /// Its news.
    pub news: Producer<News>,
    /// What it is done with.
    pub retired: Producer<Retired>,
    /// Its figures.
    pub figures: triple_buffer::Input<Figures>,
}

/// Both ends.
pub fn hub_channel() -> (HubEnds, Ends) {
    let (orders, orders_end) = RingBuffer::new(ORDERS);
    let (news, news_end) = RingBuffer::new(NEWS);
    let (retired, retired_end) = RingBuffer::new(ORDERS + OUTPUTS + INPUTS);
    let (figures, figures_end) = triple_buffer::triple_buffer(&Figures::default());
    (
        HubEnds { orders, news: news_end, retired: retired_end, figures: figures_end, thread: None },
        Ends { orders: orders_end, news, retired, figures },
    )
}

impl HubEnds {
    /// Sends an order; false where the thread does not take any.
    pub fn send(&mut self, order: Order) -> bool {
        self.tidy();
        let sent = self.orders.push(order).is_ok();
        if let Some(thread) = &self.thread {
            thread.unpark();
        }
        sent
    }

    /// Frees what the thread is done with: closes ports that it gave back. To be called now and then, since nobody else
    /// can open a port that is kept.
    pub fn tidy(&mut self) {
        while self.retired.pop().is_ok() {}
    }
}
