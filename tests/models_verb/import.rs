//! `models import`: what TensorFlow wrote comes in with the same numbers, everything else is refused in words.

use super::{fails, ok};
use mvae_tui::model::weights;
use std::path::{Path, PathBuf};

/// A checkpoint that TensorFlow wrote in a training run: weights, optimiser slots, counters.
fn checkpoint() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/models/nade-drums_2bar_reduced/ckpt")
}

const CONFIG: [&str; 2] = ["--config", "nade-drums_2bar_reduced"];

fn import<'a>(source: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["models", "import", source][..], &CONFIG, more].concat()
}

#[test]
fn a_checkpoint_that_tensorflow_wrote_comes_in_with_the_same_numbers_and_plays() {
    let folder = tempfile::tempdir().unwrap();
    let source = checkpoint().join("weights.ckpt").display().to_string();
    let credit = "A set|CC BY 4.0|Its makers";
    let said = ok(folder.path(), &import(&source, &["--out", "n.safetensors", "--credit", credit]));
    assert!(said.contains("encoder 16, decoder 2 x 12, z 8"), "{said}");
    let (settings, imported) = weights::read(&folder.path().join("n.safetensors")).unwrap();
    let training = settings.training.unwrap();
    assert_eq!((settings.name.as_str(), training.imported_from.as_deref()), ("n", Some("weights.ckpt")));
    assert_eq!((training.data[0].name.as_str(), training.data[0].licence.as_str()), ("A set", "CC BY 4.0"));
    let bytes = std::fs::read(checkpoint().with_file_name("weights.safetensors")).unwrap();
    let wanted = weights::parse_tensors(&bytes, "weights").unwrap();
    assert_eq!(imported, wanted);
    ok(folder.path(), &["models", "verify", "./n.safetensors"]);
    ok(folder.path(), &["sample", "--model", "./n.safetensors", "--seed", "1"]);
    // The same again is fine, another precision needs --force.
    ok(folder.path(), &import(&source, &["--out", "n.safetensors", "--credit", credit]));
    let half = import(&source, &["--out", "n.safetensors", "--half"]);
    assert!(fails(folder.path(), 1, &half).contains("--force"));
    ok(folder.path(), &[&half[..], &["--force"]].concat());
}

#[test]
fn a_training_checkpoint_in_a_tar_comes_in_without_its_optimiser() {
    let folder = tempfile::tempdir().unwrap();
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["train.ckpt-1002.index", "train.ckpt-1002.data-00000-of-00001"] {
        let mut header = tar::Header::new_gnu();
        let bytes = std::fs::read(checkpoint().join(name)).unwrap();
        header.set_size(bytes.len() as u64);
        tar.append_data(&mut header, format!("some/{name}"), bytes.as_slice()).unwrap();
    }
    let bytes = tar.into_inner().unwrap();
    std::fs::write(folder.path().join("t.tar"), &bytes).unwrap();
    ok(folder.path(), &import("t.tar", &["--out", "t.safetensors", "--json"]));
    let (_, imported) = weights::read(&folder.path().join("t.safetensors")).unwrap();
    let trained = std::fs::read(checkpoint().with_file_name("train_after.safetensors")).unwrap();
    let trained = safetensors::SafeTensors::deserialize(&trained).unwrap();
    for (name, shape, data) in imported.iter() {
        let wanted = trained.tensor(name).unwrap();
        let bytes: Vec<u8> = data.iter().flat_map(|x| x.to_le_bytes()).collect();
        assert_eq!((wanted.shape(), wanted.data()), (shape, bytes.as_slice()), "{name}");
    }
    assert!(trained.names().iter().any(|name| name.ends_with("/Adam")));
    assert!(imported.iter().all(|(name, ..)| !name.contains("Adam")));
    for cut in [100, 600, bytes.len() / 2] {
        std::fs::write(folder.path().join("cut.tar"), &bytes[..cut]).unwrap();
        let message = fails(folder.path(), 1, &import("cut.tar", &["--out", "cut.safetensors"]));
        assert!(message.contains("cut.tar") && !message.contains("panick"), "{message}");
        assert!(!folder.path().join("cut.safetensors").exists());
    }
}

#[test]
fn what_does_not_fit_is_listed_by_name_and_a_slip_in_a_name_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let source = checkpoint().join("weights.ckpt.index").display().to_string();
    let other = ["models", "import", &source, "--config", "cat-mel_2bar_small", "--out", "m.safetensors"];
    let message = fails(folder.path(), 1, &other);
    assert!(message.contains("decoder/nade/w_enc is not part of it"), "{message}");
    let slip = ["models", "import", &source, "--config", "nade-drums_2bar", "--out", "m.safetensors"];
    let message = fails(folder.path(), 2, &slip);
    assert!(message.contains("nade-drums_2bar_reduced"), "{message}");
    let message = fails(folder.path(), 2, &import(&source, &["--out", "m.ckpt"]));
    assert!(message.contains(".safetensors"), "{message}");
    let message = fails(folder.path(), 1, &import("absent.tar", &["--out", "m.safetensors"]));
    assert!(message.contains("absent.tar"), "{message}");
}
