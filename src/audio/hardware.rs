//! Whether a device is the hardware itself: then nobody but us makes its thread a real-time one.

use cpal::traits::DeviceTrait;

/// What ALSA calls its ways straight to the hardware.
const DIRECT: [&str; 5] = ["hw:", "plughw:", "sysdefault", "front:", "dmix"];
/// What ALSA calls its default, which is the hardware where no sound server runs.
const DEFAULT: &str = "default";
/// Sockets of the sound servers, in the folder of the user's own or the system's.
const SERVERS: [&str; 2] = ["pipewire-0", "pulse/native"];

/// True where the callback of `device` may be given real-time priority: ALSA's ways to the hardware. Sound servers and the
/// systems beside Linux raise their own threads, and what leads to a server may wait for one that has less.
pub fn is(device: &cpal::Device) -> bool {
    let name = device.id().map(|id| id.id().to_owned()).unwrap_or_default();
    cfg!(target_os = "linux") && direct(&name, is_served)
}

fn direct(name: &str, served: impl Fn() -> bool) -> bool {
    DIRECT.iter().any(|start| name.starts_with(start)) || (name == DEFAULT && !served())
}

/// A sound server runs.
fn is_served() -> bool {
    let own = std::env::var("XDG_RUNTIME_DIR").ok();
    let folders = own.iter().map(String::as_str).chain(["/run", "/run/user/0"]);
    folders
        .flat_map(|folder| SERVERS.map(|name| format!("{folder}/{name}")))
        .any(|path| std::path::Path::new(&path).exists())
}

#[cfg(test)]
mod tests {
    use super::direct;

    #[test]
    fn hardware_is_told_from_what_leads_to_a_server() {
        for name in ["hw:CARD=PCH,DEV=0", "plughw:CARD=USB", "sysdefault:CARD=PCH", "dmix:CARD=PCH,DEV=0"] {
            assert!(direct(name, || true), "{name}");
        }
        for name in ["pipewire", "pulse", "null", "jack", "samplerate", "cpal_client_out", ""] {
            assert!(!direct(name, || false), "{name}");
        }
        assert!(direct("default", || false) && !direct("default", || true));
    }
}
