//! The functions of the language, one file a subject. Their doc comments are the reference a player reads.

mod attributes;
mod chance;
mod edit;
mod files;
mod gear;
mod hear;
mod latent;
mod models;
mod number;
mod play;
mod points;
mod rhythm;
mod shape;
mod time;
mod tracks;

use rhai::{Engine, Module, exported_module};

use super::value::{Midi, Model, Palette, Point, Push, Tune, Way};

pub use models::likeliest;
pub use play::{Bank, by_hand};

/// Subjects with their functions, in the order of the reference.
pub fn subjects() -> Vec<(&'static str, Module)> {
    vec![
        ("Time", exported_module!(time::functions)),
        ("Playing", exported_module!(play::functions)),
        ("Tracks", exported_module!(tracks::functions)),
        ("Models", exported_module!(models::functions)),
        ("Points", exported_module!(points::functions)),
        ("Ways through the space", exported_module!(latent::functions)),
        ("Attributes", exported_module!(attributes::functions)),
        ("Rhythms and melodies", exported_module!(rhythm::functions)),
        ("Editing", exported_module!(edit::functions)),
        ("Shape", exported_module!(shape::functions)),
        ("Chance", exported_module!(chance::functions)),
        ("From outside", exported_module!(hear::functions)),
        ("Gear outside", exported_module!(gear::functions)),
        ("Files", exported_module!(files::functions)),
    ]
}

/// Gives an engine the types and functions of the language.
pub fn register(engine: &mut Engine) {
    engine
        .register_type_with_name::<Model>("Model")
        .register_type_with_name::<Tune>("Pattern")
        .register_type_with_name::<Point>("Point")
        .register_type_with_name::<Way>("Path")
        .register_type_with_name::<Palette>("Palette")
        .register_type_with_name::<Push>("Push")
        .register_type_with_name::<Bank>("Bank")
        .register_type_with_name::<Midi>("Midi");
    for (_, module) in subjects() {
        engine.register_global_module(module.into());
    }
    // Numbers are read by people: 0.1611 says as much as its seventeen digits.
    for name in ["to_string", "to_debug", "print", "debug"] {
        engine.register_fn(name, number::shown);
    }
}
