//! A graph on the card, behind everything that can go wrong: wrong inputs, panics, lost devices, numbers that are none.

use super::{
    builder::{Port, Program},
    guard,
};
use crate::model::onnx::Element;
use std::{
    borrow::Cow,
    collections::HashMap,
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Wake, Waker},
    thread::Thread,
};
use wonnx::utils::{InputTensor, OutputTensor};

/// Numbers for an input.
#[derive(Debug, Clone, Copy)]
pub enum Feed<'a> {
    /// Floats.
    F32(&'a [f32]),
    /// Integers.
    I32(&'a [i32]),
}

/// Runs one graph. wonnx in earnest, doubles in tests.
pub trait Session: Send {
    /// The outputs in their order, for inputs in theirs; lengths and types have been checked.
    fn run(&mut self, inputs: &[(&str, Feed<'_>)]) -> Result<Vec<Vec<f32>>, String>;
}

/// Makes sessions.
pub trait Maker: Send + Sync {
    /// A session of `program`.
    fn make(&self, program: &Program) -> Result<Box<dyn Session>, String>;
}

/// A session that only takes what its graph declares, and only gives numbers.
pub struct Part {
    name: String,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    weights: usize,
    /// One run at a time: wonnx mixes up concurrent ones. Nothing once it broke: then it is not used again.
    session: Mutex<Option<Box<dyn Session>>>,
}

impl Part {
    /// Puts `program` on the card.
    pub fn new(program: &Program, maker: &dyn Maker) -> Result<Self, String> {
        Ok(Self {
            name: program.name.clone(),
            inputs: program.inputs.clone(),
            outputs: program.outputs.clone(),
            weights: program.weights,
            session: Mutex::new(Some(maker.make(program)?)),
        })
    }

    /// Bytes of its weights on the card.
    pub fn weights(&self) -> usize {
        self.weights
    }

    /// Runs the graph: inputs in the order of the graph's, outputs likewise.
    pub fn run(&self, feeds: &[Feed<'_>]) -> Result<Vec<Vec<f32>>, String> {
        let fits = feeds.len() == self.inputs.len()
            && feeds.iter().zip(&self.inputs).all(|(feed, port)| match feed {
                Feed::F32(x) => port.element == Element::F32 && x.len() == port.len,
                Feed::I32(x) => port.element == Element::I32 && x.len() == port.len,
            });
        if !fits {
            return Err(format!("{} was fed something else than it takes", self.name));
        }
        let named: Vec<(&str, Feed<'_>)> =
            self.inputs.iter().map(|port| port.name.as_str()).zip(feeds.iter().copied()).collect();
        let mut slot = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        let session = slot.as_mut().ok_or_else(|| format!("{} broke before", self.name))?;
        let ran = guard::survives(&self.name, || session.run(&named)).and_then(|ran| ran);
        let checked = ran.and_then(|outputs| self.checked(outputs));
        if checked.is_err()
            && let Some(broken) = slot.take()
        {
            // Letting go of a lost device may panic again.
            let _ = guard::survives(&self.name, || drop(broken));
        }
        checked
    }

    fn checked(&self, outputs: Vec<Vec<f32>>) -> Result<Vec<Vec<f32>>, String> {
        let fits = outputs.len() == self.outputs.len()
            && outputs.iter().zip(&self.outputs).all(|(x, port)| x.len() == port.len);
        if !fits {
            return Err(format!("{} gave something else than its outputs", self.name));
        }
        if outputs.iter().flatten().any(|x| !x.is_finite()) {
            return Err(format!("{} gave values that are not numbers", self.name));
        }
        Ok(outputs)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if let Ok(Some(session)) = self.session.get_mut().map(Option::take) {
            let _ = guard::survives(&self.name, || drop(session));
        }
    }
}

/// Sessions of wonnx, each on a device of its own.
pub struct Wonnx;

struct Real {
    session: wonnx::Session,
    outputs: Vec<String>,
}

impl Maker for Wonnx {
    fn make(&self, program: &Program) -> Result<Box<dyn Session>, String> {
        let name = &program.name;
        let made = guard::survives_deep(name, || {
            wait(wonnx::Session::from_bytes(&program.bytes)).map_err(|error| format!("{name}: {error}"))
        });
        let outputs = program.outputs.iter().map(|port| port.name.clone()).collect();
        Ok(Box::new(Real { session: made??, outputs }))
    }
}

impl Session for Real {
    fn run(&mut self, inputs: &[(&str, Feed<'_>)]) -> Result<Vec<Vec<f32>>, String> {
        let tensor = |feed: &Feed<'_>| match feed {
            Feed::F32(x) => InputTensor::F32(Cow::Owned(x.to_vec())),
            Feed::I32(x) => InputTensor::I32(Cow::Owned(x.to_vec())),
        };
        let inputs: HashMap<String, InputTensor<'_>> =
            inputs.iter().map(|(name, feed)| ((*name).to_owned(), tensor(feed))).collect();
        let mut outputs = wait(self.session.run(&inputs)).map_err(|error| error.to_string())?;
        let take = |name: &String| match outputs.remove(name) {
            Some(OutputTensor::F32(values)) => Ok(values),
            _ => Err(format!("output {name} is missing")),
        };
        self.outputs.iter().map(take).collect()
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future on this thread.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Feed, Maker, Part, Session};
    use crate::model::gpu::builder::{Builder, Program};
    use crate::model::onnx::Element;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Doubles its input; the third run panics as a lost device does, and `nan` gives what is no number.
    struct Double(usize);

    impl Session for Double {
        fn run(&mut self, inputs: &[(&str, Feed<'_>)]) -> Result<Vec<Vec<f32>>, String> {
            self.0 += 1;
            assert!(self.0 < 3, "device lost");
            let [("x", Feed::F32(x))] = inputs else { return Err("no x".into()) };
            Ok(vec![x.iter().map(|x| 2.0 * x).collect()])
        }
    }

    impl Drop for Double {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::SeqCst);
        }
    }

    static DROPPED: AtomicUsize = AtomicUsize::new(0);

    struct Doubles;

    impl Maker for Doubles {
        fn make(&self, _: &Program) -> Result<Box<dyn Session>, String> {
            Ok(Box::new(Double(0)))
        }
    }

    fn program() -> Program {
        let mut b = Builder::new("twice");
        let x = b.input("x", Element::F32, &[4, 4]);
        let y = b.binary("Add", &x, &x).unwrap();
        b.output(&y);
        b.finish().unwrap()
    }

    #[test]
    fn wrong_inputs_never_reach_the_card_and_a_lost_device_is_not_asked_again() {
        let part = Part::new(&program(), &Doubles).unwrap();
        for wrong in [&[Feed::F32(&[1.0; 15])][..], &[Feed::I32(&[1; 16])], &[]] {
            assert!(part.run(wrong).unwrap_err().contains("something else"));
        }
        assert_eq!(part.run(&[Feed::F32(&[1.5; 16])]).unwrap(), [[3.0; 16]]);
        let mut odd = [1.0; 16];
        odd[3] = f32::INFINITY;
        assert!(part.run(&[Feed::F32(&odd)]).unwrap_err().contains("not numbers"));
        assert_eq!(DROPPED.load(Ordering::SeqCst), 1);
        assert!(part.run(&[Feed::F32(&[1.0; 16])]).unwrap_err().contains("broke before"));
        let part = Part::new(&program(), &Doubles).unwrap();
        let feed = [1.0; 16];
        assert!(part.run(&[Feed::F32(&feed)]).is_ok() && part.run(&[Feed::F32(&feed)]).is_ok());
        assert!(part.run(&[Feed::F32(&feed)]).unwrap_err().contains("device lost"));
    }
}
