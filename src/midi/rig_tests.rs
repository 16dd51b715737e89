//! The rig on ports made for the occasion.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::ports::{Backend, Ear, Gone, Held, Port, PortError};
use super::{OutputSettings, Packet, Rig, RigNews, Settings};
use crate::engine;

/// A system with the outputs that are listed; each can be open once.
struct Made {
    listed: Arc<Mutex<Vec<String>>>,
    taken: Arc<AtomicBool>,
}

/// Its port: free again when it is dropped.
#[derive(Debug)]
struct MadePort(Arc<AtomicBool>);

impl Drop for MadePort {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Port for MadePort {
    fn send(&mut self, _at: u64, _packet: Packet) -> Result<(), Gone> {
        Ok(())
    }
}

impl Backend for Made {
    fn name(&self) -> &'static str {
        "made up"
    }

    fn outputs(&mut self) -> Result<Vec<String>, PortError> {
        Ok(self.listed.lock().expect("nobody broke off").clone())
    }

    fn inputs(&mut self) -> Result<Vec<String>, PortError> {
        Ok(Vec::new())
    }

    fn open_output(&mut self, name: &str, _own: bool) -> Result<Box<dyn Port>, PortError> {
        if self.taken.swap(true, Ordering::AcqRel) {
            return Err(PortError::Refused { name: name.to_owned(), cause: "in use".into() });
        }
        Ok(Box::new(MadePort(Arc::clone(&self.taken))))
    }

    fn open_input(&mut self, name: &str, _own: bool, _ear: Ear) -> Result<Box<dyn Held>, PortError> {
        Err(PortError::NoPort(name.to_owned()))
    }
}

#[test]
fn a_port_that_comes_back_can_be_opened_again_since_the_old_one_was_closed_without_another_word() {
    let listed = Arc::new(Mutex::new(vec!["drums".to_owned()]));
    let taken = Arc::new(AtomicBool::new(false));
    let made = Made { listed: Arc::clone(&listed), taken: Arc::clone(&taken) };
    let settings = Settings { outputs: vec![OutputSettings::new("drums")], ..Settings::default() };
    let (mut player, _driver) = engine::channel(48_000.0);
    let wire = player.take_wire().expect("the first taker");
    let (tell, news) = channel();
    let hear = move |heard| {
        let _ = tell.send(heard);
    };
    let rig = Rig::start(wire, settings, vec![Box::new(made)], hear).expect("starts");
    let wait = |wanted: fn(&RigNews) -> bool| {
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(20) {
            if news.recv_timeout(Duration::from_millis(50)).is_ok_and(|news| wanted(&news)) {
                return true;
            }
        }
        false
    };
    assert!(wait(|news| matches!(news, RigNews::Opened(_))));
    listed.lock().expect("nobody broke off").clear();
    assert!(wait(|news| matches!(news, RigNews::Missing(line) if line.contains("drums"))));
    let began = Instant::now();
    while taken.load(Ordering::Acquire) {
        assert!(began.elapsed() < Duration::from_secs(20), "the port that has gone is still held");
        std::thread::sleep(Duration::from_millis(5));
    }
    listed.lock().expect("nobody broke off").push("drums".to_owned());
    assert!(wait(|news| matches!(news, RigNews::Opened(_))), "it is taken back");
    drop(rig);
    assert!(!taken.load(Ordering::Acquire));
}
