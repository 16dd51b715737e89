//! The threads of the engine: few, as audio and drawing share the machine, and asleep when there is nothing to do.

use std::sync::OnceLock;

/// More threads than this wait for memory, not for arithmetic.
const MOST: usize = 4;

static POOL: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();

fn pool() -> Option<&'static rayon::ThreadPool> {
    POOL.get_or_init(|| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST);
        // Where the system gives no more threads, the caller's own does the work.
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .thread_name(|i| format!("model-{i}"))
            .start_handler(|_| crate::engine::give_way())
            .build()
            .inspect_err(|e| tracing::warn!("models run on one thread: {e}"))
            .ok()
    })
    .as_ref()
}

/// Threads that work at once.
pub fn threads() -> usize {
    pool().map_or(1, rayon::ThreadPool::current_num_threads)
}

/// Runs `work` on the engine's threads and waits for it.
pub fn install<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    match pool() {
        Some(pool) => pool.install(work),
        None => work(),
    }
}
