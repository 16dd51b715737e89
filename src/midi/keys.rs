//! Keys that are down: what each began, so that it is ended there, whatever was chosen meanwhile.

use super::order::{INPUTS, OUTPUTS};

/// What a key that is down began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Track it plays on, 0..8.
    pub track: u8,
    /// Channel inside.
    pub channel: u8,
    /// MIDI key inside.
    pub key: u8,
    /// Channel and MIDI key outside.
    pub note: (u8, u8),
    /// Outputs it was sent to: bit = number.
    pub outputs: u8,
}

impl Key {
    /// Outputs it was sent to.
    pub fn outputs(&self) -> impl Iterator<Item = u8> + use<> {
        let outputs = self.outputs;
        (0..OUTPUTS as u8).filter(move |output| outputs >> output & 1 == 1)
    }
}

/// The keys of all inputs. Allocates at its making only.
#[derive(Debug)]
pub struct Keys(Box<[[Option<Key>; 128]; INPUTS]>);

impl Default for Keys {
    fn default() -> Self {
        Self(Box::new([[None; 128]; INPUTS]))
    }
}

impl Keys {
    /// MIDI key `pressed` of an input goes down; gives back what it began before, where nobody has heard its end.
    pub fn press(&mut self, input: u8, pressed: u8, key: Key) -> Option<Key> {
        self.0.get_mut(usize::from(input))?.get_mut(usize::from(pressed))?.replace(key)
    }

    /// MIDI key `pressed` of an input goes up; gives back what it began.
    pub fn lift(&mut self, input: u8, pressed: u8) -> Option<Key> {
        self.0.get_mut(usize::from(input))?.get_mut(usize::from(pressed))?.take()
    }

    /// Any one key of an input goes up; `None` where none is down.
    pub fn lift_any(&mut self, input: u8) -> Option<Key> {
        self.0.get_mut(usize::from(input))?.iter_mut().find_map(Option::take)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_gives_back_what_it_began_once_and_inputs_are_told_apart() {
        let key = |key| Key { track: 1, channel: 2, key, note: (3, key), outputs: 0b101 };
        let mut keys = Keys::default();
        assert_eq!((keys.press(0, 60, key(72)), keys.press(1, 60, key(48))), (None, None));
        assert_eq!(keys.press(0, 60, key(84)), Some(key(72)), "struck again without an end");
        assert_eq!((keys.lift(0, 60), keys.lift(0, 60)), (Some(key(84)), None));
        assert_eq!((keys.lift_any(1), keys.lift_any(1)), (Some(key(48)), None));
        assert_eq!((keys.lift(99, 60), keys.press(0, 200, key(1))), (None, None), "what there is not");
        assert_eq!(key(1).outputs().collect::<Vec<_>>(), [0, 2]);
    }
}
