//! The exact published variable names and their shapes (spec section 6).

use super::{
    catalogue::{Config, Head},
    settings::Settings,
};

/// A variable's name and its shape, kernels `[in, out]`.
pub type Variable = (String, Vec<usize>);

/// The two variables of a layer whose name starts with `prefix`: `[input, output]` and `[output]`.
fn dense(list: &mut Vec<Variable>, prefix: &str, input: usize, output: usize) {
    list.push((format!("{prefix}/kernel"), vec![input, output]));
    list.push((format!("{prefix}/bias"), vec![output]));
}

/// Path of the encoder's level `n`, or of a flat encoder.
pub fn encoder(level: Option<usize>) -> String {
    level.map_or("encoder".to_owned(), |n| format!("encoder/hierarchical_level_{n}"))
}

/// Path of one direction (`fw`, `bw`) of layer `k` of an encoder at `encoder`.
pub fn encoder_cell(encoder: &str, k: usize, direction: &str) -> String {
    format!("{encoder}/cell_{k}/bidirectional_rnn/{direction}/multi_rnn_cell/cell_0/lstm_cell")
}

/// Path of conductor level `l`.
pub fn conductor(l: usize) -> String {
    format!("decoder/hierarchical_level_{l}")
}

/// Path of layer `k` of the conductor at `conductor`: without `multi_rnn_cell`.
pub fn conductor_cell(conductor: &str, k: usize) -> String {
    format!("{conductor}/cell_{k}/lstm_cell")
}

/// Path of the core decoder that makes part `part` (0 unless cores are split).
pub fn core(settings: &Settings, config: &Config, part: usize) -> String {
    match (settings.decoder_levels.is_empty(), config.head) {
        (true, _) => "decoder".to_owned(),
        (false, Head::Split) => format!("core_decoder/core_decoder_{part}/decoder"),
        (false, _) => "core_decoder/decoder".to_owned(),
    }
}

/// Path of layer `k` of the core decoder at `core`.
pub fn core_cell(core: &str, k: usize) -> String {
    format!("{core}/multi_rnn_cell/cell_{k}/lstm_cell")
}

/// Width of a stack's whole state: `c` and `h` of every layer.
pub fn state_width(units: &[usize]) -> usize {
    2 * units.iter().sum::<usize>()
}

/// Every variable of a model with these settings, in the order of the networks' parts.
pub fn variables(settings: &Settings, config: &Config) -> Vec<Variable> {
    let mut list = Vec::new();
    encoder_variables(&mut list, settings, config);
    let top = settings.decoder.last().copied().unwrap_or(0);
    let state = state_width(&settings.decoder);
    for l in 0..settings.decoder_levels.len().saturating_sub(1) {
        let path = conductor(l);
        let x = if l == 0 { settings.z_size } else { top };
        dense(&mut list, &format!("{path}/initial_state"), x, state);
        let mut input = if settings.autoregressive { state + x } else { 1 };
        for (k, units) in settings.decoder.iter().enumerate() {
            dense(&mut list, &conductor_cell(&path, k), input + units, 4 * units);
            input = *units;
        }
    }
    let cores: Vec<usize> = match config.head {
        Head::Split => config.parts.to_vec(),
        _ => vec![config.output_depth()],
    };
    let latent = if settings.decoder_levels.is_empty() { settings.z_size } else { top };
    for (part, depth) in cores.into_iter().enumerate() {
        let path = core(settings, config, part);
        dense(&mut list, &format!("{path}/z_to_initial_state"), latent, state);
        let mut input = depth + latent + config.control_depth;
        for (k, units) in settings.decoder.iter().enumerate() {
            dense(&mut list, &core_cell(&path, k), input + units, 4 * units);
            input = *units;
        }
        dense(&mut list, &format!("{path}/output_projection"), top, depth + settings.nade_hidden);
        if config.head == Head::Nade {
            list.push((format!("{path}/nade/w_enc"), vec![depth, 1, settings.nade_hidden]));
            list.push((format!("{path}/nade/w_dec_t"), vec![depth, settings.nade_hidden, 1]));
        }
    }
    list
}

fn encoder_variables(list: &mut Vec<Variable>, settings: &Settings, config: &Config) {
    let levels = settings.encoder_levels.len();
    let mut input = config.input_depth + config.control_depth;
    for level in 0..levels.max(1) {
        let path = encoder((levels > 0).then_some(level));
        for (k, units) in settings.encoder.iter().enumerate() {
            for direction in ["fw", "bw"] {
                dense(list, &encoder_cell(&path, k, direction), input + units, 4 * units);
            }
            input = 2 * units;
        }
    }
    for moment in ["mu", "sigma"] {
        dense(list, &format!("encoder/{moment}"), input, settings.z_size);
    }
}
