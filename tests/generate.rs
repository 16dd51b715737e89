//! Patterns out of latent points: what repeats, what varies, what is refused.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod tiny;

use mvae_tui::latent::generate::{self, GenerateError, Generated, Sampling};
use mvae_tui::latent::recipe::Origin;
use mvae_tui::model::{MusicVae, weights::Weights};

fn model() -> MusicVae {
    let (settings, tensors) = tiny::drums();
    MusicVae::new(settings, &Weights::new(tensors)).unwrap()
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum::<f32>().sqrt()
}

fn sampling(n: usize, seed: u64) -> Sampling {
    Sampling { n, seed, ..Sampling::default() }
}

#[test]
fn the_first_of_many_are_those_of_few() {
    let model = model();
    let few = generate::sample(&model, &sampling(3, 7)).unwrap();
    // More than one batch.
    let many = generate::sample(&model, &sampling(40, 7)).unwrap();
    assert_eq!(few, many[..3]);
    assert_ne!(few, generate::sample(&model, &sampling(3, 8)).unwrap());
}

#[test]
fn a_recipe_and_its_z_make_the_same_pattern_again() {
    let model = model();
    let start = generate::sample(&model, &sampling(3, 1)).unwrap();
    let ends = [start[0].z.clone(), start[2].z.clone()];
    let mut all: Vec<Generated> = generate::between(&model, &ends, 5, &sampling(1, 9)).unwrap();
    all.extend(generate::vary(&model, &start[1].z, 0.4, &sampling(3, 5)).unwrap());
    all.extend(generate::reconstruct(&model, &start[1].tokens, &sampling(2, 4)).unwrap());
    all.extend(start);
    for made in all {
        let again = generate::again(&model, &made.z, &made.recipe).unwrap().unwrap();
        assert_eq!(again, made);
    }
}

#[test]
fn a_variation_goes_as_far_as_it_is_told() {
    let model = model();
    let start = generate::sample(&model, &sampling(1, 1)).unwrap().remove(0);
    // The seed of the start itself: its variations are no copies of it.
    let vary = |amount| generate::vary(&model, &start.z, amount, &sampling(4, 1)).unwrap();
    assert!(vary(0.0).iter().all(|g| g.z == start.z));
    let (near, far) = (vary(0.2), vary(0.9));
    for (a, b) in near.iter().zip(&far) {
        let (a, b) = (distance(&a.z, &start.z), distance(&b.z, &start.z));
        assert!(0.0 < a && a < b, "{a} and {b}");
    }
    assert_ne!(near[0].z, near[1].z);
    assert_eq!(near[0].recipe.origin, Origin::Vary { amount: 0.2 });
}

#[test]
fn a_longer_pattern_begins_as_the_short_one() {
    let model = model();
    let short = generate::sample(&model, &sampling(1, 2)).unwrap().remove(0);
    let long = generate::sample(&model, &Sampling { steps: 64, ..sampling(1, 2) }).unwrap().remove(0);
    assert_eq!((short.pattern.steps, long.pattern.steps), (32, 64));
    let head: Vec<_> = long.pattern.notes.iter().filter(|n| n.start < 32).collect();
    assert_eq!(head, short.pattern.notes.iter().collect::<Vec<_>>());
}

#[test]
fn the_mean_of_two_is_half_way_between_them() {
    let model = model();
    let tokens: Vec<_> =
        generate::sample(&model, &sampling(2, 3)).unwrap().into_iter().map(|g| g.tokens).collect();
    let argmax = Sampling { temperature: 0.0, ..Sampling::default() };
    let row = generate::interpolate(&model, &tokens, 3, &argmax).unwrap();
    let mean = generate::mean(&model, &tokens, &argmax).unwrap();
    assert_eq!((&mean[0].z, &mean[0].tokens), (&row[1].z, &row[1].tokens));
}

#[test]
fn what_cannot_be_made_is_refused() {
    let model = model();
    let z = vec![0.5f32; 6];
    let decode = |z: Vec<f32>, how| generate::decode(&model, &[z], &how);
    for temperature in [f32::NAN, f32::INFINITY, -0.1] {
        let how = Sampling { temperature, ..Sampling::default() };
        assert!(matches!(decode(z.clone(), how), Err(GenerateError::Temperature(_))));
    }
    for steps in [31, 48, 8192] {
        let how = Sampling { steps, ..Sampling::default() };
        assert!(matches!(decode(z.clone(), how), Err(GenerateError::Length { own: 32, .. })));
    }
    let plain = &Sampling::default();
    assert!(matches!(decode(vec![0.0; 5], plain.clone()), Err(GenerateError::ZSize { got: 5, need: 6, .. })));
    assert!(matches!(decode(vec![f32::NAN; 6], plain.clone()), Err(GenerateError::ZValue { index: 1, .. })));
    for amount in [-0.1, 1.1, f32::NAN] {
        assert!(matches!(generate::vary(&model, &z, amount, plain), Err(GenerateError::Amount(_))));
    }
    assert!(matches!(
        generate::between(&model, &Vec::<Vec<f32>>::new(), 3, plain),
        Err(GenerateError::Nothing)
    ));
}
