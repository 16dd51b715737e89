//! The sockets: listening on the runtime of slow work, sending without ever waiting.

use std::net::{SocketAddr, ToSocketAddrs, UdpSocket};

use rosc::{OscMessage, OscPacket, OscType};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

use super::address::{intent, notes};
use super::packet::decode;
use crate::engine::{PlayedNote, Player, Snapshot};
use crate::jam::{Argument, Intent, Tone};

/// Longest packet taken: what UDP can carry.
const LONGEST: usize = 65_536;

/// Why OSC does not work.
#[derive(Debug, thiserror::Error)]
pub enum OscError {
    /// The address is none, or is taken.
    #[error("OSC at {at}: {cause}; give a port such as 9000, or ADDRESS:PORT")]
    Socket {
        /// As asked for.
        at: String,
        /// What the system says.
        cause: String,
    },
}

/// OSC as far as it was asked for. Dropping it closes the sockets.
#[derive(Debug)]
pub struct Osc {
    listening: Option<JoinHandle<()>>,
    out: Option<UdpSocket>,
    played: Vec<PlayedNote>,
    /// Where we listen, once the system has chosen.
    pub local: Option<SocketAddr>,
}

impl Drop for Osc {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

/// Listens at `listen` and sends to `send`, each a port of this machine or `ADDRESS:PORT`. A bare port is heard from this
/// machine only. `hear` is told what comes.
///
/// # Errors
/// [`OscError`].
pub fn open(
    side: &Handle,
    listen: Option<&str>,
    send: Option<&str>,
    hear: impl Fn(Intent) + Send + 'static,
) -> Result<Osc, OscError> {
    let (mut listening, mut local) = (None, None);
    if let Some(at) = listen {
        let fail = |cause: std::io::Error| OscError::Socket { at: at.to_owned(), cause: cause.to_string() };
        let socket = UdpSocket::bind(address(at)?).map_err(fail)?;
        socket.set_nonblocking(true).map_err(fail)?;
        local = socket.local_addr().ok();
        let _inside = side.enter();
        let socket = tokio::net::UdpSocket::from_std(socket).map_err(fail)?;
        listening = Some(side.spawn(listen_on(socket, hear)));
    }
    let mut out = None;
    if let Some(at) = send {
        let fail = |cause: std::io::Error| OscError::Socket { at: at.to_owned(), cause: cause.to_string() };
        let to = address(at)?;
        let any: SocketAddr = if to.is_ipv4() { ([0, 0, 0, 0], 0).into() } else { ([0_u16; 8], 0).into() };
        let socket = UdpSocket::bind(any).map_err(fail)?;
        socket.connect(to).map_err(fail)?;
        socket.set_nonblocking(true).map_err(fail)?;
        out = Some(socket);
    }
    Ok(Osc { listening, out, played: Vec::new(), local })
}

fn address(text: &str) -> Result<SocketAddr, OscError> {
    let fail = |cause: String| OscError::Socket { at: text.to_owned(), cause };
    if let Ok(port) = text.parse::<u16>() {
        return Ok(([127, 0, 0, 1], port).into());
    }
    let mut found = text.to_socket_addrs().map_err(|error| fail(error.to_string()))?;
    found.next().ok_or_else(|| fail("nothing has that name".into()))
}

async fn listen_on(socket: tokio::net::UdpSocket, hear: impl Fn(Intent)) {
    let mut bytes = vec![0; LONGEST];
    loop {
        // On some systems an answer of the network to something sent comes as an error of the next reception.
        let Ok((length, _)) = socket.recv_from(&mut bytes).await else {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            continue;
        };
        match decode(&bytes[..length]) {
            Some(packet) => take(&packet, &hear),
            None => hear(Intent::Say(Tone::Error, "OSC: a packet that is none was left out".into())),
        }
    }
}

fn take(packet: &OscPacket, hear: &impl Fn(Intent)) {
    match packet {
        OscPacket::Message(message) => {
            hear(intent(message).unwrap_or_else(|error| Intent::Say(Tone::Error, error)));
        }
        OscPacket::Bundle(bundle) => bundle.content.iter().for_each(|packet| take(packet, hear)),
    }
}

impl Osc {
    /// Sends what is new: notes, the beat, the tempo, whether the transport runs.
    pub fn tell(&mut self, player: &mut Player, before: &Snapshot, now: &Snapshot) {
        let Some(out) = &self.out else { return };
        self.played.clear();
        player.played(&mut self.played);
        let say = |addr: &str, arg: OscType| {
            let message = OscMessage { addr: addr.into(), args: vec![arg] };
            send(out, &OscPacket::Message(message));
        };
        if before.playing != now.playing {
            say("/mvae/playing", OscType::Int(i32::from(now.playing)));
        }
        if before.bpm != now.bpm {
            say("/mvae/tempo", OscType::Double(now.bpm));
        }
        if now.playing && before.beat.floor() != now.beat.floor() {
            say("/mvae/beat", OscType::Int(now.beat.floor() as i32));
        }
        for packet in notes(&self.played) {
            send(out, &packet);
        }
    }
}

impl Osc {
    /// Sends a message of a script; false where nobody was named to send to.
    pub fn say(&self, address: &str, arguments: &[Argument]) -> bool {
        let Some(out) = &self.out else { return false };
        let value = |argument: &Argument| match argument {
            Argument::Int(whole) => OscType::Int(*whole),
            Argument::Float(number) => OscType::Float(*number),
            Argument::Text(text) => OscType::String(text.clone()),
        };
        let args = arguments.iter().map(value).collect();
        send(out, &OscPacket::Message(OscMessage { addr: address.to_owned(), args }));
        true
    }
}

/// A packet nobody takes is lost, as UDP has it.
fn send(out: &UdpSocket, packet: &OscPacket) {
    if let Ok(bytes) = rosc::encoder::encode(packet) {
        let _ = out.send(&bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn a_message_of_another_program_arrives_as_an_intent_and_nonsense_as_a_word() {
        let side =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (tell, told) = channel();
        let hear = move |intent| {
            let _ = tell.send(intent);
        };
        let osc = open(side.handle(), Some("0"), None, hear).unwrap();
        let other = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = osc.local.unwrap();
        let message = OscMessage { addr: "/mvae/tempo".into(), args: vec![OscType::Float(99.0)] };
        other.send_to(&rosc::encoder::encode(&OscPacket::Message(message)).unwrap(), to).unwrap();
        assert_eq!(told.recv_timeout(Duration::from_secs(20)), Ok(Intent::Tempo(99.0)));
        other.send_to(b"nonsense", to).unwrap();
        assert!(matches!(told.recv_timeout(Duration::from_secs(20)), Ok(Intent::Say(Tone::Error, _))));
    }

    #[test]
    fn notes_and_the_beat_go_out() {
        let side =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let other = UdpSocket::bind("127.0.0.1:0").unwrap();
        other.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let to = other.local_addr().unwrap().to_string();
        let mut osc = open(side.handle(), None, Some(&to), |_| {}).unwrap();
        let (mut player, mut driver) = crate::engine::channel(48_000.0);
        assert!(osc.say("/light", &[Argument::Int(1), Argument::Text("on".into())]));
        let audition = crate::engine::Command::Audition { channel: 9, key: 38, velocity: 100 };
        player.send(audition);
        driver.process(480, &mut crate::engine::Silence, |_| {});
        let now = Snapshot { playing: true, beat: 1.0, ..Snapshot::default() };
        osc.tell(&mut player, &Snapshot::default(), &now);
        let mut heard = Vec::new();
        for _ in 0..4 {
            let mut bytes = [0; 512];
            let length = other.recv(&mut bytes).unwrap();
            match rosc::decoder::decode_udp(&bytes[..length]).unwrap().1 {
                OscPacket::Message(message) => heard.push(message),
                OscPacket::Bundle(_) => panic!("no bundle"),
            }
        }
        let addresses: Vec<&str> = heard.iter().map(|m| m.addr.as_str()).collect();
        assert_eq!(addresses, ["/light", "/mvae/playing", "/mvae/beat", "/mvae/note"]);
        assert_eq!(heard[0].args, [OscType::Int(1), OscType::String("on".into())]);
        assert_eq!(heard[3].args[2], OscType::Int(38));
    }

    #[test]
    fn an_address_that_is_none_is_named() {
        let side =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let error = open(side.handle(), Some("nowhere"), None, |_| {}).unwrap_err().to_string();
        assert!(error.contains("nowhere") && error.contains("9000"), "{error}");
    }
}
