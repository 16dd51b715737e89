//! Bidirectional stacks, alone or as the levels of a hierarchical encoder (spec section 3).

use super::{
    load::Loader,
    lstm::{self, Cell, LayerState, Start},
    rows::Rows,
};
use crate::model::{
    cpu::{Activations, Matrix, Table},
    error::ModelError,
    names,
    settings::Settings,
};

/// Floats of precomputed input products that one batch may hold: 64 MiB.
const PRODUCTS: usize = 16 << 20;

/// One direction of a layer.
struct Direction {
    cell: Cell,
    bias: Activations,
    input: Input,
}

/// How a direction's inputs reach its gates.
enum Input {
    /// Rows looked up step by step: the bottom layer.
    Lookup(Table),
    /// Dense vectors, multiplied for all steps at once.
    Dense(Matrix),
}

/// A sequence for a bidirectional stack.
enum Sequence<'a> {
    /// Sparse rows of each example.
    Sparse(&'a [&'a Rows]),
    /// Row `t * examples + r` is step `t` of example `r`.
    Dense(Activations),
}

/// A stack of bidirectional layers.
struct Bidirectional {
    layers: Vec<[Direction; 2]>,
}

/// Both directions' final states of the last layer, side by side, one row an example.
type Summary = Vec<Vec<f32>>;

impl Direction {
    fn load(loader: &Loader<'_>, path: &str, units: usize, sparse: bool) -> Result<Self, ModelError> {
        let (kernel, bias) = loader.dense(path)?;
        let input = kernel.len() / (4 * units) - units;
        let recurrent = input..input + units;
        let columns = lstm::columns(units);
        Ok(Self {
            cell: Cell::new(kernel, units, 0..0, recurrent),
            bias: lstm::bias(bias, units),
            input: if sparse {
                Input::Lookup(Table::new(kernel, 4 * units, 0..input, columns))
            } else {
                Input::Dense(Matrix::pack(kernel, 4 * units, std::slice::from_ref(&(0..input)), columns))
            },
        })
    }

    /// Runs over the sequence, `backward` within each example's own length. Gives the final state and, for the
    /// layer above, every output at its own time.
    fn run(
        &self,
        x: &Sequence<'_>,
        lengths: &[usize],
        backward: bool,
        keep: bool,
    ) -> (LayerState, Vec<Activations>) {
        let rows = lengths.len();
        let steps = lengths.iter().copied().max().unwrap_or(0);
        let mut state = LayerState::zeros(rows, self.cell.units());
        let mut outputs =
            if keep { vec![Activations::zeros(rows, self.cell.units()); steps] } else { Vec::new() };
        let products = match (&self.input, x) {
            (Input::Dense(matrix), Sequence::Dense(x)) => Some(matrix.product(x, &self.bias)),
            _ => None,
        };
        for step in 0..steps {
            let active: Vec<bool> = lengths.iter().map(|n| step < *n).collect();
            let time = |r: usize| if backward { (lengths[r].max(step + 1)) - 1 - step } else { step };
            match (&self.input, x, &products) {
                (Input::Lookup(table), Sequence::Sparse(sequences), _) => {
                    let entries: Vec<&[(u32, f32)]> = (0..rows)
                        .map(|r| if active[r] { sequences[r][time(r)].as_slice() } else { &[] })
                        .collect();
                    let start = Start { base: &self.bias, offset: 0, lookup: Some((table, &entries)) };
                    self.cell.step(None, &start, Some(&active), &mut state);
                }
                (_, _, Some(products)) => {
                    // Rows of unequal length stand at different times when read backward: gather their products.
                    let aligned = !backward || lengths.iter().all(|n| *n == steps);
                    let gathered = (!aligned).then(|| gather(products, rows, time));
                    let (base, offset) = match &gathered {
                        Some(base) => (base, 0),
                        None => (products, time(0) * rows),
                    };
                    let start = Start { base, offset, lookup: None };
                    self.cell.step(None, &start, Some(&active), &mut state);
                }
                _ => {}
            }
            if keep {
                for r in (0..rows).filter(|r| active[*r]) {
                    let out = &mut outputs[time(r)];
                    for block in 0..out.blocks() {
                        out.lanes_mut()[block * rows + r] = state.h.lanes()[block * rows + r];
                    }
                }
            }
        }
        (state, outputs)
    }
}

/// For every row its products at its own time.
fn gather(products: &Activations, rows: usize, time: impl Fn(usize) -> usize) -> Activations {
    let panels = products.blocks();
    let mut base = Activations::zeros(rows, panels * crate::model::cpu::LANES);
    for panel in 0..panels {
        for r in 0..rows {
            base.lanes_mut()[panel * rows + r] =
                products.lanes()[panel * products.rows() + time(r) * rows + r];
        }
    }
    base
}

impl Bidirectional {
    fn load(loader: &Loader<'_>, path: &str, units: &[usize], sparse: bool) -> Result<Self, ModelError> {
        let mut layers = Vec::new();
        for (k, units) in units.iter().enumerate() {
            let load = |direction| {
                Direction::load(loader, &names::encoder_cell(path, k, direction), *units, sparse && k == 0)
            };
            layers.push([load("fw")?, load("bw")?]);
        }
        Ok(Self { layers })
    }

    /// Final states of the last layer for every example (spec section 3).
    fn run(&self, mut x: Sequence<'_>, lengths: &[usize]) -> Summary {
        let rows = lengths.len();
        let mut summary = Vec::new();
        for (k, [fw, bw]) in self.layers.iter().enumerate() {
            let keep = k + 1 < self.layers.len();
            let (forward, backward) =
                rayon::join(|| fw.run(&x, lengths, false, keep), || bw.run(&x, lengths, true, keep));
            let units = fw.cell.units();
            if keep {
                x = Sequence::Dense(side_by_side(&forward.1, &backward.1, rows, units));
            } else {
                let join = |r| [forward.0.h.row(r, units), backward.0.h.row(r, units)].concat();
                summary = (0..rows).map(join).collect();
            }
        }
        summary
    }

    /// Examples whose input products fit the memory set aside for them.
    fn batch(&self, steps: usize) -> usize {
        let widest = self.layers.iter().skip(1).map(|[fw, _]| 4 * fw.cell.units()).max();
        widest.map_or(usize::MAX, |width| (PRODUCTS / (width * steps.max(1))).max(1))
    }
}

/// `[fw ; bw]` at every time, row `t * rows + r`.
fn side_by_side(fw: &[Activations], bw: &[Activations], rows: usize, units: usize) -> Activations {
    let mut all = Activations::zeros(fw.len() * rows, 2 * units);
    for (t, (f, b)) in fw.iter().zip(bw).enumerate() {
        for r in 0..rows {
            all.set_row(t * rows + r, &[f.row(r, units), b.row(r, units)].concat());
        }
    }
    all
}

/// A flat or hierarchical encoder up to the vector that the posterior is made from.
pub struct Encoder {
    levels: Vec<Bidirectional>,
    /// Steps (or vectors) of a segment at each level; empty: flat.
    lengths: Vec<usize>,
}

/// One example for an encoder: its rows, and how many steps of each bottom segment count.
pub struct Encoded {
    /// One row a step.
    pub rows: Rows,
    /// Valid steps of each segment of a hierarchical encoder; one number for a flat one.
    pub lengths: Vec<usize>,
}

impl Encoder {
    /// The encoder of `settings`.
    pub fn load(loader: &Loader<'_>, settings: &Settings) -> Result<Self, ModelError> {
        let lengths = settings.encoder_levels.clone();
        let count = lengths.len();
        let level = |l| names::encoder((count > 0).then_some(l));
        let levels = (0..count.max(1))
            .map(|l| Bidirectional::load(loader, &level(l), &settings.encoder, l == 0))
            .collect::<Result<_, _>>()?;
        Ok(Self { levels, lengths })
    }

    /// Bytes of weights that one step reads.
    pub fn bytes(&self) -> usize {
        let layers = self.levels.iter().flat_map(|level| &level.layers).flatten();
        layers.map(|direction| direction.cell.bytes()).sum()
    }

    /// The summary vector of every example, `2 * units` numbers.
    pub fn run(&self, examples: &[Encoded]) -> Summary {
        let Some(bottom) = self.levels.first() else { return Vec::new() };
        let steps = examples.iter().map(|e| e.rows.len()).max().unwrap_or(0);
        examples.chunks(bottom.batch(steps)).flat_map(|chunk| self.run_batch(bottom, chunk)).collect()
    }

    fn run_batch(&self, bottom: &Bidirectional, examples: &[Encoded]) -> Summary {
        let Some(segment) = self.lengths.first() else {
            let rows: Vec<&Rows> = examples.iter().map(|e| &e.rows).collect();
            let lengths: Vec<usize> = examples.iter().map(|e| e.rows.len()).collect();
            return bottom.run(Sequence::Sparse(&rows), &lengths);
        };
        let mut segments: Vec<Rows> = Vec::new();
        let mut lengths = Vec::new();
        for example in examples {
            for (s, length) in example.lengths.iter().enumerate() {
                let from = (s * segment).min(example.rows.len());
                let to = (from + length).min(example.rows.len());
                segments.push(example.rows[from..to].to_vec());
                lengths.push(to - from);
            }
        }
        let borrowed: Vec<&Rows> = segments.iter().collect();
        let mut vectors = bottom.run(Sequence::Sparse(&borrowed), &lengths);
        for (level, group) in self.levels.iter().zip(&self.lengths).skip(1) {
            let rows = vectors.len() / group;
            let width = vectors.first().map_or(0, Vec::len);
            let mut x = Activations::zeros(vectors.len(), width);
            for (i, vector) in vectors.iter().enumerate() {
                x.set_row((i % group) * rows + i / group, vector);
            }
            vectors = level.run(Sequence::Dense(x), &vec![*group; rows]);
        }
        vectors
    }
}
