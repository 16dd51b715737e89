//! Writes SoundFont 2.01 files: samples, instruments and presets into RIFF chunks.
//!
//! Layout after the published SoundFont 2.01 technical specification: INFO, sdta (16-bit samples), pdta (nine
//! sub-chunks, each ended by a terminal record).

/// Zero samples that must follow each sample (specification section 6.1).
const GUARD: usize = 46;

/// Generator numbers of the specification (section 8.1.2), those used here.
pub mod generator {
    /// Vibrato depth, cents.
    pub const VIBRATO_TO_PITCH: u16 = 6;
    /// Low-pass cut-off, absolute cents (6900 is 440 Hz).
    pub const FILTER_CUTOFF: u16 = 8;
    /// Low-pass resonance, tenths of a decibel.
    pub const FILTER_Q: u16 = 9;
    /// Modulation envelope to cut-off, cents.
    pub const ENVELOPE_TO_CUTOFF: u16 = 11;
    /// Tremolo depth, tenths of a decibel.
    pub const LFO_TO_VOLUME: u16 = 13;
    /// Stereo place, tenths of a percent, -500 left to 500 right.
    pub const PAN: u16 = 17;
    /// Tremolo speed, absolute cents.
    pub const LFO_SPEED: u16 = 22;
    /// Vibrato delay, timecents.
    pub const VIBRATO_DELAY: u16 = 23;
    /// Vibrato speed, absolute cents.
    pub const VIBRATO_SPEED: u16 = 24;
    /// Modulation envelope's attack, timecents.
    pub const MOD_ATTACK: u16 = 26;
    /// Modulation envelope's decay, timecents.
    pub const MOD_DECAY: u16 = 28;
    /// Modulation envelope's fall from peak to sustain, tenths of a percent.
    pub const MOD_SUSTAIN: u16 = 29;
    /// Modulation envelope's release, timecents.
    pub const MOD_RELEASE: u16 = 30;
    /// Volume attack, timecents.
    pub const ATTACK: u16 = 34;
    /// Volume decay (to -100 dB), timecents.
    pub const DECAY: u16 = 36;
    /// Fall from peak to sustain, tenths of a decibel.
    pub const SUSTAIN: u16 = 37;
    /// Volume release (to -100 dB), timecents.
    pub const RELEASE: u16 = 38;
    /// Faster decay for higher keys, timecents a key.
    pub const KEY_TO_DECAY: u16 = 40;
    /// The instrument of a preset's zone; last in the zone.
    pub const INSTRUMENT: u16 = 41;
    /// Keys of the zone; first in the zone.
    pub const KEY_RANGE: u16 = 43;
    /// Velocities of the zone; second in the zone.
    pub const VELOCITY_RANGE: u16 = 44;
    /// Tuning, semitones.
    pub const COARSE_TUNE: u16 = 51;
    /// Tuning, cents.
    pub const FINE_TUNE: u16 = 52;
    /// The sample of an instrument's zone; last in the zone.
    pub const SAMPLE: u16 = 53;
    /// 0 plays once, 1 loops.
    pub const LOOPS: u16 = 54;
    /// Notes of one class cut each other off.
    pub const EXCLUSIVE_CLASS: u16 = 57;
    /// Key at which the sample has its own pitch.
    pub const ROOT_KEY: u16 = 58;
}

/// A length of time in timecents (1200 log2 of seconds), as the envelopes take it.
pub fn timecents(seconds: f32) -> i16 {
    (1200.0 * seconds.max(0.001).log2()).round().clamp(-12_000.0, 8_000.0) as i16
}

/// A frequency in absolute cents (8.176 Hz is 0), as filters and LFOs take it.
pub fn absolute_cents(hertz: f32) -> i16 {
    (1200.0 * (hertz / 8.175_8).log2()).round().clamp(-16_000.0, 13_500.0) as i16
}

/// One recorded sound.
#[derive(Debug, Clone, Default)]
pub struct Sample {
    /// At most 19 ASCII letters are kept.
    pub name: String,
    /// Samples, -1..=1.
    pub data: Vec<f32>,
    /// Samples a second.
    pub rate: u32,
    /// First sample of the loop and the first after it; `None` plays once.
    pub looped: Option<(usize, usize)>,
    /// Key at which it was made.
    pub root: u8,
}

/// Part of an instrument: a sample for a range of keys and velocities.
#[derive(Debug, Clone)]
pub struct Zone {
    /// Lowest and highest key.
    pub keys: (u8, u8),
    /// Lowest and highest velocity.
    pub velocities: (u8, u8),
    /// Index of the sample.
    pub sample: usize,
    /// (generator, amount) pairs; ranges, loops and sample are added by the writer.
    pub generators: Vec<(u16, i16)>,
}

/// Zones under a name.
#[derive(Debug, Clone)]
pub struct Instrument {
    /// At most 19 ASCII letters are kept.
    pub name: String,
    /// Its zones.
    pub zones: Vec<Zone>,
}

/// An instrument under a bank and program number.
#[derive(Debug, Clone)]
pub struct Preset {
    /// At most 19 ASCII letters are kept.
    pub name: String,
    /// 0 for melodic sounds, 128 for drum kits.
    pub bank: u16,
    /// General MIDI program, counted from 0.
    pub program: u16,
    /// Index of the instrument.
    pub instrument: usize,
    /// Generators added to those of every zone.
    pub generators: Vec<(u16, i16)>,
}

/// A whole SoundFont.
#[derive(Debug, Clone, Default)]
pub struct Bank {
    /// Title of the file.
    pub name: String,
    /// Sounds.
    pub samples: Vec<Sample>,
    /// Instruments.
    pub instruments: Vec<Instrument>,
    /// Presets.
    pub presets: Vec<Preset>,
}

impl Bank {
    /// The bytes of the file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (pcm, headers) = self.sample_chunks();
        let mut info = Vec::new();
        chunk(&mut info, b"ifil", &[2, 0, 1, 0]);
        chunk(&mut info, b"isng", &text("EMU8000"));
        chunk(&mut info, b"INAM", &text(&self.name));
        chunk(&mut info, b"ICOP", &text("Made by code; free for any use (CC0 1.0)"));
        chunk(&mut info, b"ISFT", &text("mvae-tui"));
        let mut sdta = Vec::with_capacity(pcm.len() + 8);
        chunk(&mut sdta, b"smpl", &pcm);
        let mut pdta = Vec::new();
        self.preset_chunks(&mut pdta);
        self.instrument_chunks(&mut pdta);
        chunk(&mut pdta, b"shdr", &headers);

        let mut body = b"sfbk".to_vec();
        for (kind, content) in [(b"INFO", info), (b"sdta", sdta), (b"pdta", pdta)] {
            let mut list = kind.to_vec();
            list.extend_from_slice(&content);
            chunk(&mut body, b"LIST", &list);
        }
        let mut file = Vec::with_capacity(body.len() + 8);
        chunk(&mut file, b"RIFF", &body);
        file
    }

    fn sample_chunks(&self) -> (Vec<u8>, Vec<u8>) {
        let frames: usize = self.samples.iter().map(|s| s.data.len() + GUARD).sum();
        let mut pcm = Vec::with_capacity(frames * 2);
        let mut headers = Vec::new();
        for sample in &self.samples {
            let start = pcm.len() / 2;
            for value in &sample.data {
                let value = (value.clamp(-1.0, 1.0) * 32_767.0).round() as i16;
                pcm.extend_from_slice(&value.to_le_bytes());
            }
            let end = pcm.len() / 2;
            pcm.resize(pcm.len() + GUARD * 2, 0);
            let (first, after) = sample.looped.unwrap_or((0, sample.data.len()));
            headers.extend_from_slice(&name20(&sample.name));
            for value in [start, end, start + first, start + after, sample.rate as usize] {
                headers.extend_from_slice(&(value as u32).to_le_bytes());
            }
            headers.extend_from_slice(&[sample.root, 0, 0, 0, 1, 0]);
        }
        headers.extend_from_slice(&name20("EOS"));
        headers.resize(headers.len() + 26, 0);
        (pcm, headers)
    }

    fn preset_chunks(&self, pdta: &mut Vec<u8>) {
        let (mut phdr, mut bags) = (Vec::new(), Bags::default());
        let header = |name: &str, program: u16, bank: u16, bag: u16| {
            let mut record = name20(name).to_vec();
            for value in [program, bank, bag] {
                record.extend_from_slice(&value.to_le_bytes());
            }
            record.resize(38, 0);
            record
        };
        for preset in &self.presets {
            phdr.extend(header(&preset.name, preset.program, preset.bank, bags.len()));
            bags.begin();
            for &(generator, amount) in &preset.generators {
                bags.add(generator, amount);
            }
            bags.add(generator::INSTRUMENT, preset.instrument as i16);
        }
        phdr.extend(header("EOP", 0, 0, bags.len()));
        chunk(pdta, b"phdr", &phdr);
        bags.write(pdta, *b"pbag", *b"pmod", *b"pgen");
    }

    fn instrument_chunks(&self, pdta: &mut Vec<u8>) {
        let (mut inst, mut bags) = (Vec::new(), Bags::default());
        for instrument in &self.instruments {
            inst.extend_from_slice(&name20(&instrument.name));
            inst.extend_from_slice(&bags.len().to_le_bytes());
            for zone in &instrument.zones {
                bags.begin();
                bags.add(generator::KEY_RANGE, range(zone.keys));
                bags.add(generator::VELOCITY_RANGE, range(zone.velocities));
                for &(generator, amount) in &zone.generators {
                    bags.add(generator, amount);
                }
                let looped = self.samples.get(zone.sample).is_some_and(|s| s.looped.is_some());
                bags.add(generator::LOOPS, i16::from(looped));
                bags.add(generator::SAMPLE, zone.sample as i16);
            }
        }
        inst.extend_from_slice(&name20("EOI"));
        inst.extend_from_slice(&bags.len().to_le_bytes());
        chunk(pdta, b"inst", &inst);
        bags.write(pdta, *b"ibag", *b"imod", *b"igen");
    }
}

/// Zones as the file holds them: where each one's generators begin, and the generators.
#[derive(Default)]
struct Bags {
    starts: Vec<u16>,
    generators: Vec<u8>,
}

impl Bags {
    fn len(&self) -> u16 {
        self.starts.len() as u16
    }

    fn begin(&mut self) {
        self.starts.push((self.generators.len() / 4) as u16);
    }

    fn add(&mut self, generator: u16, amount: i16) {
        self.generators.extend_from_slice(&generator.to_le_bytes());
        self.generators.extend_from_slice(&amount.to_le_bytes());
    }

    fn write(mut self, pdta: &mut Vec<u8>, bag: [u8; 4], modulators: [u8; 4], generators: [u8; 4]) {
        self.begin();
        let bags: Vec<u8> = self.starts.iter().flat_map(|s| [s.to_le_bytes(), [0, 0]].concat()).collect();
        self.add(0, 0);
        chunk(pdta, &bag, &bags);
        chunk(pdta, &modulators, &[0; 10]);
        chunk(pdta, &generators, &self.generators);
    }
}

fn range((low, high): (u8, u8)) -> i16 {
    i16::from_le_bytes([low, high])
}

fn name20(name: &str) -> [u8; 20] {
    let mut bytes = [0; 20];
    for (byte, letter) in bytes.iter_mut().zip(name.bytes().take(19)) {
        *byte = letter;
    }
    bytes
}

/// Zero-terminated, of even length.
fn text(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.push(0);
    bytes.resize(bytes.len().next_multiple_of(2), 0);
    bytes
}

fn chunk(out: &mut Vec<u8>, id: &[u8; 4], content: &[u8]) {
    out.extend_from_slice(id);
    out.extend_from_slice(&(content.len() as u32).to_le_bytes());
    out.extend_from_slice(content);
}
