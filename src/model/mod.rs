//! Networks: catalogue, weights, engines.
//!
//! ```text
//! .safetensors -> weights -> network (shape of the parts, from the catalogue) -> cpu engine
//! Tokens -> encode -> Posterior (mu, sigma);   z -> decode -> Tokens
//! ```
