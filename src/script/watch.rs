//! Files that any editor may change while they play.

use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{RecursiveMode, Watcher};

/// An editor may write a file in several goes: it is read when it has been left alone for so long.
pub const SETTLED: Duration = Duration::from_millis(40);

/// Watches a script: a message comes whenever its file has changed.
///
/// The folder is watched, not the file: many editors write a new file and rename it.
///
/// # Errors
/// The system does not watch the folder.
pub fn watch(path: &Path) -> Result<(notify::RecommendedWatcher, Receiver<()>), notify::Error> {
    let (changed, changes) = channel();
    let name = path.file_name().map(ToOwned::to_owned);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let ours = |event: &notify::Event| {
            !event.kind.is_access() && event.paths.iter().any(|path| path.file_name() == name.as_deref())
        };
        if event.is_ok_and(|event| ours(&event)) {
            let _ = changed.send(());
        }
    })?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok((watcher, changes))
}
