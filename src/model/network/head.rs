//! Reading a decoder's projected outputs: drawing the next row, and what a given row costs (spec section 4).

use super::{load::Loader, nade::Nade, rows::Row};
use crate::{
    latent::noise::Noise,
    model::{
        catalogue::{self, Config},
        cpu,
        error::ModelError,
        names,
        settings::Settings,
    },
};

/// Below this temperature the likeliest output is taken.
const GREEDY: f32 = 1e-4;

/// Classes of a groove row.
const CLASSES: usize = 9;

/// How outputs are read, with a NADE's weights where there is one.
pub struct Head {
    kind: catalogue::Head,
    parts: &'static [usize],
    nade: Option<Nade>,
    depth: usize,
}

/// What one target row costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// Negative log-likelihood in nats, a part each (a groove: the squared errors with it).
    pub nats: Vec<f64>,
    /// Parts whose likeliest output is the target.
    pub right: Vec<bool>,
}

/// One probability of a NADE bit given the true earlier ones, or nothing for other heads.
pub type Conditionals = Vec<f32>;

impl Head {
    /// The head of `settings`.
    pub fn load(
        loader: &Loader<'_>,
        settings: &Settings,
        config: &'static Config,
    ) -> Result<Self, ModelError> {
        let nade = (config.head == catalogue::Head::Nade)
            .then(|| Nade::load(loader, &names::core(settings, config, 0), settings.nade_hidden))
            .transpose()?;
        Ok(Self { kind: config.head, parts: config.parts, nade, depth: config.output_depth() })
    }

    /// Parts that are told apart in costs and accuracies.
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Draws the output row of step `t`: categories by `argmax(logits / temperature + gumbel)`, bits by
    /// `uniform < sigmoid(logit / temperature)`, draw `t * depth + k` for category or bit `k`.
    pub fn draw(&self, logits: &[f32], t: usize, temperature: f32, noise: &Noise) -> Row {
        let first = t as u64 * self.depth as u64;
        let bit = |k: usize, logit: f32| {
            if temperature < GREEDY {
                return logit >= 0.0;
            }
            noise.uniform(first + k as u64) < f64::from(cpu::sigmoid(logit / temperature))
        };
        let mut row = Row::new();
        match (&self.nade, self.kind) {
            (Some(nade), _) => nade.walk(logits, |i, logit| {
                let on = bit(i, logit);
                if on {
                    row.push((i as u32, 1.0));
                }
                on
            }),
            (None, catalogue::Head::Groove) => {
                for (k, logit) in logits.iter().enumerate() {
                    let value = match k / CLASSES {
                        0 => f32::from(u8::from(bit(k, *logit))),
                        1 => cpu::sigmoid(*logit),
                        _ => logit.tanh(),
                    };
                    row.push((k as u32, value));
                }
            }
            (None, _) => {
                let mut place = 0;
                for part in self.parts {
                    let k =
                        draw_category(&logits[place..place + part], temperature, noise, first + place as u64);
                    row.push(((place + k) as u32, 1.0));
                    place += part;
                }
            }
        }
        row
    }

    /// What `target` costs under `logits`.
    pub fn cost(&self, logits: &[f32], target: &Row) -> Cost {
        match (&self.nade, self.kind) {
            (Some(_), _) => {
                let conditionals = self.conditionals(logits, target);
                let bits =
                    conditionals.iter().enumerate().map(|(i, p)| (f64::from(*p), value(target, i) > 0.5));
                let nats = bits.clone().map(|(p, on)| -(1e-6 + if on { p } else { 1.0 - p }).ln()).sum();
                Cost { nats: vec![nats], right: vec![bits.clone().all(|(p, on)| (p >= 0.5) == on)] }
            }
            (None, catalogue::Head::Groove) => groove_cost(logits, target),
            (None, _) => {
                let mut cost = Cost { nats: Vec::new(), right: Vec::new() };
                let mut place = 0;
                for part in self.parts {
                    let own = place..place + part;
                    let hot = target.iter().map(|(k, _)| *k as usize).find(|k| own.contains(k));
                    let logits = &logits[own];
                    cost.nats.push(hot.map_or(0.0, |k| cross_entropy(logits, k - place)));
                    cost.right.push(hot == Some(place + likeliest(logits)));
                    place += part;
                }
                cost
            }
        }
    }

    /// What each part of an output row says: of a groove its hits, of NADE its bits, as one part each.
    pub fn outputs(&self, row: &Row) -> Vec<Vec<u32>> {
        match self.kind {
            catalogue::Head::Nade => vec![row.iter().map(|(place, _)| *place).collect()],
            catalogue::Head::Groove => {
                vec![(0..CLASSES as u32).filter(|&c| value(row, c as usize) > 0.5).collect()]
            }
            // One place a part, in the order of the parts.
            _ => row.iter().map(|(place, _)| vec![*place]).collect(),
        }
    }

    /// Share of the parts in which two output rows agree.
    pub fn agreement(&self, a: &Row, b: &Row) -> f64 {
        let (a, b) = (self.outputs(a), self.outputs(b));
        a.iter().zip(&b).filter(|(a, b)| a == b).count() as f64 / a.len().max(b.len()) as f64
    }

    /// Probability of each NADE bit of `target` being on, given its true earlier bits; empty for other heads.
    pub fn conditionals(&self, logits: &[f32], target: &Row) -> Conditionals {
        let mut all = Vec::new();
        if let Some(nade) = &self.nade {
            nade.walk(logits, |i, logit| {
                all.push((1.0 / (1.0 + (-f64::from(logit)).exp())) as f32);
                value(target, i) > 0.5
            });
        }
        all
    }
}

/// The value at `place` of a row.
fn value(row: &Row, place: usize) -> f32 {
    row.iter().find(|(k, _)| *k as usize == place).map_or(0.0, |(_, value)| *value)
}

/// The first of the greatest numbers.
fn likeliest(logits: &[f32]) -> usize {
    let mut best = 0;
    for (k, logit) in logits.iter().enumerate() {
        if *logit > logits[best] {
            best = k;
        }
    }
    best
}

/// One draw of softmax(logits / temperature) by Gumbel-max, draw `first + k` for category `k`.
fn draw_category(logits: &[f32], temperature: f32, noise: &Noise, first: u64) -> usize {
    let mut best = likeliest(logits);
    if temperature < GREEDY {
        return best;
    }
    let score = |k: usize| logits[k] / temperature + noise.gumbel(first + k as u64);
    let mut highest = score(best);
    for (k, logit) in logits.iter().enumerate() {
        // With n leading ones in its bits a uniform u stays below 1 - 2^-(n+1), so that the Gumbel number
        // -ln(-ln u) stays below (n + 1) ln 2: most categories cannot win and need no logarithms.
        let ones = noise.bits(first + k as u64).leading_ones() as f32;
        if logit / temperature + 0.7 * (ones + 1.0) < highest {
            continue;
        }
        let own = score(k);
        if own > highest || (own == highest && k < best) {
            (best, highest) = (k, own);
        }
    }
    best
}

/// `-ln softmax(logits)[k]`.
fn cross_entropy(logits: &[f32], k: usize) -> f64 {
    let highest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    let sum: f64 = logits.iter().map(|x| (f64::from(*x) - highest).exp()).sum();
    highest + sum.ln() - f64::from(logits[k])
}

/// Loss of a groove step (spec section 4); right where all nine hits are.
fn groove_cost(logits: &[f32], target: &Row) -> Cost {
    let mut nats = 0.0;
    let mut right = true;
    for (k, logit) in logits.iter().enumerate() {
        let (x, y) = (f64::from(*logit), f64::from(value(target, k)));
        let p = 1.0 / (1.0 + (-x).exp());
        nats += match k / CLASSES {
            0 => {
                right &= (p >= 0.5) == (y > 0.5);
                -(y * (p + 1e-7).ln() + (1.0 - y) * (1.0 - p + 1e-7).ln())
            }
            1 => (y - p).powi(2),
            _ => (y - x.tanh()).powi(2),
        };
    }
    Cost { nats: vec![nats], right: vec![right] }
}

#[cfg(test)]
mod tests {
    use super::{draw_category, likeliest};
    use crate::latent::noise::Noise;

    #[test]
    fn passing_over_hopeless_categories_never_changes_the_draw() {
        for case in 0..400u64 {
            let noise = Noise::new(case, 1);
            let spread = 0.1 + (case % 9) as f32;
            let logits: Vec<f32> = (0..512).map(|k| spread * Noise::new(case, 2).normal(k)).collect();
            for temperature in [0.3f32, 1.0, 2.5] {
                let scores: Vec<f32> = logits
                    .iter()
                    .enumerate()
                    .map(|(k, l)| l / temperature + noise.gumbel(70 + k as u64))
                    .collect();
                assert_eq!(draw_category(&logits, temperature, &noise, 70), likeliest(&scores));
            }
        }
    }

    #[test]
    fn draws_follow_the_softmax() {
        let logits = [0.0f32, 1.0, 2.0];
        let mut counts = [0u32; 3];
        for i in 0..30_000 {
            counts[draw_category(&logits, 1.0, &Noise::new(9, i), 0)] += 1;
        }
        let sum: f32 = logits.iter().map(|l| l.exp()).sum();
        for (count, logit) in counts.iter().zip(logits) {
            assert!((*count as f32 / 30_000.0 - logit.exp() / sum).abs() < 0.01, "{counts:?}");
        }
    }
}
