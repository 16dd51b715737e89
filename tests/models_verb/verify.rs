//! `models verify` and the table that `models list --markdown` makes.

use super::{fails, ok, random, run};
use mvae_tui::model::weights::{self, Precision};

#[test]
fn whole_models_pass_and_damaged_ones_are_told_with_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for config in ["cat-mel_2bar_med_chords", "hier-trio_16bar", "groovae_2bar_hits_control_tfds"] {
        let (settings, tensors) = random::model(config, |_| {});
        weights::write(&path("good.safetensors"), &settings, &tensors, Precision::F32).unwrap();
        let said = ok(folder.path(), &["models", "verify", "./good.safetensors"]);
        assert!(said.contains("whole") && said.contains("3 patterns"), "{said}");
    }
    let good = std::fs::read(path("good.safetensors")).unwrap();
    let mut nan = good.clone();
    let end = nan.len();
    nan[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    for (name, bytes, says) in [
        ("cut", good[..good.len() - 7].to_vec(), "not a readable model"),
        ("nan", nan, "not finite"),
        ("foreign", b"not a model".to_vec(), "foreign.safetensors"),
    ] {
        let file = format!("./{name}.safetensors");
        std::fs::write(path(&file), bytes).unwrap();
        let (code, out, error) = run(folder.path(), &["models", "verify", &file, "./good.safetensors"]);
        assert_eq!(code, 1, "{name}: {out}");
        assert!(out.contains("NOT WHOLE") && out.contains(says), "{name}: {out}");
        assert!(out.contains("good.safetensors: whole") && error.contains("1 of 2 models"), "{out}{error}");
    }
    assert!(fails(folder.path(), 1, &["models", "verify", "no-such"]).contains("1 of 1 model"));
}

#[test]
fn the_models_that_come_with_the_program_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let out = ok(folder.path(), &["models", "verify", "--json"]);
    let all: serde_json::Value = serde_json::from_str(&out).unwrap();
    let all = all["models"].as_array().unwrap();
    assert!(all.iter().any(|m| m["name"] == "drums_2bar_oh_lokl"));
    assert!(all.iter().all(|m| m["ok"] == true && m["patterns"] == 3), "{out}");
}

#[test]
fn the_table_of_a_folders_models_goes_into_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, tensors) = random::model("cat-drums_2bar_small", |_| {});
    let model = folder.path().join("random.safetensors");
    weights::write(&model, &settings, &tensors, Precision::F16).unwrap();
    let readme = folder.path().join("README.md");
    std::fs::write(&readme, "# Models\n\n<!-- models -->\n<!-- /models -->\n\nText.\n").unwrap();
    ok(folder.path(), &["models", "list", "--markdown", "README.md"]);
    let text = std::fs::read_to_string(&readme).unwrap();
    assert!(text.contains("| `random` | `cat-drums_2bar_small` | 7; 2 x 6; 5 |"), "{text}");
    assert!(text.ends_with("<!-- /models -->\n\nText.\n") && !text.contains("oh_lokl"), "{text}");
    std::fs::write(&readme, "# Models\n").unwrap();
    let message = fails(folder.path(), 1, &["models", "list", "--markdown", "README.md"]);
    assert!(message.contains("<!-- models -->"), "{message}");
    let all = ok(folder.path(), &["models", "list", "--markdown"]);
    assert!(all.contains("| `drums_2bar_oh_lokl` |") && all.contains("0.73 at 11 bits"), "{all}");
}
