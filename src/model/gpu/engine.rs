//! The engine: rows in fours through the parts on the card (spec sections 3 to 5).

use super::{
    graphs::ROWS,
    pad::{self, up},
    plan::Plan,
    session::{Feed, Maker, Part},
};
use crate::model::{
    catalogue::{Config, Head},
    cpu::softplus,
    engine::{Draw, Engine, Fault},
    network::{
        encoder::Encoded,
        rows::{Row, Rows},
    },
    settings::Settings,
    vae::Posterior,
    weights::Weights,
};

/// Below this temperature the likeliest output is taken, as the processor does.
const GREEDY: f32 = 1e-4;

/// Rows of numbers as a part takes them: [`ROWS`] of them one after another, filled with zeros.
type Wide = Vec<f32>;

/// A model on the card.
pub struct Gpu {
    settings: Settings,
    config: &'static Config,
    encoder: Vec<Level>,
    posterior: Part,
    conductors: Vec<Conductor>,
    cores: Vec<Core>,
    chunk: Option<usize>,
}

/// An encoder level: its layers forward and backward, in chunks of so many steps.
struct Level {
    layers: Vec<[Part; 2]>,
    chunk: usize,
}

struct Conductor {
    start: Part,
    step: Part,
    base: Wide,
}

struct Core {
    start: Part,
    run: Part,
    /// Places of a whole output row that it makes.
    first: usize,
    parts: &'static [usize],
}

impl Gpu {
    /// Puts a model on the card.
    ///
    /// # Errors
    /// In words: what the card cannot do of it, or what broke.
    pub fn new(settings: &Settings, weights: &Weights, maker: &dyn Maker) -> Result<Self, String> {
        let config = settings.catalogue().map_err(|error| error.to_string())?;
        let plan = Plan::new(settings, config, weights)?;
        let part = |program| Part::new(&program, maker);
        let mut encoder = Vec::new();
        for (layers, chunk) in plan.encoder.into_iter().zip(plan.encoder_steps) {
            let layers = layers.into_iter().map(|[fw, bw]| Ok([part(fw)?, part(bw)?]));
            encoder.push(Level { layers: layers.collect::<Result<_, String>>()?, chunk });
        }
        let mut conductors = Vec::new();
        for (start, step, bias) in plan.conductors {
            let base = (0..ROWS).flat_map(|_| bias.clone()).collect();
            conductors.push(Conductor { start: part(start)?, step: part(step)?, base });
        }
        let mut cores = Vec::new();
        let mut first = 0;
        for (i, (start, run)) in plan.cores.into_iter().enumerate() {
            let parts = if config.head == Head::Split { &config.parts[i..=i] } else { config.parts };
            cores.push(Core { start: part(start)?, run: part(run)?, first, parts });
            first += parts.iter().sum::<usize>();
        }
        let posterior = part(plan.posterior)?;
        let settings = settings.clone();
        Ok(Self { settings, config, encoder, posterior, conductors, cores, chunk: plan.decoder_steps })
    }

    /// Bytes of weights on the card.
    pub fn weights(&self) -> usize {
        let encoder = self.encoder.iter().flat_map(|level| level.layers.iter().flatten());
        let conductors = self.conductors.iter().flat_map(|c| [&c.start, &c.step]);
        let cores = self.cores.iter().flat_map(|c| [&c.start, &c.run]);
        let parts = encoder.chain(conductors).chain(cores).chain([&self.posterior]);
        parts.map(Part::weights).sum()
    }

    /// Last states of both directions of a level for up to [`ROWS`] sequences of equal length.
    fn level(&self, level: &Level, x: Vec<Wide>) -> Result<[Wide; 2], String> {
        let mut x = x;
        let mut ends = [Wide::new(), Wide::new()];
        for (k, layer) in level.layers.iter().enumerate() {
            let units = self.settings.encoder[k];
            let forward = run_lstm(&layer[0], units, level.chunk, x.iter())?;
            let backward = run_lstm(&layer[1], units, level.chunk, x.iter().rev())?;
            ends = [&forward, &backward].map(|h| h.last().cloned().unwrap_or_default());
            if k + 1 < level.layers.len() {
                let pairs = forward.iter().zip(backward.iter().rev());
                x = pairs.map(|(fw, bw)| side_by_side(fw, bw, units)).collect();
            }
        }
        Ok(ends)
    }

    /// Posteriors of up to [`ROWS`] whole examples.
    fn posteriors(&self, examples: &[Encoded]) -> Result<Vec<Posterior>, String> {
        let depth = self.config.input_depth + self.config.control_depth;
        let units = self.settings.encoder.last().copied().unwrap_or(0);
        let levels = &self.settings.encoder_levels;
        let dense = |row: &Row| {
            let mut dense = vec![0.0; depth];
            row.iter().for_each(|(k, x)| dense[*k as usize] = *x);
            dense
        };
        let steps = |rows: &[&[Row]]| -> Vec<Wide> {
            let count = rows.first().map_or(0, |rows| rows.len());
            let at = |t: usize| rows.iter().map(|rows| dense(&rows[t])).collect::<Vec<_>>();
            (0..count).map(|t| pad::rows(&at(t), up(depth), ROWS)).collect()
        };
        let Some(segment) = levels.first() else {
            let rows: Vec<&[Row]> = examples.iter().map(|e| e.rows.as_slice()).collect();
            return self.moments(self.level(&self.encoder[0], steps(&rows))?, examples.len());
        };
        // Segments of all examples as rows, then the vectors of a group as steps of the next level.
        let segments: Vec<&[Row]> = examples.iter().flat_map(|e| e.rows.chunks(*segment)).collect();
        let mut vectors = Vec::new();
        for rows in segments.chunks(ROWS) {
            let ends = self.level(&self.encoder[0], steps(rows))?;
            vectors.extend(joined(&ends, units, rows.len()));
        }
        for (level, group) in self.encoder.iter().zip(levels).skip(1) {
            let mut above = Vec::new();
            let groups: Vec<&[Vec<f32>]> = vectors.chunks(*group).collect();
            for rows in groups.chunks(ROWS) {
                let at = |t: usize| rows.iter().map(|vectors| vectors[t].as_slice()).collect::<Vec<_>>();
                let x = (0..*group).map(|t| pad::rows(&at(t), up(2 * units), ROWS)).collect();
                above.extend(joined(&self.level(level, x)?, units, rows.len()));
            }
            vectors = above;
        }
        let half = |from: usize| {
            let part: Vec<&[f32]> = vectors.iter().map(|v| &v[from..from + units]).collect();
            pad::rows(&part, up(units), ROWS)
        };
        self.moments([half(0), half(units)], examples.len())
    }

    fn moments(&self, ends: [Wide; 2], count: usize) -> Result<Vec<Posterior>, String> {
        let out = self.posterior.run(&[Feed::F32(&ends[0]), Feed::F32(&ends[1])])?;
        let z = self.settings.z_size;
        let row = |values: &Wide, r: usize| values[r * up(z)..][..z].to_vec();
        let moments =
            |r| Posterior { mu: row(&out[0], r), sigma: row(&out[1], r).into_iter().map(softplus).collect() };
        Ok((0..count).map(moments).collect())
    }

    /// Conductor level `l`, depth first.
    fn conduct(&self, l: usize, x: &Wide, now: &mut Now<'_>) -> Result<(), String> {
        let Some(conductor) = self.conductors.get(l) else {
            let steps = self.settings.decoder_levels.last().copied().unwrap_or(now.draw.steps);
            return self.segment(x, steps, now);
        };
        let mut states = conductor.start.run(&[Feed::F32(x)])?;
        for _ in 0..self.settings.decoder_levels[l] {
            let mut feeds = vec![Feed::F32(&conductor.base)];
            feeds.extend(states.iter().map(|s| Feed::F32(s)));
            states = conductor.step.run(&feeds)?;
            let embedding = states.last().cloned().unwrap_or_default();
            self.conduct(l + 1, &embedding, now)?;
        }
        Ok(())
    }

    /// `steps` steps of every core from the latent vector or embedding.
    fn segment(&self, latent: &Wide, steps: usize, now: &mut Now<'_>) -> Result<(), String> {
        for (i, core) in self.cores.iter().enumerate() {
            let mut states = core.start.run(&[Feed::F32(latent)])?;
            let base = states.pop().unwrap_or_default();
            match self.chunk {
                Some(chunk) => self.drawn(core, &base, states, (steps, chunk), now)?,
                None => self.stepwise(core, i, &base, states, steps, now)?,
            }
        }
        now.t += steps;
        Ok(())
    }

    /// Chunks of a core that draws on the card.
    fn drawn(
        &self,
        core: &Core,
        base: &Wide,
        mut states: Vec<Wide>,
        (steps, chunk): (usize, usize),
        now: &mut Now<'_>,
    ) -> Result<(), String> {
        let greedy = now.draw.temperature < GREEDY;
        let temperature = [if greedy { 1.0 } else { now.draw.temperature }];
        let counts: Vec<[f32; 1]> = core.parts.iter().map(|n| [*n as f32]).collect();
        for from in (0..steps).step_by(chunk) {
            let previous: Vec<Vec<i32>> = (0..core.parts.len())
                .map(|p| (0..ROWS).map(|r| now.previous(core, p, r)).collect())
                .collect();
            let t = |step: usize| now.t + from + step;
            let noise: Vec<Wide> = (0..chunk)
                .flat_map(|step| (0..core.parts.len()).map(move |p| (step, p)))
                .map(|(step, p)| now.noise(core, p, t(step), greedy || from + step >= steps))
                .collect();
            let mut feeds = vec![Feed::F32(base), Feed::F32(&temperature)];
            feeds.extend(states.iter().map(|s| Feed::F32(s)));
            for (previous, count) in previous.iter().zip(&counts) {
                feeds.extend([Feed::I32(previous), Feed::F32(count)]);
            }
            feeds.extend(noise.iter().map(|x| Feed::F32(x)));
            let mut out = core.run.run(&feeds)?;
            let drawn = chunk.min(steps - from) * core.parts.len();
            let after = out.split_off(chunk * core.parts.len());
            for (i, indices) in out.into_iter().take(drawn).enumerate() {
                let (step, p) = (i / core.parts.len(), i % core.parts.len());
                now.take(core, p, now.t + from + step, &indices)?;
            }
            states = after;
        }
        Ok(())
    }

    /// A core that gives logits step by step; the processor draws.
    fn stepwise(
        &self,
        core: &Core,
        number: usize,
        base: &Wide,
        mut states: Vec<Wide>,
        steps: usize,
        now: &mut Now<'_>,
    ) -> Result<(), String> {
        if number > 0 {
            return Err("cores of their own are drawn on the card".to_owned());
        }
        let depth = self.config.output_depth();
        let width = depth + self.settings.nade_hidden;
        for step in 0..steps {
            let t = now.t + step;
            let last = |r: usize| now.rows.get(r).and_then(|rows| rows.last());
            let mut previous = vec![0.0; ROWS * up(depth)];
            let mut controls = vec![0.0; ROWS * up(self.config.control_depth)];
            for r in 0..now.rows.len() {
                for (k, x) in last(r).into_iter().flatten() {
                    previous[r * up(depth) + *k as usize] = *x;
                }
                for (k, x) in now.draw.controls.get(t).into_iter().flatten() {
                    controls[r * up(self.config.control_depth) + *k as usize] = *x;
                }
            }
            let mut feeds = vec![Feed::F32(base)];
            feeds.extend(states.iter().map(|s| Feed::F32(s)));
            feeds.push(Feed::F32(&previous));
            if !controls.is_empty() {
                feeds.push(Feed::F32(&controls));
            }
            let mut out = core.run.run(&feeds)?;
            states = out.split_off(1);
            let logits = out.pop().unwrap_or_default();
            for (r, noise) in now.draw.noise.iter().enumerate() {
                let logits = &logits[r * up(width)..][..width];
                let row = now.draw.head.draw(logits, t, now.draw.temperature, noise);
                now.rows[r].push(row);
            }
        }
        Ok(())
    }
}

/// Where a decode of up to [`ROWS`] rows stands.
struct Now<'a> {
    draw: Draw<'a>,
    depth: usize,
    t: usize,
    rows: Vec<Rows>,
}

impl Now<'_> {
    /// What row `r` drew last for part `p` of a core; the number of categories where there is nothing yet.
    fn previous(&self, core: &Core, p: usize, r: usize) -> i32 {
        let first = core.first + core.parts[..p].iter().sum::<usize>();
        let own = |(k, _): &&(u32, f32)| (first..first + core.parts[p]).contains(&(*k as usize));
        // Rows grow core by core: the newest that holds this part is the one before.
        let found = self.rows.get(r).and_then(|rows| rows.iter().rev().find_map(|row| row.iter().find(own)));
        found.map_or(core.parts[p] as i32, |(k, _)| *k as i32 - first as i32)
    }

    /// Gumbel noise of step `t` for part `p`; zeros where the likeliest is taken.
    fn noise(&self, core: &Core, p: usize, t: usize, none: bool) -> Wide {
        let n = core.parts[p];
        let mut all = vec![0.0; ROWS * up(n)];
        if !none {
            let first = t * self.depth + core.first + core.parts[..p].iter().sum::<usize>();
            for (noise, row) in self.draw.noise.iter().zip(all.chunks_exact_mut(up(n))) {
                for (k, x) in row[..n].iter_mut().enumerate() {
                    *x = noise.gumbel((first + k) as u64);
                }
            }
        }
        all
    }

    /// Keeps what was drawn for part `p` at step `t`.
    fn take(&mut self, core: &Core, p: usize, t: usize, indices: &[f32]) -> Result<(), String> {
        let first = core.first + core.parts[..p].iter().sum::<usize>();
        for (rows, index) in self.rows.iter_mut().zip(indices) {
            let k = *index as usize;
            if k >= core.parts[p] || k as f32 != *index {
                return Err(format!("it drew category {index} of {}", core.parts[p]));
            }
            rows.resize(rows.len().max(t + 1), Row::new());
            rows[t].push(((first + k) as u32, 1.0));
        }
        Ok(())
    }
}

impl Engine for Gpu {
    fn encode(&self, examples: &[Encoded]) -> Result<Vec<Posterior>, Fault> {
        let segment = self.settings.encoder_levels.first().copied();
        let whole = |e: &Encoded| {
            let lengths = segment.is_none_or(|segment| e.lengths.iter().all(|n| *n == segment));
            e.rows.len() == self.settings.steps && lengths
        };
        if !examples.iter().all(whole) {
            return Err(Fault::Unsupported("patterns shorter than the model's".to_owned()));
        }
        let parts = examples.chunks(ROWS).map(|examples| self.posteriors(examples));
        Ok(parts.collect::<Result<Vec<_>, String>>().map_err(Fault::Failed)?.concat())
    }

    fn decode(&self, z: &[Vec<f32>], draw: &Draw<'_>) -> Result<Vec<Rows>, Fault> {
        let mut all = Vec::new();
        for (z, noise) in z.chunks(ROWS).zip(draw.noise.chunks(ROWS)) {
            let rows = vec![Rows::new(); z.len()];
            let depth = self.config.output_depth();
            let mut now = Now { draw: Draw { noise, ..*draw }, depth, t: 0, rows };
            let z = pad::rows(z, up(self.settings.z_size), ROWS);
            self.conduct(0, &z, &mut now).map_err(Fault::Failed)?;
            all.extend(now.rows);
        }
        Ok(all)
    }
}

/// Runs one direction over `x`; gives its output at each step in the order read.
fn run_lstm<'a>(
    part: &Part,
    units: usize,
    chunk: usize,
    x: impl Iterator<Item = &'a Wide>,
) -> Result<Vec<Wide>, String> {
    let x: Vec<&Wide> = x.collect();
    let mut c = vec![0.0; ROWS * up(units)];
    let mut outputs: Vec<Wide> = Vec::with_capacity(x.len());
    for steps in x.chunks(chunk) {
        let zeros = vec![0.0; ROWS * up(units)];
        let h = outputs.last().unwrap_or(&zeros).clone();
        let mut feeds = vec![Feed::F32(&c), Feed::F32(&h)];
        feeds.extend(steps.iter().map(|x| Feed::F32(x)));
        let mut out = part.run(&feeds)?;
        c = out.pop().unwrap_or_default();
        outputs.extend(out);
    }
    Ok(outputs)
}

/// `[fw ; bw]` of each row.
fn joined(ends: &[Wide; 2], units: usize, count: usize) -> Vec<Vec<f32>> {
    let half = |way: usize, r: usize| &ends[way][r * up(units)..][..units];
    (0..count).map(|r| [half(0, r), half(1, r)].concat()).collect()
}

/// The same as the next layer takes it.
fn side_by_side(fw: &Wide, bw: &Wide, units: usize) -> Wide {
    pad::rows(&joined(&[fw.clone(), bw.clone()], units, ROWS), up(2 * units), ROWS)
}
