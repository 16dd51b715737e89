//! The trainer as a whole: gradients against finite differences, exact resumption, learning, and its errors.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::Parser;
use mvae_tui::codec::Tokens;
use mvae_tui::latent::noise::Noise;
use mvae_tui::model::catalogue::Config;
use mvae_tui::model::{Settings, weights};
use mvae_tui::train::assemble::{Targets, plain};
use mvae_tui::train::batch::Batch;
use mvae_tui::train::decoder::Feeding;
use mvae_tui::train::network::{Network, Objective, Workspace};
use mvae_tui::train::parameters::Parameters;
use mvae_tui::train::{Event, Options, run};

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    options: Options,
}

fn trio_batch(z: usize) -> Batch {
    let noise = Noise::new(11, 0);
    let draw = |i: u64, n: f64| (noise.uniform(i) * n) as u16;
    let examples: Vec<Tokens> = (0..3)
        .map(|e| Tokens::Trio {
            lead: (0..7).map(|t| draw(e * 100 + t, 90.0) as u8).collect(),
            bass: (0..7).map(|t| draw(e * 100 + t + 20, 90.0) as u8).collect(),
            drums: (0..7).map(|t| draw(e * 100 + t + 40, 512.0)).collect(),
        })
        .collect();
    let mut batch = plain(&examples.iter().collect::<Vec<_>>(), Targets::Joint);
    batch.lengths = vec![7, 4, 6];
    batch.eps = Noise::new(11, 1).prior(3 * z);
    batch
}

#[test]
fn gradients_of_a_stacked_multi_part_network_equal_finite_differences() {
    let config = Config::find("flat-trio_16bar").unwrap();
    let settings =
        Settings { encoder: vec![5, 4], decoder: vec![6, 5], z_size: 3, ..Settings::new("small", config) };
    let mut parameters = Parameters::new(5);
    let mut network = Network::new(&mut parameters, &settings, config);
    for (i, p) in parameters.list.iter_mut().enumerate() {
        // Larger than at a real start, so that every path carries a gradient worth measuring.
        let noise = Noise::new(9, i as u64);
        p.value.iter_mut().enumerate().for_each(|(j, x)| *x += 0.3 * noise.normal(j as u64));
    }
    let batch = trio_batch(settings.z_size);
    let feeding = Feeding::truth();
    let objective = Objective { beta: 0.7, free_nats: 0.1, examples: 3, feeding };
    let mut work = Workspace::default();
    let mut loss = |network: &mut Network, parameters: &Parameters| {
        network.pack(parameters);
        let sums = network.forward(parameters, &mut work, &batch, &objective);
        (sums.cross_entropy + objective.beta * sums.kl_cost) / 3.0
    };
    loss(&mut network, &parameters);
    let mut gradients = parameters.zero_gradients();
    let mut backward_work = Workspace::default();
    network.forward(&parameters, &mut backward_work, &batch, &objective);
    network.backward(&parameters, &mut backward_work, &batch, &objective, &mut gradients);
    for (i, gradient) in gradients.iter().enumerate() {
        let noise = Noise::new(13, i as u64);
        let n = parameters.list[i].value.len();
        let direction: Vec<f32> = (0..n as u64).map(|j| noise.normal(j)).collect();
        let along: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(g * d)).sum();
        let original = parameters.list[i].value.clone();
        let step = 2e-3 / (n as f64).sqrt() as f32 * 4.0;
        let mut moved = |sign: f32| {
            let p = &mut parameters.list[i];
            for ((x, o), d) in p.value.iter_mut().zip(&original).zip(&direction) {
                *x = o + sign * step * d;
            }
            loss(&mut network, &parameters)
        };
        let measured = (moved(1.0) - moved(-1.0)) / (2.0 * f64::from(step));
        parameters.list[i].value = original;
        let name = &parameters.list[i].name;
        let tolerance = 2e-2 * along.abs() + 2e-2;
        assert!((measured - along).abs() < tolerance, "{name}: {along} but measured {measured}");
    }
}

/// A folder of MIDI files with simple, repeated beats: enough to learn from in seconds.
fn beats(folder: &Path) -> PathBuf {
    use mvae_tui::codec::Converter;
    let converter = Converter::for_config("cat-drums_2bar_small").unwrap();
    let data = folder.join("data");
    std::fs::create_dir(&data).unwrap();
    for file in 0..40u16 {
        let masks = (0..32u16).map(|step| match (step + file) % 8 {
            0 => 0b101,
            4 => 0b110,
            2 | 6 => 0b100,
            _ if step % 16 == file % 16 => 0b1_0000,
            _ => 0,
        });
        let score = converter.pattern(&Tokens::Drums(masks.collect())).to_score(120.0);
        std::fs::write(data.join(format!("{file:02}.mid")), mvae_tui::music::smf::write(&score)).unwrap();
    }
    data
}

fn options(folder: &Path, data: &Path, more: &str) -> Options {
    let out = folder.join("small.safetensors");
    let mut words = vec!["train".to_owned(), "--config".into(), "cat-drums_2bar_small".into()];
    words.extend([
        "--data".to_owned(),
        data.display().to_string(),
        "--out".into(),
        out.display().to_string(),
    ]);
    words.extend("--encoder 12 --decoder 10,10 --z 6 --batch 8 --held-out 0.2".split(' ').map(str::to_owned));
    words.extend(more.split_whitespace().map(str::to_owned));
    Command::try_parse_from(words).unwrap().options
}

fn train(options: &Options) -> Vec<Event> {
    let mut events = Vec::new();
    run(options, "train", &AtomicBool::new(false), &mut |e| events.push(e.clone())).unwrap();
    events
}

#[test]
fn a_run_learns_and_records_what_it_reached() {
    let folder = tempfile::tempdir().unwrap();
    let data = beats(folder.path());
    let options =
        options(folder.path(), &data, "--examples 4000 --learning-rate 0.01 --sampling 0 --augment 0");
    let events = train(&options);
    let Some(Event::Done { evaluation, .. }) = events.last() else { panic!("no report") };
    let accuracy = evaluation.teacher_forced_accuracy;
    assert!(accuracy > 0.6, "accuracy {accuracy}");
    let (settings, _) = weights::read(&options.out).unwrap();
    let training = settings.training.unwrap();
    assert_eq!(training.examples, Some(4000));
    assert!(training.held_out["free_running_accuracy"] > 0.3);
}

#[test]
fn a_resumed_run_ends_where_an_unbroken_one_does() {
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data_a, data_b) = (beats(a.path()), beats(b.path()));
    train(&options(a.path(), &data_a, "--examples 160 --sampling 0.5"));
    train(&options(b.path(), &data_b, "--examples 80 --sampling 0.5"));
    train(&options(b.path(), &data_b, "--examples 160 --sampling 0.5 --resume"));
    let read = |folder: &Path| weights::read(&folder.join("small.safetensors")).unwrap().1;
    let (a, b) = (read(a.path()), read(b.path()));
    for (name, _, values) in a.iter() {
        assert_eq!(values, b.get(name).unwrap().1, "{name}");
    }
}

#[test]
fn a_run_resumed_with_another_objective_does_not_compare_its_loss_with_the_old_one() {
    let folder = tempfile::tempdir().unwrap();
    let data = beats(folder.path());
    train(&options(folder.path(), &data, "--examples 80 --beta 0"));
    let (out, first) =
        (folder.path().join("small.safetensors"), folder.path().join("small.before.safetensors"));
    let before = std::fs::read(&out).unwrap();
    let events = train(&options(folder.path(), &data, "--examples 160 --beta 900 --free-bits 0 --resume"));
    let training = weights::read(&out).unwrap().0.training.unwrap();
    assert_eq!(training.examples, Some(160), "the model file holds the weights of the first objective");
    assert_eq!(std::fs::read(&first).unwrap(), before, "the best by the first objective is not lost");
    let said = remarks(&events);
    assert!(["--beta", "--free-bits", "small.before.safetensors"].iter().all(|w| said.contains(w)), "{said}");
    train(&options(folder.path(), &data, "--examples 240 --beta 0 --resume"));
    assert!(folder.path().join("small.before2.safetensors").exists());
    assert_eq!(std::fs::read(&first).unwrap(), before);
}

#[test]
fn a_run_resumed_at_its_end_leaves_the_weights_of_the_model_file() {
    let folder = tempfile::tempdir().unwrap();
    let data = beats(folder.path());
    train(&options(folder.path(), &data, "--examples 80 --sampling 0"));
    let read = || weights::read(&folder.path().join("small.safetensors")).unwrap().1;
    let before = read();
    train(&options(folder.path(), &data, "--examples 80 --sampling 0 --free-bits 3 --resume"));
    let after = read();
    for (name, _, values) in before.iter() {
        assert_eq!(values, after.get(name).unwrap().1, "{name}");
    }
}

fn remarks(events: &[Event]) -> String {
    let text = |e: &Event| if let Event::Remark(text) = e { Some(text.clone()) } else { None };
    events.iter().filter_map(text).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_run_from_another_model_counts_what_is_in_it_and_says_what_it_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let data = beats(folder.path());
    let first = options(folder.path(), &data, "--examples 80 --credit Mine|MIT|me");
    train(&first);
    let from = folder.path().join("first.safetensors");
    std::fs::rename(&first.out, &from).unwrap();
    let more = format!("--examples 40 --force --credit Yours|CC0-1.0 --from {}", from.display());
    let again = options(folder.path(), &data, &more);
    assert_eq!(remarks(&train(&again)), "");
    let training = weights::read(&again.out).unwrap().0.training.unwrap();
    assert_eq!((training.examples, training.steps), (Some(120), Some(15)));
    let names: Vec<&str> = training.data.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["Mine", "Yours"]);
    let said = remarks(&train(&Options { held_out: 0.5, ..again }));
    assert!(said.contains("--held-out 0.2") && said.contains("Give 0.2 or less"), "{said}");
}

#[test]
fn a_model_that_is_there_is_only_replaced_when_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let data = beats(folder.path());
    let first = options(folder.path(), &data, "--examples 80");
    train(&first);
    let before = std::fs::read(&first.out).unwrap();
    let refused = failure(&first);
    assert!(refused.contains("--resume") && refused.contains("--force"), "{refused}");
    assert_eq!(std::fs::read(&first.out).unwrap(), before);
    train(&options(folder.path(), &data, "--examples 40 --seed 2 --force"));
    assert_ne!(std::fs::read(&first.out).unwrap(), before);
}

#[test]
fn a_resumed_run_may_not_measure_on_files_it_was_trained_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = beats(folder.path());
    train(&options(folder.path(), &data, "--examples 80"));
    let again = options(folder.path(), &data, "--examples 160 --resume");
    let refused = failure(&Options { held_out: 0.6, ..again.clone() });
    assert!(refused.contains("--held-out") && refused.contains("0.2"), "{refused}");
    // Fewer are a part of those that were kept out; their loss is compared with none.
    let events = train(&Options { held_out: 0.1, ..again });
    assert!(events.iter().any(|e| matches!(e, Event::Checkpoint { best: true, .. })));
}

#[test]
fn the_header_tells_all_commands_that_led_to_the_weights() {
    let folder = tempfile::tempdir().unwrap();
    let data = beats(folder.path());
    let command = |options: &Options, command: &str| {
        let settings = run(options, command, &AtomicBool::new(false), &mut |_| {}).unwrap();
        settings.training.unwrap().command.unwrap()
    };
    assert_eq!(command(&options(folder.path(), &data, "--examples 80"), "first"), "first");
    let again = options(folder.path(), &data, "--examples 160 --beta 0.5 --resume");
    assert_eq!(command(&again, "second"), "first && second");
    let third = options(folder.path(), &data, "--examples 240 --beta 0.5 --resume --learning-rate 0.02");
    assert_eq!(command(&third, "second"), "first && second");
}

#[test]
fn an_output_that_cannot_be_is_refused_before_the_data_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("none");
    let named = |out: &str| {
        let mut options = options(folder.path(), &data, "");
        options.out = folder.path().join(out);
        failure(&options)
    };
    assert!(named("q.ckpt").contains(".safetensors"));
    let missing = named("nowhere/q.safetensors");
    assert!(missing.contains("nowhere") && missing.contains("folder"), "{missing}");
}

#[test]
fn a_run_may_end_in_the_middle_of_a_batch_of_examples() {
    let folder = tempfile::tempdir().unwrap();
    let data = beats(folder.path());
    let events = train(&options(folder.path(), &data, "--examples 81"));
    let Some(Event::Done { counters, .. }) = events.last() else { panic!("no report") };
    assert_eq!(counters.examples, 88);
}

#[test]
fn a_hierarchical_model_learns_two_bars_and_goes_on_with_sixteen() {
    use mvae_tui::codec::Converter;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("tunes");
    std::fs::create_dir(&data).unwrap();
    let converter = Converter::for_config("hier-mel_16bar").unwrap();
    for file in 0..20usize {
        let event = |t: usize| if t.is_multiple_of(4) { 30 + (t * (file + 3) / 4 % 12) as u8 } else { 0 };
        let score = converter.pattern(&Tokens::Melody((0..256).map(event).collect())).to_score(120.0);
        std::fs::write(data.join(format!("{file}.mid")), mvae_tui::music::smf::write(&score)).unwrap();
    }
    let hierarchical = |more: &str| Options {
        config: "hier-mel_16bar".to_owned(),
        ..options(folder.path(), &data, &format!("--examples 16 {more}"))
    };
    let short = hierarchical("--bars 2");
    train(&short);
    let settings = weights::read(&short.out).unwrap().0;
    let levels = (settings.steps, settings.encoder_levels.clone(), settings.decoder_levels.clone());
    assert_eq!(levels, (32, vec![16, 2], vec![2, 16]));
    let from = folder.path().join("short.safetensors");
    std::fs::rename(&short.out, &from).unwrap();
    let long = hierarchical(&format!("--force --from {}", from.display()));
    train(&long);
    let settings = weights::read(&long.out).unwrap().0;
    assert_eq!((settings.steps, settings.training.unwrap().examples), (256, Some(32)));
}

fn failure(options: &Options) -> String {
    run(options, "train", &AtomicBool::new(false), &mut |_| {}).unwrap_err().to_string()
}

#[test]
fn bad_options_and_bad_data_are_refused_with_a_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let data = beats(folder.path());
    assert!(failure(&options(folder.path(), &data, "--augment 2")).contains("--augment"));
    assert!(failure(&options(folder.path(), &data, "--sampling 1.5")).contains("neither"));
    assert!(failure(&options(folder.path(), &data, "--transpose 3")).contains("only melodies"));
    let one = options(folder.path(), &data.join("00.mid"), "");
    let one = failure(&Options { held_out: 0.001, ..one });
    assert!(one.contains("kept out") && one.contains("--held-out such as 0.3"), "{one}");
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    assert!(failure(&options(folder.path(), &empty, "")).contains("holds no MIDI file"));
    let missing = failure(&options(folder.path(), &data, "--resume"));
    assert!(missing.contains("small.ckpt"), "{missing}");
    let mut drops = options(folder.path(), &data, "");
    drops.config = "groovae_2bar_tap_fixed_velocity_note_dropout".to_owned();
    assert!(failure(&drops).contains("not built"));
    std::fs::write(folder.path().join("small.ckpt"), b"not a checkpoint").unwrap();
    assert!(failure(&options(folder.path(), &data, "--resume")).contains("Remove it"));
}
