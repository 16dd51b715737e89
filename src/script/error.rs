//! What went wrong in a script, with its place.

use std::fmt;

use rhai::{AST, EvalAltResult, ParseError, Position};

use super::misfit;

/// An error of a script: where, what, and rhai's own words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// The script, as a player knows it: a file's name, or `console`.
    pub source: String,
    /// Line, counted from 1, where one is known.
    pub line: Option<usize>,
    /// Column, counted from 1, where one is known.
    pub column: Option<usize>,
    /// Cause and remedy.
    pub message: String,
}

impl std::error::Error for ScriptError {}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": {}", self.message)
    }
}

impl ScriptError {
    /// An error without a place.
    pub fn new(source: impl Into<String>, message: impl Into<String>) -> Self {
        Self { source: source.into(), line: None, column: None, message: message.into() }
    }

    fn at(source: &str, position: Position, message: String) -> Self {
        Self { source: source.to_owned(), line: position.line(), column: position.position(), message }
    }

    /// The same, at `place` where none is known yet.
    #[must_use]
    pub fn or_at(self, place: Position) -> Self {
        if self.line.is_some() { self } else { Self { line: place.line(), column: place.position(), ..self } }
    }

    /// A text that is no script.
    pub fn from_parse(source: &str, error: &ParseError) -> Self {
        Self::at(source, error.position(), error.err_type().to_string())
    }

    /// A script that broke off; `ast` holds the functions it has itself.
    pub fn from_eval(source: &str, ast: &AST, error: &EvalAltResult) -> Self {
        let inner = error.unwrap_inner();
        let position = match inner.position() {
            Position::NONE => error.position(),
            position => position,
        };
        let message = match inner {
            EvalAltResult::ErrorRuntime(value, _) => value.to_string(),
            EvalAltResult::ErrorTerminated(value, _) if !value.is_unit() => value.to_string(),
            EvalAltResult::ErrorParsing(kind, _) => kind.to_string(),
            EvalAltResult::ErrorFunctionNotFound(call, _) => misfit::function(call, ast),
            EvalAltResult::ErrorVariableNotFound(name, _) => misfit::variable(name),
            EvalAltResult::ErrorDataTooLarge(what, _) => {
                format!("{what}: too large for a script; keep less, or make it in parts")
            }
            other => {
                // The place is told apart from the words.
                let text = other.to_string();
                let place = format!(" ({})", other.position());
                text.strip_suffix(&place).map_or(text.clone(), str::to_owned)
            }
        };
        Self::at(source, position, message)
    }
}

/// What a function of the language gives.
pub type Outcome<T> = Result<T, Box<EvalAltResult>>;

/// An error of a function of the language: cause and remedy; rhai adds the place.
pub fn fail<T>(message: impl fmt::Display) -> Outcome<T> {
    Err(message.to_string().into())
}

/// The same for errors of other rooms.
pub trait OrFail<T> {
    /// Turns the error into one of the script.
    fn or_fail(self) -> Outcome<T>;
}

impl<T, E: fmt::Display> OrFail<T> for Result<T, E> {
    fn or_fail(self) -> Outcome<T> {
        self.or_else(fail)
    }
}
