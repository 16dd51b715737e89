//! `engines` and `--engine` on machines without a driver, or with a wish that no card fulfils.

use super::random;
use mvae_tui::model::weights::{self, Precision};
use std::{
    path::Path,
    process::{Command, Stdio},
};

/// Runs the program with a variable that hides the drivers; gives its exit code, stdout and stderr.
fn run(folder: &Path, hide: (&str, &str), arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mvae-tui"));
    command.args(arguments).current_dir(folder).env_remove("MVAE_TUI_LOG").stdin(Stdio::null());
    command.env("XDG_STATE_HOME", folder).env("XDG_RUNTIME_DIR", folder).env(hide.0, hide.1);
    let out = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (out.status.code().unwrap(), text(&out.stdout), text(&out.stderr))
}

#[test]
fn without_a_driver_or_with_a_wrong_name_the_processor_plays_and_the_reason_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (settings, tensors) = random::model("cat-drums_2bar_small", |_| {});
    weights::write(&folder.path().join("m.safetensors"), &settings, &tensors, Precision::F32).unwrap();
    let sample = |engine| ["sample", "--model", "./m.safetensors", "--seed", "1", "--engine", engine];
    // The loader of Vulkan finds no driver there; other systems' drivers are not hidden by it.
    let no_driver = ("VK_ICD_FILENAMES", "/nowhere.json");
    let no_card = ("WGPU_ADAPTER_NAME", "no card is called this");
    for hide in [no_driver, no_card] {
        if cfg!(not(target_os = "linux")) && hide == no_driver {
            println!("skipped: drivers cannot be hidden on this system");
            continue;
        }
        let (code, out, error) = run(folder.path(), hide, &["engines"]);
        assert_eq!(code, 0, "{error}");
        assert!(out.contains("cpu  ") && out.contains("gpu  none: "), "{out}");
        let (code, out, error) = run(folder.path(), hide, &sample("gpu"));
        assert_eq!((code, out.as_str()), (1, ""), "{error}");
        assert!(error.contains("cannot run on a graphics card") && error.contains("--engine"), "{error}");
        assert!(!error.contains("panicked"), "{error}");
        let (code, auto, error) = run(folder.path(), hide, &sample("auto"));
        assert_eq!(code, 0, "{error}");
        assert_eq!(auto, run(folder.path(), hide, &sample("cpu")).1);
        let (code, out, error) = run(folder.path(), hide, &["bench", "--model", "./m.safetensors", "--json"]);
        assert_eq!(code, 0, "{error}");
        let bench: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(bench["runs"][0]["engine"], "cpu");
        let forced = ["bench", "--model", "./m.safetensors", "--engine", "gpu"];
        assert_eq!(run(folder.path(), hide, &forced).0, 1);
    }
}
