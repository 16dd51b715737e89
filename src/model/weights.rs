//! One `.safetensors` file a model: f16 or f32 tensors under the published variable names, settings in the header.

use super::{error::ModelError, names, settings::Settings};
use half::f16;
use safetensors::{Dtype, SafeTensors, View};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    path::Path,
};

/// Key of the settings' JSON in the header's `__metadata__`.
const SETTINGS_KEY: &str = "settings";
/// Remedy where bytes are damaged.
const REMEDY: &str = "fetch or make the file again";

/// How weights lie on disk; in memory they are always f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// Half precision, what the models of this project are published in.
    F16,
    /// Single precision, for checkpoints that training goes on from.
    F32,
}

/// A variable to write: its published name, its shape, its values in row-major order.
pub type Tensor = (String, Vec<usize>, Vec<f32>);

/// Weights by their published names, f32, row-major.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Weights {
    tensors: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl Weights {
    /// Weights from named tensors.
    pub fn new(tensors: impl IntoIterator<Item = Tensor>) -> Self {
        Self { tensors: tensors.into_iter().map(|(name, shape, data)| (name, (shape, data))).collect() }
    }

    /// Shape and values of the variable `name`.
    pub fn get(&self, name: &str) -> Option<(&[usize], &[f32])> {
        self.tensors.get(name).map(|(shape, data)| (shape.as_slice(), data.as_slice()))
    }

    /// Every variable: name, shape, values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[usize], &[f32])> {
        self.tensors.iter().map(|(name, (shape, data))| (name.as_str(), shape.as_slice(), data.as_slice()))
    }

    /// The variables themselves.
    pub fn into_tensors(self) -> Vec<Tensor> {
        self.tensors.into_iter().map(|(name, (shape, data))| (name, shape, data)).collect()
    }

    /// Number of weights in all variables together.
    pub fn count(&self) -> usize {
        self.tensors.values().map(|(_, data)| data.len()).sum()
    }

    /// Lists by name what misses, what is too much and what has another shape than `settings` need, or a value
    /// that is not finite.
    pub fn check(&self, settings: &Settings, file: &str) -> Result<(), ModelError> {
        let wanted = names::variables(settings, settings.catalogue()?);
        let mut faults = Vec::new();
        for (name, shape) in &wanted {
            match self.get(name) {
                None => faults.push(format!("{name} {shape:?} is missing")),
                Some((found, _)) if found != shape => {
                    faults.push(format!("{name} is {found:?}, not {shape:?}"));
                }
                Some((_, data)) if data.iter().any(|x| !x.is_finite()) => {
                    faults.push(format!("{name} holds values that are not finite"));
                }
                Some(_) => {}
            }
        }
        let extra = self.tensors.keys().filter(|name| wanted.iter().all(|(w, _)| w != *name));
        faults.extend(extra.map(|name| format!("{name} is not part of it")));
        if faults.is_empty() {
            return Ok(());
        }
        Err(ModelError::Tensors { name: file.to_owned(), config: settings.config.clone(), faults })
    }
}

/// Reads the model file at `path`; settings and weights fit each other.
pub fn read(path: &Path) -> Result<(Settings, Weights), ModelError> {
    read_watched(path, &mut |_| true)
}

/// Bytes read at once.
const PIECE: u64 = 1 << 22;
/// Share of the work that reading the bytes is; the rest is making numbers of them.
const READING: f64 = 0.4;

/// As [`read`]; `watch` is told how far it is, 0 to 1, and stops it where it says false.
pub fn read_watched(
    path: &Path,
    watch: &mut dyn FnMut(f64) -> bool,
) -> Result<(Settings, Weights), ModelError> {
    use std::io::Read;
    let (name, mut bytes) = (path.display().to_string(), Vec::new());
    let reading = |source| ModelError::Read { path: path.to_owned(), source };
    let stopped = || ModelError::Stopped { name: name.clone() };
    let mut file = std::fs::File::open(path).map_err(reading)?;
    let length = file.metadata().map_err(reading)?.len();
    // Where there is no room the reading says so.
    let _ = bytes.try_reserve_exact(length as usize);
    loop {
        if file.by_ref().take(PIECE).read_to_end(&mut bytes).map_err(reading)? == 0 {
            break;
        }
        if !watch(READING * (bytes.len() as f64 / length.max(1) as f64).min(1.0)) {
            return Err(stopped());
        }
    }
    let settings = parse_settings(&bytes, &name)?;
    let weights = tensors(&bytes, &name, &mut |share| watch(READING + (1.0 - READING) * share))?;
    weights.check(&settings, &name)?;
    Ok((settings, weights))
}

/// Reads a model from the bytes of its file; `name` stands in messages.
pub fn parse(bytes: &[u8], name: &str) -> Result<(Settings, Weights), ModelError> {
    let settings = parse_settings(bytes, name)?;
    let weights = parse_tensors(bytes, name)?;
    weights.check(&settings, name)?;
    Ok((settings, weights))
}

/// Reads only the settings of the model file at `path`, without its weights.
pub fn read_settings(path: &Path) -> Result<Settings, ModelError> {
    read_header(path)?.0.settings(&path.display().to_string())
}

/// Reads only the header of the model file at `path`: its settings, and the length of the file, which has to be what
/// the header promises.
pub fn read_outline(path: &Path) -> Result<(Settings, u64), ModelError> {
    let name = path.display().to_string();
    let (header, start) = read_header(path)?;
    let settings = header.settings(&name)?;
    let length =
        std::fs::metadata(path).map_err(|source| ModelError::Read { path: path.to_owned(), source })?.len();
    let promised = start + header.tensors.values().map(Place::end).max().unwrap_or(0);
    if promised > length {
        let missing = promised - length;
        let cause = format!("{missing} byte{} at its end are missing", if missing == 1 { "" } else { "s" });
        return Err(ModelError::Format { name, cause, remedy: REMEDY.to_owned() });
    }
    Ok((settings, length))
}

/// The header of the model file at `path`, and where its tensors begin.
fn read_header(path: &Path) -> Result<(Header, u64), ModelError> {
    use std::io::Read;
    let name = path.display().to_string();
    let reading = |source| ModelError::Read { path: path.to_owned(), source };
    let fault = |cause: String| ModelError::Format { name: name.clone(), cause, remedy: REMEDY.to_owned() };
    let mut file = std::fs::File::open(path).map_err(reading)?;
    let mut length = [0u8; 8];
    file.read_exact(&mut length).map_err(reading)?;
    let length = u64::from_le_bytes(length);
    if length > MAX_HEADER {
        return Err(fault(format!("its header claims {length} bytes")));
    }
    let mut header = Vec::new();
    file.take(length).read_to_end(&mut header).map_err(reading)?;
    let header = serde_json::from_slice(&header).map_err(|e| fault(e.to_string()))?;
    Ok((header, 8 + length))
}

/// Reads only the settings from the bytes of a model file; `name` stands in messages.
pub fn parse_settings(bytes: &[u8], name: &str) -> Result<Settings, ModelError> {
    let fault =
        |cause: String| ModelError::Format { name: name.to_owned(), cause, remedy: REMEDY.to_owned() };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| fault(e.to_string()))?;
    Header { metadata: header.metadata().clone().unwrap_or_default(), tensors: HashMap::new() }.settings(name)
}

/// The longest header the format allows.
const MAX_HEADER: u64 = 100_000_000;

/// The part of a header that is read without the weights.
#[derive(serde::Deserialize)]
struct Header {
    #[serde(default, rename = "__metadata__")]
    metadata: HashMap<String, String>,
    #[serde(flatten)]
    tensors: HashMap<String, Place>,
}

/// Where a tensor lies behind the header.
#[derive(serde::Deserialize)]
struct Place {
    data_offsets: [u64; 2],
}

impl Place {
    fn end(&self) -> u64 {
        self.data_offsets[1]
    }
}

impl Header {
    fn settings(&self, name: &str) -> Result<Settings, ModelError> {
        let json = self.metadata.get(SETTINGS_KEY).ok_or_else(|| ModelError::Format {
            name: name.to_owned(),
            cause: "its header holds no mvae-tui settings".to_owned(),
            remedy: "bring weights of other programs in with `mvae-tui models import`".to_owned(),
        })?;
        Settings::from_json(json, name)
    }
}

/// The tensors of any `.safetensors` bytes, f16, bf16 or f32; `name` stands in messages.
pub fn parse_tensors(bytes: &[u8], name: &str) -> Result<Weights, ModelError> {
    tensors(bytes, name, &mut |_| true)
}

fn tensors(bytes: &[u8], name: &str, watch: &mut dyn FnMut(f64) -> bool) -> Result<Weights, ModelError> {
    let fault =
        |cause: String| ModelError::Format { name: name.to_owned(), cause, remedy: REMEDY.to_owned() };
    let file = SafeTensors::deserialize(bytes).map_err(|e| fault(e.to_string()))?;
    let (mut weights, mut done) = (Weights::default(), 0);
    for (tensor, view) in file.iter() {
        let data = view.data();
        done += data.len();
        let values: Vec<f32> = match view.dtype() {
            Dtype::F32 => {
                data.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
            }
            Dtype::F16 => data.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32()).collect(),
            Dtype::BF16 => {
                data.chunks_exact(2).map(|b| half::bf16::from_le_bytes([b[0], b[1]]).to_f32()).collect()
            }
            other => return Err(fault(format!("{tensor} has type {other:?}, not F16, BF16 or F32"))),
        };
        weights.tensors.insert(tensor.to_owned(), (view.shape().to_vec(), values));
        if !watch(done as f64 / bytes.len().max(1) as f64) {
            return Err(ModelError::Stopped { name: name.to_owned() });
        }
    }
    Ok(weights)
}

/// Writes a model file: beside `path` first, then renamed over it, so that `path` is never half a file.
///
/// Refuses tensors that do not fit the settings, and f16 where a value is too large for it.
pub fn write(
    path: &Path,
    settings: &Settings,
    tensors: &[Tensor],
    precision: Precision,
) -> Result<(), ModelError> {
    let file = path.display().to_string();
    let weights = Weights::new(tensors.iter().cloned());
    weights.check(settings, &file)?;
    let bytes = to_bytes(&file, settings, &weights, precision)?;
    let failed = |source| ModelError::Write { path: path.to_owned(), source };
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.part", std::process::id()));
    let beside = Path::new(&beside);
    if let Err(e) = write_all(beside, &bytes).and_then(|()| std::fs::rename(beside, path)) {
        // Nothing more can be done where even the half file stays.
        let _ = std::fs::remove_file(beside);
        return Err(failed(e));
    }
    Ok(())
}

/// Writes `bytes` to a new file at `path`; they are on the disk when this returns.
///
/// # Errors
/// The system's.
pub fn write_all(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut file = std::fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A tensor as it lies on disk.
struct Stored<'a> {
    dtype: Dtype,
    shape: &'a [usize],
    bytes: Vec<u8>,
}

impl View for Stored<'_> {
    fn dtype(&self) -> Dtype {
        self.dtype
    }

    fn shape(&self) -> &[usize] {
        self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }

    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}

/// The bytes of a model file; the same input gives the same bytes.
fn to_bytes(
    file: &str,
    settings: &Settings,
    weights: &Weights,
    precision: Precision,
) -> Result<Vec<u8>, ModelError> {
    let fault = |cause: String| ModelError::Format {
        name: file.to_owned(),
        cause,
        remedy: "store it as f32".to_owned(),
    };
    let mut stored = Vec::new();
    for (name, shape, data) in weights.iter() {
        let (dtype, bytes): (_, Vec<u8>) = match precision {
            Precision::F32 => (Dtype::F32, data.iter().flat_map(|x| x.to_le_bytes()).collect()),
            Precision::F16 => {
                if let Some(x) = data.iter().find(|x| !f16::from_f32(**x).is_finite()) {
                    return Err(fault(format!("{name} holds {x}, beyond f16")));
                }
                (Dtype::F16, data.iter().flat_map(|x| f16::from_f32(*x).to_le_bytes()).collect())
            }
        };
        stored.push((name, Stored { dtype, shape, bytes }));
    }
    let json = serde_json::to_string(settings).map_err(|e| fault(e.to_string()))?;
    let header = HashMap::from([(SETTINGS_KEY.to_owned(), json)]);
    safetensors::serialize(stored, Some(header)).map_err(|e| fault(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::{Precision, Tensor, parse, parse_tensors, read, read_settings, write};
    use crate::{
        latent::noise::Noise,
        model::{catalogue::Config, names, settings::Settings},
    };

    fn tiny() -> (Settings, Vec<Tensor>) {
        let config = Config::find("cat-drums_2bar_small").unwrap();
        let settings =
            Settings { encoder: vec![3], decoder: vec![2, 2], z_size: 4, ..Settings::new("tiny", config) };
        let noise = Noise::new(5, 0);
        let tensors = names::variables(&settings, config)
            .into_iter()
            .map(|(name, shape)| {
                let n = shape.iter().product::<usize>() as u64;
                (name, shape, (0..n).map(|i| noise.normal(i)).collect())
            })
            .collect();
        (settings, tensors)
    }

    #[test]
    fn what_is_written_is_read_back_and_no_half_file_is_left() {
        let dir = tempfile::tempdir().unwrap();
        let (settings, tensors) = tiny();
        let path = dir.path().join("tiny.safetensors");
        write(&path, &settings, &tensors, Precision::F32).unwrap();
        let (back, weights) = read(&path).unwrap();
        assert_eq!(back, settings);
        assert_eq!(read_settings(&path).unwrap(), settings);
        for (name, shape, data) in &tensors {
            assert_eq!(weights.get(name), Some((shape.as_slice(), data.as_slice())));
        }
        write(&path, &settings, &tensors, Precision::F16).unwrap();
        let (_, halves) = read(&path).unwrap();
        for (name, _, data) in &tensors {
            let near = halves.get(name).unwrap().1.iter().zip(data).all(|(a, b)| (a - b).abs() < 2e-3);
            assert!(near, "{name}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn missing_extra_and_misshapen_tensors_are_listed_by_name() {
        let dir = tempfile::tempdir().unwrap();
        let (settings, mut tensors) = tiny();
        tensors.remove(0);
        tensors[3].1 = vec![1, 2];
        tensors[3].2 = vec![0.0; 2];
        tensors.push(("decoder/strange".into(), vec![1], vec![0.0]));
        let path = dir.path().join("x.safetensors");
        let message = write(&path, &settings, &tensors, Precision::F16).unwrap_err().to_string();
        assert!(
            message.contains("fw/multi_rnn_cell/cell_0/lstm_cell/kernel [13, 12] is missing"),
            "{message}"
        );
        assert!(message.contains("encoder/mu/kernel is [1, 2], not [6, 4]"), "{message}");
        assert!(message.contains("decoder/strange is not part of it"), "{message}");
        assert!(!path.exists());
    }

    #[test]
    fn truncated_and_foreign_bytes_are_refused_with_a_remedy() {
        let dir = tempfile::tempdir().unwrap();
        let (settings, tensors) = tiny();
        let path = dir.path().join("x.safetensors");
        write(&path, &settings, &tensors, Precision::F16).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        for end in [0, 7, 8, 100, bytes.len() - 1] {
            assert!(parse(&bytes[..end], "cut").is_err(), "{end} bytes were taken");
        }
        let foreign =
            safetensors::serialize(std::iter::empty::<(&str, safetensors::tensor::TensorView)>(), None)
                .unwrap();
        assert!(parse(&foreign, "foreign").unwrap_err().to_string().contains("models import"));
        assert!(parse_tensors(&foreign, "foreign").is_ok());
    }
}
