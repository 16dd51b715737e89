//! A flat or hierarchical decoder stepping through time (spec sections 4 and 5).

use super::{
    conductor::Conductor,
    core::{Core, CoreState},
    load::Loader,
    rows::Row,
};
use crate::model::{
    catalogue::{Config, Head},
    cpu::Activations,
    error::ModelError,
    names,
    settings::Settings,
};

/// Conductors and cores.
pub struct Decoder {
    conductors: Vec<Conductor>,
    /// Steps of a segment; nothing for a flat decoder.
    segment: Option<usize>,
    cores: Vec<Core>,
    embedding: usize,
}

/// What happens at each step: takes the projected outputs, gives what is fed back.
pub trait Listener {
    /// Row `row`'s projected outputs at step `t`; what is returned is the row's previous output at `t + 1`.
    fn output(&mut self, t: usize, row: usize, logits: &[f32]) -> Row;

    /// Controls of `row` at step `t`, if the model takes any.
    fn controls(&self, _t: usize, _row: usize) -> &[(u32, f32)] {
        &[]
    }

    /// The embedding of row `row`'s next segment.
    fn embedding(&mut self, _row: usize, _embedding: Vec<f32>) {}
}

/// Time and previous outputs while decoding.
struct Now<'a, L> {
    listener: &'a mut L,
    t: usize,
    previous: Vec<Row>,
}

impl Decoder {
    /// The decoder of `settings`.
    pub fn load(loader: &Loader<'_>, settings: &Settings, config: &Config) -> Result<Self, ModelError> {
        let units = &settings.decoder;
        let top = units[units.len() - 1];
        let levels = settings.decoder_levels.split_last();
        let conductors = levels.map_or(&[][..], |(_, above)| above);
        let conductors: Vec<Conductor> = conductors
            .iter()
            .enumerate()
            .map(|(l, segments)| {
                let x = if l == 0 { settings.z_size } else { top };
                Conductor::load(loader, l, *segments, x, settings.autoregressive, units)
            })
            .collect::<Result<_, _>>()?;
        let latent = if conductors.is_empty() { settings.z_size } else { top };
        let whole = [config.output_depth()];
        let parts = if config.head == Head::Split { config.parts } else { &whole };
        let mut place = 0;
        let mut cores = Vec::new();
        for (part, depth) in parts.iter().enumerate() {
            let path = names::core(settings, config, part);
            let places = place..place + depth;
            cores.push(Core::load(loader, &path, places, latent, config.control_depth, units)?);
            place += depth;
        }
        Ok(Self { conductors, segment: levels.map(|(segment, _)| *segment), cores, embedding: top })
    }

    /// Numbers of a projected row, all cores together.
    pub fn width(&self) -> usize {
        self.cores.iter().map(Core::width).sum()
    }

    /// Bytes of weights that one step reads.
    pub fn bytes(&self) -> usize {
        self.cores.iter().map(Core::bytes).chain(self.conductors.iter().map(Conductor::bytes)).sum()
    }

    /// Decodes `steps` steps (hierarchical: its own length) from the latent vectors `z`.
    pub fn run<L: Listener>(&self, z: &[&[f32]], steps: usize, listener: &mut L) {
        let width = z.first().map_or(0, |z| z.len());
        let z = Activations::from_rows(z, width);
        let mut now = Now { listener, t: 0, previous: vec![Row::new(); z.rows()] };
        match self.segment {
            None => {
                self.segment(&z, steps, &mut now);
            }
            Some(_) => {
                self.level(0, &z, &mut now);
            }
        }
    }

    /// Conductor level `l`, depth first; gives its final states.
    fn level<L: Listener>(&self, l: usize, x: &Activations, now: &mut Now<'_, L>) -> Vec<Vec<f32>> {
        let Some(conductor) = self.conductors.get(l) else {
            for row in 0..x.rows() {
                now.listener.embedding(row, x.row(row, self.embedding));
            }
            return self.segment(x, self.segment.unwrap_or(0), now);
        };
        let mut state = conductor.start(x);
        let mut lower = Vec::new();
        for _ in 0..conductor.segments {
            let embedding = conductor.step(&lower, &mut state);
            lower = self.level(l + 1, &embedding, now);
        }
        if conductor.is_autoregressive() { conductor.state_rows(&state) } else { Vec::new() }
    }

    /// `steps` steps of every core from the latent vector or embedding; gives the final states where a conductor
    /// wants them.
    fn segment<L: Listener>(
        &self,
        latent: &Activations,
        steps: usize,
        now: &mut Now<'_, L>,
    ) -> Vec<Vec<f32>> {
        let rows = latent.rows();
        let mut states: Vec<CoreState> = self.cores.iter().map(|core| core.start(latent)).collect();
        let mut logits = vec![0.0; self.width()];
        for _ in 0..steps {
            let t = now.t;
            let outputs: Vec<Activations> = self
                .cores
                .iter()
                .zip(&mut states)
                .map(|(core, state)| {
                    let inputs: Vec<Row> = (0..rows).map(|r| self.inputs(core, t, r, now)).collect();
                    let inputs: Vec<&[(u32, f32)]> = inputs.iter().map(Vec::as_slice).collect();
                    core.step(&inputs, state)
                })
                .collect();
            for row in 0..rows {
                let mut at = 0;
                for (core, output) in self.cores.iter().zip(&outputs) {
                    output.copy_row(row, &mut logits[at..at + core.width()]);
                    at += core.width();
                }
                now.previous[row] = now.listener.output(t, row, &logits);
            }
            now.t += 1;
        }
        let wanted = self.conductors.iter().any(Conductor::is_autoregressive);
        match (wanted, self.cores.as_slice(), states.as_slice()) {
            (true, [core], [state]) => core.state_rows(state),
            _ => Vec::new(),
        }
    }

    /// A core's share of the previous output, and the controls after it.
    fn inputs<L: Listener>(&self, core: &Core, t: usize, row: usize, now: &Now<'_, L>) -> Row {
        let places = &core.places;
        let own = now.previous[row].iter().filter(|(place, _)| places.contains(&(*place as usize)));
        let controls = now.listener.controls(t, row).iter();
        own.map(|(place, value)| (place - places.start as u32, *value))
            .chain(controls.map(|(place, value)| (place + places.len() as u32, *value)))
            .collect()
    }
}
