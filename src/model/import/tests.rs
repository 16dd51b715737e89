//! Checkpoints as TensorFlow may write them, and as an attacker may.

use super::{crc, import, read, read_watched};
use crate::{
    latent::noise::Noise,
    model::{
        catalogue::Config,
        names,
        settings::Settings,
        weights::{self, Tensor, Weights},
    },
};
use std::path::{Path, PathBuf};

const CONFIG: &str = "nade-drums_2bar_reduced";

/// Tiny weights of another size than published.
fn tensors() -> Vec<Tensor> {
    let config = Config::find(CONFIG).unwrap();
    let sizes = Settings {
        encoder: vec![3],
        decoder: vec![2, 2],
        z_size: 4,
        nade_hidden: 5,
        ..Settings::new("x", config)
    };
    let noise = Noise::new(5, 0);
    let values =
        |shape: &[usize]| (0..shape.iter().product::<usize>() as u64).map(|i| noise.normal(i)).collect();
    names::variables(&sizes, config)
        .into_iter()
        .map(|(name, shape)| (name, shape.clone(), values(&shape)))
        .collect()
}

fn varint(mut n: u64, out: &mut Vec<u8>) {
    while n >= 128 {
        out.push(n as u8 | 128);
        n >>= 7;
    }
    out.push(n as u8);
}

/// A protocol-buffer field that is a number or, `Err`, a message.
fn field(number: u64, value: Result<u64, Vec<u8>>, out: &mut Vec<u8>) {
    varint(number << 3 | if value.is_ok() { 0 } else { 2 }, out);
    match value {
        Ok(n) => varint(n, out),
        Err(message) => {
            varint(message.len() as u64, out);
            out.extend(message);
        }
    }
}

/// A block whose keys share prefixes, compressed (as one literal) or not, and its handle.
fn block(entries: &[(Vec<u8>, Vec<u8>)], compressed: bool, file: &mut Vec<u8>) -> Vec<u8> {
    let mut plain = Vec::new();
    let mut last: &[u8] = &[];
    for (key, value) in entries {
        let shared = key.iter().zip(last).take_while(|(a, b)| a == b).count();
        for n in [shared, key.len() - shared, value.len()] {
            varint(n as u64, &mut plain);
        }
        plain.extend(&key[shared..]);
        plain.extend(value);
        last = key;
    }
    plain.extend([0, 0, 0, 0, 1, 0, 0, 0]);
    let mut stored = plain.clone();
    if compressed {
        stored.clear();
        varint(plain.len() as u64, &mut stored);
        stored.push(62 << 2);
        stored.extend(&(plain.len() as u32 - 1).to_le_bytes()[..3]);
        stored.extend(&plain);
    }
    let mut handle = Vec::new();
    varint(file.len() as u64, &mut handle);
    varint(stored.len() as u64, &mut handle);
    stored.push(u8::from(compressed));
    let sum = crc::masked(&[&stored]);
    file.extend(stored);
    file.extend(sum.to_le_bytes());
    handle
}

/// Writes a checkpoint in `shards` data files and gives its prefix.
fn checkpoint(dir: &Path, tensors: &[Tensor], shards: u64, compressed: bool) -> PathBuf {
    let mut data = vec![Vec::new(); shards as usize];
    let mut header = Vec::new();
    field(1, Ok(shards), &mut header);
    let mut entries = vec![(Vec::new(), header)];
    let mut sorted = tensors.to_vec();
    sorted.push(("encoder/mu/kernel/Adam".to_owned(), vec![1], vec![9.0]));
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    for (i, (name, shape, values)) in sorted.iter().enumerate() {
        let shard = i % shards as usize;
        let bytes: Vec<u8> = values.iter().flat_map(|x| x.to_le_bytes()).collect();
        let mut axes = Vec::new();
        for axis in shape {
            let mut size = Vec::new();
            field(1, Ok(*axis as u64), &mut size);
            field(2, Err(size), &mut axes);
        }
        let mut entry = Vec::new();
        field(1, Ok(1), &mut entry);
        field(2, Err(axes), &mut entry);
        field(3, Ok(shard as u64), &mut entry);
        field(4, Ok(data[shard].len() as u64), &mut entry);
        field(5, Ok(bytes.len() as u64), &mut entry);
        varint(6 << 3 | 5, &mut entry);
        entry.extend(crc::masked(&[&bytes]).to_le_bytes());
        data[shard].extend(bytes);
        entries.push((name.clone().into_bytes(), entry));
    }
    let mut file = Vec::new();
    let half = entries.len() / 2;
    let handles: Vec<(Vec<u8>, Vec<u8>)> = [&entries[..half], &entries[half..]]
        .into_iter()
        .map(|part| (part[part.len() - 1].0.clone(), block(part, compressed, &mut file)))
        .collect();
    let meta = block(&[], false, &mut file);
    let index = block(&handles, compressed, &mut file);
    let mut footer = [meta, index].concat();
    footer.resize(40, 0);
    file.extend(footer);
    file.extend(0xDB47_7524_8B80_FB57u64.to_le_bytes());
    let prefix = dir.join("model.ckpt-7");
    std::fs::write(dir.join("model.ckpt-7.index"), file).unwrap();
    for (i, bytes) in data.iter().enumerate() {
        std::fs::write(dir.join(format!("model.ckpt-7.data-{i:05}-of-{shards:05}")), bytes).unwrap();
    }
    prefix
}

/// The two files of a checkpoint and a stray one in a tar stream.
fn tar(dir: &Path, folder: &str) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for name in ["model.ckpt-7.index", "model.ckpt-7.data-00000-of-00001"] {
        let bytes = std::fs::read(dir.join(name)).unwrap();
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // By hand, as the builder itself refuses paths that leave the archive.
        let path = format!("{folder}{name}");
        header.as_mut_bytes()[..path.len()].copy_from_slice(path.as_bytes());
        header.set_cksum();
        tar.append(&header, bytes.as_slice()).unwrap();
    }
    tar.into_inner().unwrap()
}

fn refused(source: &Path) -> String {
    read(source, CONFIG, "x").unwrap_err().to_string()
}

#[test]
fn several_data_files_and_compressed_blocks_are_read_and_slots_left_out() {
    let wanted = Weights::new(tensors());
    for (shards, compressed) in [(1, false), (1, true), (3, true)] {
        let dir = tempfile::tempdir().unwrap();
        let prefix = checkpoint(dir.path(), &tensors(), shards, compressed);
        for source in [prefix.clone(), dir.path().to_owned(), dir.path().join("model.ckpt-7.index")] {
            let (settings, weights) = read(&source, CONFIG, "x").unwrap();
            assert_eq!(weights, wanted);
            assert_eq!((settings.encoder, settings.decoder), (vec![3], vec![2, 2]));
            assert_eq!((settings.z_size, settings.nade_hidden), (4, 5));
        }
    }
}

#[test]
fn archives_are_read_and_the_model_written_is_the_one_imported() {
    let dir = tempfile::tempdir().unwrap();
    checkpoint(dir.path(), &tensors(), 1, false);
    let plain = tar(dir.path(), "some/folder/");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &plain).unwrap();
    for (name, bytes) in [("m.tar", plain), ("m.tar.gz", packed.finish().unwrap())] {
        let source = dir.path().join(name);
        std::fs::write(&source, bytes).unwrap();
        let out = dir.path().join("drums.safetensors");
        import(&source, CONFIG, &out).unwrap();
        let (settings, weights) = weights::read(&out).unwrap();
        assert_eq!(weights, Weights::new(tensors()));
        assert_eq!((settings.name.as_str(), settings.config.as_str()), ("drums", CONFIG));
        assert_eq!(settings.training.unwrap().imported_from.as_deref(), Some(name));
    }
}

#[test]
fn a_member_that_points_outside_and_a_cut_archive_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    checkpoint(dir.path(), &tensors(), 1, false);
    let source = dir.path().join("m.tar");
    for folder in ["../", "/etc/", "a/../../"] {
        std::fs::write(&source, tar(dir.path(), folder)).unwrap();
        assert!(refused(&source).contains("points outside"), "{folder}");
    }
    let mut huge = tar(dir.path(), "");
    std::fs::write(&source, &huge[..huge.len() / 2]).unwrap();
    assert!(read(&source, CONFIG, "x").is_err());
    // The size field of the first header: 8 GiB - 1, with a right checksum.
    huge[124..135].copy_from_slice(b"77777777777");
    huge[148..156].copy_from_slice(b"        ");
    let sum: u32 = huge[..512].iter().map(|b| u32::from(*b)).sum();
    huge[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    std::fs::write(&source, &huge).unwrap();
    assert!(refused(&source).contains("claims 8589934591 bytes"), "{}", refused(&source));
}

#[test]
fn cuts_and_flipped_bytes_of_a_checkpoint_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let prefix = checkpoint(dir.path(), &tensors(), 1, true);
    for name in ["model.ckpt-7.index", "model.ckpt-7.data-00000-of-00001"] {
        let path = dir.path().join(name);
        let good = std::fs::read(&path).unwrap();
        // The last tensor in the file is a slot that is not read; the footer has padding that means nothing.
        let end = if name.ends_with("index") { good.len() - 48 } else { good.len() - 4 };
        let wanted = Weights::new(tensors());
        for at in (0..good.len()).step_by(13) {
            std::fs::write(&path, &good[..at]).unwrap();
            if at < end {
                assert!(read(&prefix, CONFIG, "x").is_err(), "{name} cut at {at}");
            }
            let mut bad = good.clone();
            bad[at] ^= 0x41;
            std::fs::write(&path, &bad).unwrap();
            // Whatever is read in spite of a flipped byte is what was stored.
            assert!(
                read(&prefix, CONFIG, "x").map_or(true, |(_, weights)| weights == wanted),
                "{name} at {at}"
            );
        }
        std::fs::write(&path, &good).unwrap();
    }
    assert!(read(&prefix, CONFIG, "x").is_ok());
    let told = std::cell::RefCell::new(Vec::new());
    let stopped = read_watched(&prefix, CONFIG, "x", &|share| {
        told.borrow_mut().push(share);
        share < 0.5
    });
    assert!(stopped.unwrap_err().to_string().contains("stopped"));
    assert!(told.borrow().len() > 2 && told.borrow().is_sorted(), "{:?}", told.borrow());
}

#[test]
fn a_checkpoint_of_another_configuration_is_refused_by_the_names_of_its_weights() {
    let dir = tempfile::tempdir().unwrap();
    let prefix = checkpoint(dir.path(), &tensors(), 1, false);
    let message = read(&prefix, "cat-mel_2bar_small", "x").unwrap_err().to_string();
    assert!(message.contains("decoder/nade/w_enc is not part of it"), "{message}");
    assert!(
        message.contains("fw/multi_rnn_cell/cell_0/lstm_cell/kernel is [13, 12], not [93, 12]"),
        "{message}"
    );
    assert!(refused(&dir.path().join("absent")).contains("no such file"));
    let empty = tempfile::tempdir().unwrap();
    assert!(refused(empty.path()).contains("neither a .index file"));
}

/// A magenta.js folder with every number stored as `dtype`; gives the largest rounding.
fn magenta_js(dir: &Path, tensors: &[Tensor], dtype: &str) -> f32 {
    let mut listed = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    let mut coarsest = 0.0f32;
    for (name, shape, values) in tensors {
        // The JavaScript port stores a NADE's weights without the axis of length 1.
        let shape: Vec<usize> = if name.contains("nade") {
            shape.iter().copied().filter(|n| *n != 1).collect()
        } else {
            shape.clone()
        };
        let min = values.iter().copied().fold(f32::INFINITY, f32::min);
        let max = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let steps = if dtype == "uint8" { 255.0 } else { 65535.0 };
        let scale = ((max - min) / steps).max(1e-9);
        let mut entry = serde_json::json!({"name": name, "shape": shape, "dtype": "float32"});
        for x in values {
            match dtype {
                "float32" => bytes.extend(x.to_le_bytes()),
                "uint8" => bytes.push(((x - min) / scale).round() as u8),
                _ => bytes.extend((((x - min) / scale).round() as u16).to_le_bytes()),
            }
        }
        if dtype != "float32" {
            entry["quantization"] = serde_json::json!({"min": min, "scale": scale, "dtype": dtype});
            coarsest = coarsest.max(scale);
        }
        listed.push(entry);
    }
    let (first, second) = bytes.split_at(bytes.len() / 3);
    std::fs::write(dir.join("group1-shard1of2"), first).unwrap();
    std::fs::write(dir.join("group1-shard2of2"), second).unwrap();
    let manifest =
        serde_json::json!([{"paths": ["group1-shard1of2", "group1-shard2of2"], "weights": listed}]);
    std::fs::write(dir.join("weights_manifest.json"), manifest.to_string()).unwrap();
    coarsest
}

#[test]
fn models_of_magenta_js_are_read_plain_and_quantised() {
    for dtype in ["float32", "uint8", "uint16"] {
        let dir = tempfile::tempdir().unwrap();
        let coarsest = magenta_js(dir.path(), &tensors(), dtype);
        let (settings, weights) = read(dir.path(), CONFIG, "x").unwrap();
        assert_eq!(settings.nade_hidden, 5);
        for (name, shape, data) in tensors() {
            let (found, values) = weights.get(&name).unwrap();
            assert_eq!(found, shape);
            let near = values.iter().zip(&data).all(|(a, b)| (a - b).abs() <= 0.51 * coarsest);
            assert!(near, "{dtype} {name}");
        }
    }
}

#[test]
fn damaged_or_foreign_models_of_magenta_js_are_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    magenta_js(dir.path(), &tensors(), "float32");
    std::fs::write(dir.path().join("config.json"), r#"{"dataConverter": {"type": "MelodyConverter"}}"#)
        .unwrap();
    assert!(refused(dir.path()).contains("says MelodyConverter"), "{}", refused(dir.path()));
    let long = r#"{"dataConverter": {"type": "DrumsConverter", "args": {"numSteps": 64}}}"#;
    std::fs::write(dir.path().join("config.json"), long).unwrap();
    assert!(refused(dir.path()).contains("patterns of 64 steps"), "{}", refused(dir.path()));
    std::fs::remove_file(dir.path().join("config.json")).unwrap();
    let manifest = dir.path().join("weights_manifest.json");
    let good = std::fs::read_to_string(&manifest).unwrap();
    for (from, to, says) in [
        ("group1-shard2of2", "../group1-shard2of2", "points outside"),
        ("group1-shard2of2", "absent", "absent"),
        ("\"shape\":[", "\"shape\":[18446744073709551615,", "reaches beyond"),
        ("float32", "string", "holds no weights"),
        ("[{", "{", "weights_manifest.json"),
    ] {
        std::fs::write(&manifest, good.replace(from, to)).unwrap();
        assert!(refused(dir.path()).contains(says), "{says}: {}", refused(dir.path()));
    }
    std::fs::write(&manifest, &good).unwrap();
    let shard = dir.path().join("group1-shard2of2");
    let mut long = std::fs::read(&shard).unwrap();
    std::fs::write(&shard, &long[..long.len() - 1]).unwrap();
    assert!(refused(dir.path()).contains("reaches beyond"));
    long.push(0);
    std::fs::write(&shard, &long).unwrap();
    assert!(refused(dir.path()).contains("belong to no weight"));
}
