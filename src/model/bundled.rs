//! The models compiled into the binary: its sound on a fresh machine.

/// Name and bytes of each model file; a new one is one line here.
pub const BUNDLED: &[(&str, &[u8])] = &[
    ("drums_2bar_oh_lokl", include_bytes!("../../models/drums_2bar_oh_lokl.safetensors")),
    ("drums_2bar_oh_hikl", include_bytes!("../../models/drums_2bar_oh_hikl.safetensors")),
    ("drums_2bar_nade_reduced", include_bytes!("../../models/drums_2bar_nade_reduced.safetensors")),
    ("drums_2bar_nade_full", include_bytes!("../../models/drums_2bar_nade_full.safetensors")),
    ("mel_2bar", include_bytes!("../../models/mel_2bar.safetensors")),
    ("mel_16bar_hier", include_bytes!("../../models/mel_16bar_hier.safetensors")),
    ("mel_16bar_hierdec", include_bytes!("../../models/mel_16bar_hierdec.safetensors")),
    ("mel_16bar_flat", include_bytes!("../../models/mel_16bar_flat.safetensors")),
    ("trio_16bar_hier", include_bytes!("../../models/trio_16bar_hier.safetensors")),
    ("trio_16bar_hierdec", include_bytes!("../../models/trio_16bar_hierdec.safetensors")),
    ("trio_16bar_flat", include_bytes!("../../models/trio_16bar_flat.safetensors")),
    ("groove_2bar_humanize", include_bytes!("../../models/groove_2bar_humanize.safetensors")),
];

/// Name of each bundled model and the bytes of the attribute vectors beside it.
pub const ATTRIBUTES: &[(&str, &[u8])] = &[
    ("drums_2bar_oh_lokl", include_bytes!("../../models/drums_2bar_oh_lokl.attributes.safetensors")),
    ("drums_2bar_oh_hikl", include_bytes!("../../models/drums_2bar_oh_hikl.attributes.safetensors")),
    (
        "drums_2bar_nade_reduced",
        include_bytes!("../../models/drums_2bar_nade_reduced.attributes.safetensors"),
    ),
    ("drums_2bar_nade_full", include_bytes!("../../models/drums_2bar_nade_full.attributes.safetensors")),
    ("mel_2bar", include_bytes!("../../models/mel_2bar.attributes.safetensors")),
    ("mel_16bar_hier", include_bytes!("../../models/mel_16bar_hier.attributes.safetensors")),
    ("mel_16bar_hierdec", include_bytes!("../../models/mel_16bar_hierdec.attributes.safetensors")),
    ("mel_16bar_flat", include_bytes!("../../models/mel_16bar_flat.attributes.safetensors")),
    ("trio_16bar_hier", include_bytes!("../../models/trio_16bar_hier.attributes.safetensors")),
    ("trio_16bar_hierdec", include_bytes!("../../models/trio_16bar_hierdec.attributes.safetensors")),
    ("trio_16bar_flat", include_bytes!("../../models/trio_16bar_flat.attributes.safetensors")),
    ("groove_2bar_humanize", include_bytes!("../../models/groove_2bar_humanize.attributes.safetensors")),
];
