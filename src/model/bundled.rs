//! The models compiled into the binary: its sound on a fresh machine.

/// Name and bytes of each model file; a new one is one line here.
pub const BUNDLED: &[(&str, &[u8])] = &[];
