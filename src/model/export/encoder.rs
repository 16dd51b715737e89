//! The encoder with ONNX's own LSTM operator (spec section 3).

use super::parts::{BATCH, Builder};
use crate::model::{
    catalogue::Config,
    error::ModelError,
    names,
    network::load::Loader,
    onnx::{Attribute, Axis, Element, Graph},
    settings::Settings,
};

/// Where ONNX wants the gates i, j, f, o of a published kernel: its order is input, output, forget, candidate.
const GATES: [usize; 4] = [0, 3, 2, 1];

/// From patterns to the posterior's `mu` and `sigma`. Flat encoders take the valid steps of each example as
/// `lengths`, 1 or more; hierarchical ones take whole patterns.
pub fn graph<'a>(settings: &Settings, config: &Config, loader: &Loader<'a>) -> Result<Graph<'a>, ModelError> {
    let depth = config.input_depth + config.control_depth;
    let levels = &settings.encoder_levels;
    let mut b = Builder::new(
        "encoder",
        "Where patterns lie in the latent space: mean and standard deviation of each dimension. Controls, where a \
         model takes them, stand after the input in each row of x.",
    );
    let steps = if levels.is_empty() { Axis::Named("steps") } else { Axis::Fixed(settings.steps) };
    let mut x = b.input_of("x", Element::F32, vec![BATCH, steps, Axis::Fixed(depth)]);
    let mut width = depth;
    let lengths = levels.is_empty().then(|| b.input_of("lengths", Element::I32, vec![BATCH]));
    for level in 0..levels.len().max(1) {
        let path = names::encoder((!levels.is_empty()).then_some(level));
        if let Some(segment) = levels.get(level) {
            x = b.reshape(&x, &[-1, *segment as i64, width as i64], &format!("segments{level}"));
        }
        let mut sequence = b.transpose(&x, &[1, 0, 2], &format!("level{level}_by_step"));
        for (k, units) in settings.encoder.iter().enumerate() {
            let name = |what: &str| format!("level{level}_layer{k}_{what}");
            let (outputs, last) = (name("outputs"), name("last"));
            let weights = lstm_weights(&mut b, loader, &path, k, (width, *units), &name)?;
            let [w, r, bias] = weights.each_ref().map(String::as_str);
            let lengths = lengths.as_deref().unwrap_or("");
            b.node_with(
                "LSTM",
                &[&sequence, w, r, bias, lengths],
                &[&outputs, &last],
                vec![
                    ("direction", Attribute::Text("bidirectional")),
                    ("hidden_size", Attribute::Int(*units as i64)),
                ],
            );
            width = 2 * units;
            if k + 1 < settings.encoder.len() {
                let joined = b.transpose(&outputs, &[0, 2, 1, 3], &name("joined"));
                sequence = b.reshape(&joined, &[0, 0, width as i64], &name("next"));
            } else {
                let joined = b.transpose(&last, &[1, 0, 2], &name("joined"));
                x = b.reshape(&joined, &[0, width as i64], &name("summary"));
            }
        }
    }
    b.dense(&x, loader.dense("encoder/mu")?, "mu");
    let raw = b.dense(&x, loader.dense("encoder/sigma")?, "sigma_sums");
    b.node("Softplus", &[&raw], "sigma");
    b.output("mu", settings.z_size);
    b.output("sigma", settings.z_size);
    Ok(b.graph)
}

/// The weights of both directions of layer `k`, in ONNX's order and orientation: `W [2, 4u, in]`, `R [2, 4u, u]`,
/// `B [2, 8u]` with the constant 1 of the forget gate.
fn lstm_weights(
    b: &mut Builder<'_>,
    loader: &Loader<'_>,
    path: &str,
    k: usize,
    (input, units): (usize, usize),
    name: &impl Fn(&str) -> String,
) -> Result<[String; 3], ModelError> {
    let (mut w, mut r, mut biases) = (Vec::new(), Vec::new(), Vec::new());
    for direction in ["fw", "bw"] {
        let (kernel, bias) = loader.dense(&names::encoder_cell(path, k, direction))?;
        for column in GATES.iter().flat_map(|gate| gate * units..(gate + 1) * units) {
            let value = |row: usize| kernel[row * 4 * units + column];
            w.extend((0..input).map(value));
            r.extend((input..input + units).map(value));
            let forget = (2 * units..3 * units).contains(&column);
            biases.push(bias[column] + f32::from(u8::from(forget)));
        }
        biases.extend(std::iter::repeat_n(0.0, 4 * units));
    }
    Ok([
        b.floats(&name("W"), &[2, 4 * units, input], w),
        b.floats(&name("R"), &[2, 4 * units, units], r),
        b.floats(&name("B"), &[2, 8 * units], biases),
    ])
}
