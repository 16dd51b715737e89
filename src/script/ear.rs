//! What scripts listen to: controllers, notes, keys; and what was heard and not yet answered.

use std::collections::VecDeque;

use rhai::{Dynamic, INT};

/// Events kept for one listener; beyond that the oldest are forgotten.
const KEPT: usize = 64;

/// Something that came from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// A controller moved, both 0..=127.
    Control {
        /// Its number.
        number: u8,
        /// Where it stands now.
        value: u8,
    },
    /// A key of an instrument was struck.
    Note {
        /// MIDI key.
        key: u8,
        /// 1..=127.
        velocity: u8,
    },
    /// A key of the computer was pressed.
    Key(String),
}

/// What a listener is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ear {
    /// This controller.
    Control(u8),
    /// All notes.
    Note,
    /// This key of the computer.
    Key(String),
}

impl Ear {
    fn takes(&self, heard: &Heard) -> bool {
        match (self, heard) {
            (Self::Control(wanted), Heard::Control { number, .. }) => wanted == number,
            (Self::Note, Heard::Note { .. }) => true,
            (Self::Key(wanted), Heard::Key(key)) => wanted == key,
            _ => false,
        }
    }
}

impl Heard {
    /// What a closure is called with.
    pub fn arguments(&self) -> Vec<Dynamic> {
        match self {
            Self::Control { value, .. } => vec![Dynamic::from(INT::from(*value))],
            Self::Note { key, velocity } => {
                vec![Dynamic::from(INT::from(*key)), Dynamic::from(INT::from(*velocity))]
            }
            Self::Key(key) => vec![Dynamic::from(key.clone())],
        }
    }
}

/// The listeners of all scripts.
#[derive(Debug)]
pub struct Ears {
    all: Vec<(u64, Ear, VecDeque<Heard>)>,
    /// Where each controller was seen last.
    controls: [Option<u8>; 128],
}

impl Default for Ears {
    fn default() -> Self {
        Self { all: Vec::new(), controls: [None; 128] }
    }
}

impl Ears {
    /// Task `id` listens from now on.
    pub fn add(&mut self, id: u64, ear: Ear) {
        self.all.push((id, ear, VecDeque::new()));
    }

    /// Task `id` listens no more; true where it did.
    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.all.len();
        self.all.retain(|(other, ..)| *other != id);
        self.all.len() < before
    }

    /// Something came: the tasks that are to be woken. Of a moving controller only the newest place counts.
    pub fn hear(&mut self, heard: &Heard) -> Vec<u64> {
        if let Heard::Control { number, value } = heard
            && let Some(known) = self.controls.get_mut(usize::from(*number))
        {
            *known = Some(*value);
        }
        let mut woken = Vec::new();
        for (id, ear, events) in &mut self.all {
            if !ear.takes(heard) {
                continue;
            }
            if matches!(heard, Heard::Control { .. }) || events.len() == KEPT {
                events.pop_front();
            }
            events.push_back(heard.clone());
            woken.push(*id);
        }
        woken
    }

    /// The oldest event that task `id` has not answered.
    pub fn take(&mut self, id: u64) -> Option<Heard> {
        self.all.iter_mut().find(|(other, ..)| *other == id)?.2.pop_front()
    }

    /// Where a controller was seen last.
    pub fn control(&self, number: u8) -> Option<u8> {
        self.controls.get(usize::from(number)).copied().flatten()
    }

    /// The keys of the computer that are listened to.
    pub fn keys(&self) -> Vec<String> {
        let keys = self.all.iter().filter_map(|(_, ear, _)| match ear {
            Ear::Key(key) => Some(key.clone()),
            Ear::Control(_) | Ear::Note => None,
        });
        keys.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Ear, Ears, Heard};

    #[test]
    fn a_controller_is_heard_where_it_stands_now_and_notes_one_by_one() {
        let mut ears = Ears::default();
        ears.add(1, Ear::Control(7));
        ears.add(2, Ear::Note);
        for value in [1, 2, 3] {
            assert_eq!(ears.hear(&Heard::Control { number: 7, value }), [1]);
        }
        assert!(ears.hear(&Heard::Control { number: 8, value: 9 }).is_empty());
        assert_eq!((ears.take(1), ears.take(1)), (Some(Heard::Control { number: 7, value: 3 }), None));
        assert_eq!((ears.control(8), ears.control(9)), (Some(9), None));
        for key in 0..100 {
            ears.hear(&Heard::Note { key, velocity: 1 });
        }
        assert_eq!(ears.take(2), Some(Heard::Note { key: 36, velocity: 1 }), "the oldest are forgotten");
        assert!(ears.remove(2) && !ears.remove(2));
    }
}
