//! Gradients where something is dropped at random: against the slope of the very loss that the masks make.

use super::assemble::{Targets, plain};
use super::batch::Batch;
use super::decoder::Feeding;
use super::network::{Network, Objective, Workspace};
use super::parameters::Parameters;
use crate::codec::Tokens;
use crate::latent::noise::Noise;
use crate::model::catalogue::Config;
use crate::model::{Settings, names};

const NOISE: fn() -> Noise = || Noise::new(5, 5);

/// A network of `settings` with lively weights.
fn network(settings: &Settings, config: &Config) -> (Parameters, Network) {
    let mut parameters = Parameters::new(3);
    let network = Network::new(&mut parameters, settings, config);
    for (i, p) in parameters.list.iter_mut().enumerate() {
        let value = |k: usize| 0.3 * NOISE().normal((i * 10_000 + k) as u64);
        p.value = (0..p.value.len()).map(value).collect();
    }
    (parameters, network)
}

/// A batch of both examples, each z drawn.
fn batch(tokens: &[Tokens; 2], z: usize, config: &Config) -> Batch {
    let mut batch = plain(&[&tokens[0], &tokens[1]], Targets::of(config));
    batch.eps = (0..2 * z as u64).map(|i| NOISE().normal(i)).collect();
    batch
}

fn loss(network: &mut Network, parameters: &Parameters, batch: &Batch, feeding: Feeding) -> f64 {
    let objective = Objective { beta: 0.2, free_nats: 0.0, examples: 2, feeding };
    network.pack(parameters);
    let sums = network.forward(parameters, &mut Workspace::default(), batch, &objective);
    (sums.cross_entropy + 0.2 * sums.kl_cost) / 2.0
}

fn gradients_are_slopes(settings: &Settings, config: &Config, batch: &Batch, feeding: Feeding) {
    let (mut parameters, mut network) = network(settings, config);
    let objective = Objective { beta: 0.2, free_nats: 0.0, examples: 2, feeding };
    let mut work = Workspace::default();
    network.pack(&parameters);
    network.forward(&parameters, &mut work, batch, &objective);
    let mut gradients = parameters.zero_gradients();
    network.backward(&parameters, &mut work, batch, &objective, &mut gradients);
    for (i, gradient) in gradients.iter().enumerate() {
        let direction: Vec<f32> = (0..gradient.len()).map(|k| NOISE().normal((k + 77 * i) as u64)).collect();
        let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(g * d)).sum();
        let mut at = |by: f32| {
            let start = parameters.list[i].value.clone();
            parameters.list[i].value.iter_mut().zip(&direction).for_each(|(x, d)| *x += by * d);
            let loss = loss(&mut network, &parameters, batch, feeding);
            parameters.list[i].value = start;
            loss
        };
        let measured = (at(1e-3) - at(-1e-3)) / 2e-3;
        let name = &parameters.list[i].name;
        assert!(
            (slope - measured).abs() < 0.02 * (slope.abs() + 0.05),
            "{name}: {slope}, measured {measured}"
        );
    }
}

#[test]
fn gradients_with_dropout_are_those_of_the_loss_it_makes() {
    let config = Config::find("groovae_2bar_humanize").unwrap();
    let mut settings = Settings::new("small", config);
    (settings.encoder, settings.decoder, settings.z_size) = (vec![5], vec![6, 4], 3);
    let step = |i: usize| {
        std::array::from_fn(|k| match k / 9 {
            0 => f32::from(u8::from((i + k).is_multiple_of(3))),
            1 => NOISE().uniform((i * 27 + k) as u64) as f32,
            _ => NOISE().normal((i * 27 + k) as u64).tanh(),
        })
    };
    let tokens = [Tokens::Groove((0..8).map(step).collect()), Tokens::Groove((9..17).map(step).collect())];
    let feeding = Feeding { keep: 0.5, seed: 1, ..Feeding::truth() };
    gradients_are_slopes(&settings, config, &batch(&tokens, 3, config), feeding);
}

/// A hierarchical melody model of 2 x 4 steps, and two melodies.
fn melodies() -> (Settings, &'static Config, [Tokens; 2]) {
    let config = Config::find("hierdec-mel_16bar").unwrap();
    let mut settings = Settings::new("small", config);
    (settings.encoder, settings.decoder, settings.z_size) = (vec![5], vec![6, 4], 3);
    (settings.steps, settings.decoder_levels) = (8, vec![2, 4]);
    let melody = |seed: u64| Tokens::Melody((0..8).map(|i| (NOISE().bits(seed + i) % 90) as u8).collect());
    (settings, config, [melody(1), melody(100)])
}

#[test]
fn gradients_with_hidden_notes_are_those_of_the_loss_they_make() {
    let (settings, config, tokens) = melodies();
    let feeding = Feeding { hidden: 0.5, seed: 1, ..Feeding::truth() };
    gradients_are_slopes(&settings, config, &batch(&tokens, 3, config), feeding);
}

#[test]
fn gradients_with_own_draws_in_segments_are_those_of_the_loss_they_make() {
    let (settings, config, tokens) = melodies();
    let feeding = Feeding { own: 0.5, noise: Noise::new(2, 2), ..Feeding::truth() };
    gradients_are_slopes(&settings, config, &batch(&tokens, 3, config), feeding);
}

/// Which of the 90 events a decoder of `melodies` is told under this feeding: what is never fed has no gradient in the
/// first rows of its first kernel.
fn told(feeding: Feeding) -> Vec<bool> {
    let (settings, config, tokens) = melodies();
    let (parameters, mut network) = network(&settings, config);
    let batch = batch(&tokens, 3, config);
    network.pack(&parameters);
    let cell = names::core_cell(&names::core(&settings, config, 0), 0);
    let kernel = parameters.list.iter().position(|p| p.name.starts_with(&cell) && p.name.ends_with("kernel"));
    let objective = Objective { beta: 0.2, free_nats: 0.0, examples: 2, feeding };
    let (mut work, mut gradients) = (Workspace::default(), parameters.zero_gradients());
    network.forward(&parameters, &mut work, &batch, &objective);
    network.backward(&parameters, &mut work, &batch, &objective, &mut gradients);
    let rows = gradients[kernel.unwrap()].chunks(4 * settings.decoder[0]).take(90);
    rows.map(|row| row.iter().any(|g| *g != 0.0)).collect()
}

#[test]
fn a_decoder_is_not_told_the_notes_that_are_hidden() {
    let count = |hidden| told(Feeding { hidden, seed: 1, ..Feeding::truth() }).iter().filter(|&&t| t).count();
    assert_eq!(count(1.0), 0);
    let (half, all) = (count(0.5), count(0.0));
    assert!(0 < half && half < all, "{half} of {all} events were told");
}

#[test]
fn a_segment_begins_with_the_truth_and_goes_on_with_what_was_drawn() {
    let runs: Vec<Vec<bool>> = (0..16)
        .map(|stream| told(Feeding { own: 1.0, noise: Noise::new(2, stream), ..Feeding::truth() }))
        .collect();
    let (.., tokens) = melodies();
    for tokens in &tokens {
        let Tokens::Melody(melody) = tokens else { unreachable!() };
        // A true event may be drawn by chance, but not every time. The second segment begins at step 4, after event 3.
        let always =
            [0, 1, 2, 3, 4, 5, 6].map(|step| runs.iter().all(|told| told[usize::from(melody[step])]));
        assert_eq!(always, [false, false, false, true, false, false, false]);
    }
}
