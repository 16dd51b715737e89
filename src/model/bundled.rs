//! The models compiled into the binary: its sound on a fresh machine.

/// Name and bytes of each model file; a new one is one line here.
pub const BUNDLED: &[(&str, &[u8])] = &[
    ("drums_2bar_oh_lokl", include_bytes!("../../models/drums_2bar_oh_lokl.safetensors")),
    ("drums_2bar_oh_hikl", include_bytes!("../../models/drums_2bar_oh_hikl.safetensors")),
    ("mel_2bar", include_bytes!("../../models/mel_2bar.safetensors")),
];

/// Name of each bundled model and the bytes of the attribute vectors beside it.
pub const ATTRIBUTES: &[(&str, &[u8])] = &[
    ("drums_2bar_oh_lokl", include_bytes!("../../models/drums_2bar_oh_lokl.attributes.safetensors")),
    ("drums_2bar_oh_hikl", include_bytes!("../../models/drums_2bar_oh_hikl.attributes.safetensors")),
    ("mel_2bar", include_bytes!("../../models/mel_2bar.attributes.safetensors")),
];
