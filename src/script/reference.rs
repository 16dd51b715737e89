//! The reference of the language, made from the registered functions and their doc comments.

use std::fmt::Write;
use std::sync::OnceLock;

use serde::Deserialize;

use super::{api, limits, modules};

/// One function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its subject, such as `Playing`.
    pub subject: &'static str,
    /// Its name; `point.name` style for properties.
    pub name: String,
    /// How it is called: `slerp(a: Point, b: Point, share) -> Point`.
    pub signature: String,
    /// What it does.
    pub doc: String,
}

#[derive(Deserialize)]
struct Metadata {
    functions: Vec<Function>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Function {
    name: String,
    #[serde(default)]
    params: Vec<Param>,
    #[serde(default)]
    return_type: String,
    #[serde(default)]
    doc_comments: Vec<String>,
}

#[derive(Deserialize)]
struct Param {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// A type as players know it.
fn plain(kind: &str) -> String {
    let bare: String = kind.chars().filter(|letter| !letter.is_whitespace()).collect();
    let mut kind = bare.as_str();
    for wrapper in ["Outcome<", "Result<", "RhaiResultOf<"] {
        if let Some(inner) = kind.strip_prefix(wrapper) {
            kind = inner.strip_suffix('>').unwrap_or(inner).split(',').next().unwrap_or(inner).trim();
        }
    }
    let kind = kind.trim_start_matches("&mut").trim_start_matches('&');
    match kind.rsplit("::").next().unwrap_or(kind) {
        "Tune" => "Pattern",
        "Way" => "Path",
        "INT" | "i64" | "int" => "int",
        "FLOAT" | "f64" | "float" => "float",
        "str" | "String" | "string" | "ImmutableString" => "string",
        "FnPtr" | "Fn" => "closure",
        "Dynamic" | "?" => "",
        "()" => "",
        "Array" | "array" => "array",
        "Map" | "map" => "map",
        "bool" => "bool",
        other => other,
    }
    .to_owned()
}

/// All functions, by subject and name.
pub fn entries() -> Vec<Entry> {
    let mut all = Vec::new();
    for (subject, module) in api::subjects() {
        let mut engine = rhai::Engine::new_raw();
        engine.register_global_module(module.into());
        // A module without functions has no metadata; there is none such.
        let Ok(json) = engine.gen_fn_metadata_to_json(false) else { continue };
        let Ok(Metadata { functions }) = serde_json::from_str(&json) else { continue };
        let mut of_subject: Vec<Entry> = functions.into_iter().filter_map(|f| entry(subject, f)).collect();
        of_subject.sort_by(|a, b| (&a.name, &a.signature).cmp(&(&b.name, &b.signature)));
        of_subject.dedup_by(|a, b| a.signature == b.signature);
        all.extend(of_subject);
    }
    all.extend(library());
    all
}

/// The subject of what is written in the language itself.
const LIBRARY: &str = "Library";

/// The functions of the library, from its text.
fn library() -> Vec<Entry> {
    let mut engine = rhai::Engine::new();
    engine.set_max_expr_depths(limits::DEPTH.0, limits::DEPTH.1);
    let mut all = Vec::new();
    for (module, text) in modules::LIBRARY {
        // A test of the engine holds every one of them to be whole.
        let Ok(ast) = engine.compile(text) else { continue };
        let entry = |function: rhai::ScriptFnMetadata<'_>| {
            let words = function.comments.iter().flat_map(|comment| comment.lines());
            let words = words.map(|line| line.trim().trim_start_matches('/').trim());
            let name = format!("{module}::{}", function.name);
            Entry {
                subject: LIBRARY,
                signature: format!("{name}({})", function.params.join(", ")),
                name,
                doc: words.collect::<Vec<_>>().join(" "),
            }
        };
        let mut of_module: Vec<Entry> = ast.iter_functions().map(entry).collect();
        of_module.sort_by(|a, b| a.name.cmp(&b.name));
        all.extend(of_module);
    }
    all
}

/// The same, made once: for screens that ask at every letter.
pub fn known() -> &'static [Entry] {
    static KNOWN: OnceLock<Vec<Entry>> = OnceLock::new();
    KNOWN.get_or_init(entries)
}

fn entry(subject: &'static str, function: Function) -> Option<Entry> {
    let doc = function
        .doc_comments
        .iter()
        .flat_map(|comment| comment.lines())
        .map(|line| line.trim().trim_start_matches('/').trim())
        .collect::<Vec<_>>()
        .join(" ");
    let parts: Vec<String> = function
        .params
        .iter()
        .map(|param| {
            let kind = plain(param.kind.as_deref().unwrap_or(""));
            let name = param.name.as_deref().unwrap_or("_").trim_start_matches('_');
            if kind.is_empty() { name.to_owned() } else { format!("{name}: {kind}") }
        })
        .collect();
    let result = plain(&function.return_type);
    let arrow = if result.is_empty() { String::new() } else { format!(" -> {result}") };
    if matches!(function.name.as_str(), "to_string" | "to_debug") {
        return None;
    }
    let (name, signature) = if let Some(property) = function.name.strip_prefix("get$") {
        let owner = parts.first()?.split(": ").last()?.to_owned();
        (property.to_owned(), format!("{}.{property}{arrow}", owner.to_lowercase()))
    } else if function.name.starts_with("index$get") {
        ("bank".to_owned(), format!("bank()[place]{arrow}"))
    } else if function.name.starts_with("index$set") {
        ("bank".to_owned(), "bank()[place] = pattern".to_owned())
    } else if !function.name.starts_with(|c: char| c.is_alphabetic()) {
        let signature = match &parts[..] {
            [one] => format!("{}{one}{arrow}", function.name),
            many => format!("{}{arrow}", many.join(&format!(" {} ", function.name))),
        };
        (function.name.clone(), signature)
    } else {
        (function.name.clone(), format!("{}({}){arrow}", function.name, parts.join(", ")))
    };
    Some(Entry { subject, name, signature, doc })
}

/// Functions called `name`, or, where there are none, those whose name holds it.
pub fn find(name: &str) -> Vec<Entry> {
    let all = entries();
    let exact: Vec<Entry> = all.iter().filter(|entry| entry.name == name).cloned().collect();
    if !exact.is_empty() {
        return exact;
    }
    all.into_iter().filter(|entry| entry.name.contains(name)).collect()
}

/// The whole reference as Markdown.
pub fn page() -> String {
    let mut page = String::from(
        "# The language of scripts\n\nMade from the functions themselves: `mvae-tui help script > scripts/README.md`.\n",
    );
    let mut subject = "";
    for entry in entries() {
        if entry.subject != subject {
            subject = entry.subject;
            let _ = write!(page, "\n## {subject}\n\n");
        }
        let _ = writeln!(page, "- `{}`: {}", entry.signature, entry.doc);
    }
    page
}

/// The definitions that editors complete from, in the form of rhai's language server: name of the file and text, the
/// language first and then each module of the library.
pub fn definition_files() -> Vec<(String, String)> {
    let mut files = vec![("mvae".to_owned(), definitions())];
    for (module, _) in modules::LIBRARY {
        let mut text = format!("module {module};\n");
        let own = format!("{module}::");
        for entry in known().iter().filter(|entry| entry.name.starts_with(&own)) {
            let signature = entry.signature.strip_prefix(&own).unwrap_or(&entry.signature);
            let _ = write!(text, "\n/// {}\nfn {signature} -> ?;\n", entry.doc);
        }
        files.push(((*module).to_owned(), text));
    }
    files.into_iter().map(|(name, text)| (format!("{name}.d.rhai"), text)).collect()
}

/// The definitions of the language itself.
pub fn definitions() -> String {
    let mut text = String::from("module static;\n");
    let called = |entry: &&Entry| entry.signature.starts_with(&format!("{}(", entry.name));
    for entry in known().iter().filter(called).filter(|entry| entry.subject != LIBRARY) {
        let signature = if entry.signature.contains("->") {
            entry.signature.clone()
        } else {
            format!("{} -> ?", entry.signature)
        };
        let _ = write!(text, "\n/// {}\nfn {signature};\n", entry.doc);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{entries, find};

    #[test]
    fn every_function_is_explained_and_signed() {
        let all = entries();
        assert!(all.len() > 100, "{}", all.len());
        for entry in &all {
            assert!(entry.doc.len() > 10, "{} has no words", entry.signature);
            assert!(
                !entry.signature.contains("Outcome") && !entry.signature.contains("mut "),
                "{}",
                entry.signature
            );
        }
    }

    #[test]
    fn a_function_is_found_by_its_name_or_a_part_of_it() {
        assert!(
            find("slerp").iter().any(|entry| entry.signature.contains("slerp(a: Point, b: Point, share)"))
        );
        assert!(find("live").iter().any(|entry| entry.name == "live_loop"));
        assert!(find("no such thing").is_empty());
        let chord = find("chords::chord");
        assert_eq!((chord.len(), chord[0].signature.as_str()), (1, "chords::chord(root, kind)"));
        assert!(chord[0].doc.contains("keys of a chord"), "{}", chord[0].doc);
    }
}
