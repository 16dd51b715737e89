//! What a script may use: enough for music, not enough to hurt.

/// Operations between two waits: about a second of work.
pub const OPERATIONS: u64 = 2_000_000;
/// Beats that the waits of a task have to come to before they count as one.
pub const REST: f64 = 1.0 / 64.0;
/// Waits that may come to less than that.
pub const NAPS: usize = 64;
/// Depth of calls.
pub const CALLS: usize = 64;
/// Depth of an expression, outside and inside of functions.
pub const DEPTH: (usize, usize) = (96, 64);
/// Letters of a string.
pub const LETTERS: usize = 64 * 1024;
/// Elements of an array, inner ones counted.
pub const ELEMENTS: usize = 10_000;
/// Entries of an object map, inner ones counted.
pub const ENTRIES: usize = 2_000;
/// Modules loaded by one script.
pub const MODULES: usize = 64;
/// Functions of one script.
pub const FUNCTIONS: usize = 500;
/// Variables in sight at once.
pub const VARIABLES: usize = 500;
/// Tasks (main and live loops) at once.
pub const TASKS: usize = 64;
/// Things played by one task between two waits.
pub const ORDERS: usize = 512;
/// Patterns of one call.
pub const PATTERNS: usize = 256;
/// Steps of a pattern: 256 bars.
pub const STEPS: u32 = 4096;
/// Notes of a pattern.
pub const NOTES: usize = 8192;
/// Notes of all patterns that a script holds at once.
pub const HELD: usize = 4_000_000;
/// Bytes of a script file or a MIDI file that a script reads.
pub const FILE: u64 = 8 << 20;
/// Stack of a task's thread, bytes: [`CALLS`] deep fits several times over.
pub const STACK: usize = 16 << 20;
/// Errors in a row after which a live loop is given up.
pub const FAILURES: u32 = 3;
