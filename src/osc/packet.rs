//! From bytes to a packet: what the decoder would lose its footing on is refused before it sees it.

use rosc::OscPacket;

/// Bundles and arrays taken in one packet. Each may lie within the one before, and the decoder, which goes down into
/// every one, has a stack of limited depth; a thousand levels still fit into it.
const MOST: usize = 256;
/// What every bundle begins with.
const BUNDLE: &[u8] = b"#bundle\0";
/// What every array begins with, among the types of a message.
const ARRAY: u8 = b'[';

/// The packet that `bytes` are; `None` where they are none, or more bundles or arrays than anybody needs.
pub fn decode(bytes: &[u8]) -> Option<OscPacket> {
    let bundles = bytes.windows(BUNDLE.len()).filter(|window| *window == BUNDLE).count();
    let arrays = bytes.iter().filter(|byte| **byte == ARRAY).count();
    if bundles > MOST || arrays > MOST {
        return None;
    }
    rosc::decoder::decode_udp(bytes).ok().map(|(_, packet)| packet)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rosc::{OscMessage, OscType};

    /// A message within so many bundles, each within the one before.
    fn nested(levels: usize) -> Vec<u8> {
        let message = OscMessage { addr: "/mvae/play".into(), args: Vec::new() };
        let mut bytes = rosc::encoder::encode(&OscPacket::Message(message)).expect("encodes");
        for _ in 0..levels {
            let mut outer = BUNDLE.to_vec();
            outer.extend([0, 0, 0, 0, 0, 0, 0, 1]);
            outer.extend((bytes.len() as u32).to_be_bytes());
            outer.append(&mut bytes);
            bytes = outer;
        }
        bytes
    }

    #[test]
    fn bundles_within_bundles_are_taken_as_far_as_anybody_needs_them() {
        for levels in [1, 16, MOST] {
            let mut packet = decode(&nested(levels)).expect("is one");
            for _ in 0..levels {
                let OscPacket::Bundle(mut bundle) = packet else { unreachable!("a bundle") };
                packet = bundle.content.pop().expect("has something in it");
            }
            assert!(matches!(packet, OscPacket::Message(_)));
        }
    }

    #[test]
    fn a_packet_that_would_bring_the_program_down_is_refused() {
        for levels in [MOST + 1, 2_500, 3_000] {
            let bytes = nested(levels);
            assert!(bytes.len() < 65_536 && decode(&bytes).is_none(), "{levels} bundles");
        }
        let mut arrays = b"/mvae/play\0\0,".to_vec();
        arrays.extend([b'['; 20_000]);
        arrays.extend([b']'; 20_000]);
        arrays.extend([0; 3]);
        assert_eq!(decode(&arrays), None);
    }

    #[test]
    fn arrays_as_other_programs_send_them_are_taken() {
        let array = OscType::Array(rosc::OscArray { content: vec![OscType::Int(1), OscType::Float(0.5)] });
        let message = OscPacket::Message(OscMessage { addr: "/mvae/tempo".into(), args: vec![array] });
        let bytes = rosc::encoder::encode(&message).expect("encodes");
        assert_eq!(decode(&bytes), Some(message));
    }
}
