//! A graphics card as the engines tell of it, in builds with and without the GPU engine.

use serde::Serialize;

/// A graphics card, or what passes for one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Adapter {
    /// Its name.
    pub name: String,
    /// `discrete`, `integrated`, `virtual`, `software` or `unknown`.
    pub kind: &'static str,
    /// The interface it is reached by: `vulkan`, `metal`, `dx12`.
    pub backend: String,
    /// Driver and its version.
    pub driver: String,
    /// True for the one that sessions would be made on.
    pub chosen: bool,
    /// Why it is not taken by itself, if it is not.
    pub why_not: Option<String>,
}

impl Adapter {
    /// A key for what was measured on it.
    pub fn key(&self) -> String {
        format!("{} {} {}", self.name, self.backend, self.driver)
    }
}
