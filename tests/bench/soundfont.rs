//! How long the built-in SoundFont takes to make, once a process: `cargo bench --bench soundfont`.

use std::time::Instant;

fn main() {
    let start = Instant::now();
    let size = mvae_tui::audio::soundfont::bytes().len();
    println!("{size} bytes in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
}
