//! The NADE of a decoder as matrix products: every bit's logit given the true earlier bits (spec section 4).

use super::parts::Builder;
use crate::model::{
    catalogue::Config, error::ModelError, network::load::Loader, onnx::Graph, settings::Settings,
};

/// `logit_i = b_dec[i] + sigmoid(b_enc + sum over j < i of bits[j] w_enc[j]) . w_dec_t[i]`.
///
/// A logit depends on earlier bits only, so sampling runs it once a bit, filling in the bits one after another.
pub fn graph<'a>(
    settings: &Settings,
    config: &Config,
    loader: &Loader<'a>,
    path: &str,
) -> Result<Graph<'a>, ModelError> {
    let (depth, hidden) = (config.output_depth(), settings.nade_hidden);
    let mut b = Builder::new(
        "nade",
        "Logit of every bit given the earlier bits. To sample, run it once a bit and fill the bits in as they are \
         drawn: bit i is on with probability sigmoid(logit i / temperature).",
    );
    let projected = b.input("projected", hidden + depth);
    let bits = b.input("bits", depth);
    b.split(&projected, &[hidden, depth], &["hidden_bias", "bit_bias"]);
    let earlier = (0..depth).flat_map(|i| (0..depth).map(move |j| f32::from(u8::from(j < i))));
    let earlier = b.floats("earlier", &[1, depth, depth], earlier.collect::<Vec<f32>>());
    let across = b.reshape(&bits, &[0, 1, depth as i64], "bits_across");
    let known = b.node("Mul", &[&across, &earlier], "known");
    let w_enc = loader.variable(&format!("{path}/nade/w_enc"))?;
    let w_enc = b.floats("w_enc", &[depth, hidden], w_enc);
    let added = b.node("MatMul", &[&known, &w_enc], "added");
    let bias = b.reshape("hidden_bias", &[0, 1, hidden as i64], "hidden_bias_across");
    let sums = b.node("Add", &[&added, &bias], "sums");
    let active = b.node("Sigmoid", &[&sums], "active");
    let w_dec = loader.variable(&format!("{path}/nade/w_dec_t"))?;
    let w_dec = b.floats("w_dec", &[1, depth, hidden], w_dec);
    let products = b.node("Mul", &[&active, &w_dec], "products");
    let axes = b.integers("hidden_axis", vec![2]);
    b.node_with(
        "ReduceSum",
        &[&products, &axes],
        &["dots"],
        vec![("keepdims", crate::model::onnx::Attribute::Int(0))],
    );
    b.node("Add", &["dots", "bit_bias"], "logits");
    b.output("logits", depth);
    Ok(b.graph)
}
