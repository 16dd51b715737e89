//! `import`: files of the script's own folder; and the library that comes with the program, which needs no import.

use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};

use super::folder;

/// The library: its functions are called as `chords::chord(...)` everywhere, by these names.
pub const LIBRARY: &[(&str, &str)] = &[
    ("chords", include_str!("../../scripts/lib/chords.rhai")),
    ("scales", include_str!("../../scripts/lib/scales.rhai")),
    ("euclid", include_str!("../../scripts/lib/euclid.rhai")),
    ("arrange", include_str!("../../scripts/lib/arrange.rhai")),
];

/// Finds modules in the folder of the running script only. Nothing is kept: a changed file is read anew with the script
/// that imports it.
#[derive(Debug, Default, Clone, Copy)]
pub struct Confined;

impl ModuleResolver for Confined {
    fn resolve(
        &self,
        engine: &Engine,
        _source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Result<Shared<Module>, Box<EvalAltResult>> {
        let text = read(path).map_err(|mut error| {
            error.set_position(position);
            error
        })?;
        let inside = |error| Box::new(EvalAltResult::ErrorInModule(path.to_owned(), error, position));
        let mut ast = engine.compile(&text).map_err(|error| inside(error.into()))?;
        ast.set_source(path);
        let module = Module::eval_ast_as_new(Scope::new(), &ast, engine).map_err(inside)?;
        Ok(module.into())
    }
}

fn read(path: &str) -> Result<String, Box<EvalAltResult>> {
    let name = if path.ends_with(".rhai") { path.to_owned() } else { format!("{path}.rhai") };
    let file = folder::existing(&name)?;
    std::fs::read_to_string(&file).map_err(|error| format!("{name}: it cannot be read ({error})").into())
}
