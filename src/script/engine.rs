//! The rhai engine: the functions of the language and every limit.

use rhai::packages::{Package, StandardPackage};
use rhai::{Dynamic, Engine, Module, OptimizationLevel, Scope, Token};

use super::error::Outcome;
use super::modules::{Confined, LIBRARY};
use super::{api, context, limits};
use crate::jam::Tone;

/// An engine with everything a script may call, and nothing else: no clock, no files but those of [`super::folder`].
pub fn build() -> Engine {
    let mut engine = Engine::new_raw();
    engine.register_global_module(StandardPackage::new().as_shared_module());
    engine
        .set_optimization_level(OptimizationLevel::Simple)
        .set_max_call_levels(limits::CALLS)
        .set_max_expr_depths(limits::DEPTH.0, limits::DEPTH.1)
        .set_max_string_size(limits::LETTERS)
        .set_max_array_size(limits::ELEMENTS)
        .set_max_map_size(limits::ENTRIES)
        .set_max_modules(limits::MODULES)
        .set_max_functions(limits::FUNCTIONS)
        .set_max_variables(limits::VARIABLES)
        // Counted between two waits by `progress` below: a live loop as a whole may go on for ever.
        .set_max_operations(0)
        .set_module_resolver(Confined)
        .disable_symbol("eval")
        .disable_symbol("sleep")
        .disable_symbol("timestamp");
    // `with` is reserved, for nothing so far: here it is a name, as `p.with("syncopation", 0.8)` needs it.
    #[allow(deprecated, reason = "rhai marks it as apt to change, not as going away")]
    engine.on_parse_token(|token, _, _| match token {
        Token::Reserved(word) if &**word == "with" => Token::Identifier(word),
        other => other,
    });
    engine.on_progress(|operations| context::progress(operations).map(Dynamic::from));
    engine.on_print(say);
    engine.on_debug(|text, _, _| say(text));
    api::register(&mut engine);
    for (name, text) in LIBRARY {
        // Functions and closures reach these without an import. A test holds every one of them to be whole.
        match module(&engine, text) {
            Ok(module) => drop(engine.register_static_module(*name, module.into())),
            Err(error) => tracing::error!("the library of scripts: {name}: {error}"),
        }
    }
    engine
}

fn module(engine: &Engine, text: &str) -> Outcome<Module> {
    let ast = engine.compile(text)?;
    Module::eval_ast_as_new(Scope::new(), &ast, engine)
}

fn say(text: &str) {
    if let Ok(here) = context::here() {
        here.stage.say(Tone::Said, text.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::{LIBRARY, build, module};

    #[test]
    fn the_library_is_whole() {
        let engine = build();
        for (name, text) in LIBRARY {
            assert!(module(&engine, text).is_ok(), "{name}");
        }
        assert!(engine.eval::<bool>("chords::chord(\"a3\", \"m7\") == [57, 60, 64, 67]").unwrap());
        assert!(engine.eval::<bool>("scales::degree(\"a3\", \"minor\", 7) == 69").unwrap());
        assert!(engine.eval::<bool>("scales::degree(\"a3\", \"minor\", -1) == 55").unwrap());
    }
}
