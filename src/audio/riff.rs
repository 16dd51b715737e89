//! A stereo WAV file, written as it grows: 16-bit integers as plain PCM, 32-bit floats as IEEE float with the
//! `fact` chunk that the format asks for.
//!
//! Both headers are the oldest that every program takes. The extensible one, which writers of the format like for
//! floats, makes sox warn and older samplers refuse the file.

use std::fs::File;
use std::io::{BufWriter, Error, ErrorKind, Result, Seek, SeekFrom, Write};
use std::path::Path;

use super::wav::Format;

/// Channels of every file.
const CHANNELS: u16 = 2;
/// `wFormatTag` of integers and of floats.
const PCM: u16 = 1;
const IEEE_FLOAT: u16 = 3;

/// A WAV file that is being written.
#[derive(Debug)]
pub struct Writer {
    file: BufWriter<File>,
    format: Format,
    rate: u32,
    frames: u32,
}

impl Writer {
    /// A file at `path` for `rate` frames a second, replacing what is there.
    ///
    /// # Errors
    /// The system's.
    pub fn create(path: &Path, rate: u32, format: Format) -> Result<Self> {
        let mut file = BufWriter::new(File::create(path)?);
        // The lengths in it are those of an empty file until the end is known.
        file.write_all(&header(rate, format, 0)?)?;
        Ok(Self { file, format, rate, frames: 0 })
    }

    /// Frames written so far.
    pub fn frames(&self) -> u32 {
        self.frames
    }

    /// Adds a frame: left and right, full scale at 1.
    ///
    /// # Errors
    /// The system's.
    pub fn frame(&mut self, frame: [f32; 2]) -> Result<()> {
        for value in frame {
            match self.format {
                Format::Int16 => self.file.write_all(&((value * 32_767.0).round() as i16).to_le_bytes())?,
                Format::Float32 => self.file.write_all(&value.to_le_bytes())?,
            }
        }
        self.frames = self.frames.checked_add(1).ok_or_else(too_long)?;
        Ok(())
    }

    /// Writes the lengths and what is still on its way.
    ///
    /// # Errors
    /// The system's; a file of more than 4 GiB, whose length the format cannot say.
    pub fn finish(mut self) -> Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header(self.rate, self.format, self.frames)?)?;
        self.file.flush()
    }
}

/// Everything before the samples.
fn header(rate: u32, format: Format, frames: u32) -> Result<Vec<u8>> {
    let (tag, bytes) = match format {
        Format::Int16 => (PCM, 2_u16),
        Format::Float32 => (IEEE_FLOAT, 4),
    };
    let block = CHANNELS * bytes;
    let data = frames.checked_mul(u32::from(block)).ok_or_else(too_long)?;
    let mut fmt = Vec::with_capacity(18);
    fmt.extend(tag.to_le_bytes());
    fmt.extend(CHANNELS.to_le_bytes());
    fmt.extend(rate.to_le_bytes());
    fmt.extend((rate * u32::from(block)).to_le_bytes());
    fmt.extend(block.to_le_bytes());
    fmt.extend((bytes * 8).to_le_bytes());
    let mut chunks = Vec::with_capacity(46);
    if tag == PCM {
        chunk(&mut chunks, b"fmt ", &fmt);
    } else {
        // All but PCM say how much more of the header follows, here nothing, and how many frames there are.
        fmt.extend(0_u16.to_le_bytes());
        chunk(&mut chunks, b"fmt ", &fmt);
        chunk(&mut chunks, b"fact", &frames.to_le_bytes());
    }
    chunks.extend(b"data");
    chunks.extend(data.to_le_bytes());
    let all = data.checked_add(4 + chunks.len() as u32).ok_or_else(too_long)?;
    Ok([&b"RIFF"[..], &all.to_le_bytes(), b"WAVE", &chunks].concat())
}

fn chunk(out: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) {
    out.extend(name);
    out.extend((content.len() as u32).to_le_bytes());
    out.extend(content);
}

fn too_long() -> Error {
    Error::new(
        ErrorKind::FileTooLarge,
        "a WAV file holds 4 GiB at most; render a shorter piece or at a lower rate",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(format: Format) -> (tempfile::TempDir, Vec<u8>) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("x.wav");
        let mut writer = Writer::create(&path, 48_000, format).expect("creates");
        for frame in [[0.5, -0.5], [1.0, 0.0], [-1.0, 0.25]] {
            writer.frame(frame).expect("writes");
        }
        writer.finish().expect("finishes");
        let bytes = std::fs::read(&path).expect("reads");
        (folder, bytes)
    }

    #[test]
    fn both_forms_are_read_back_as_they_were_written() {
        let (folder, _) = written(Format::Float32);
        let mut reader = hound::WavReader::open(folder.path().join("x.wav")).expect("opens");
        assert_eq!((reader.spec().channels, reader.spec().sample_rate, reader.duration()), (2, 48_000, 3));
        let floats: Vec<f32> = reader.samples().map(|s| s.expect("reads")).collect();
        assert_eq!(floats, [0.5, -0.5, 1.0, 0.0, -1.0, 0.25]);
        let (folder, _) = written(Format::Int16);
        let mut reader = hound::WavReader::open(folder.path().join("x.wav")).expect("opens");
        let whole: Vec<i16> = reader.samples().map(|s| s.expect("reads")).collect();
        assert_eq!(whole, [16_384, -16_384, 32_767, 0, -32_767, 8_192]);
    }

    #[test]
    fn the_lengths_say_what_the_file_holds() {
        for (format, before, frame) in [(Format::Int16, 44, 4), (Format::Float32, 58, 8)] {
            let (_, bytes) = written(format);
            let word =
                |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
            assert_eq!(bytes.len(), before + 3 * frame);
            assert_eq!(word(4) as usize, bytes.len() - 8);
            assert_eq!(&bytes[before - 8..before - 4], b"data");
            assert_eq!(word(before - 4) as usize, 3 * frame);
        }
        let (_, bytes) = written(Format::Float32);
        // 18 bytes of format with an extension of none, then the frames.
        assert_eq!((&bytes[16..22], &bytes[36..38]), (&[18, 0, 0, 0, 3, 0][..], &[0, 0][..]));
        assert_eq!(&bytes[38..50], b"fact\x04\0\0\0\x03\0\0\0");
    }

    #[test]
    fn more_than_the_format_can_say_is_an_error() {
        assert!(header(48_000, Format::Float32, u32::MAX / 8 + 1).is_err());
        assert!(header(48_000, Format::Int16, u32::MAX / 8).is_ok());
    }
}
