//! Keeps libasound's chatter off the terminal: it would be written over the screen.

/// Silences libasound for the whole process. What it has to say comes back as the errors of its calls.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "libasound has no other way, and its plugins talk from threads of their own")]
pub fn hush_alsa() {
    use std::ffi::{c_char, c_int};
    use std::sync::Once;

    type Variadic = unsafe extern "C" fn(*const c_char, c_int, *const c_char, c_int, *const c_char, ...);

    extern "C" fn nothing(
        _file: *const c_char,
        _line: c_int,
        _function: *const c_char,
        _error: c_int,
        _format: *const c_char,
    ) {
    }

    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let plain: extern "C" fn(*const c_char, c_int, *const c_char, c_int, *const c_char) = nothing;
        // SAFETY: the handler reads none of its arguments, and the calling conventions of Linux (System V on
        // x86-64, AAPCS on Arm, psABI on RISC-V) leave it to the caller to pass and to take away what follows the
        // named ones, so it may be called as a variadic function. It is `'static` and holds no state.
        unsafe {
            let handler = std::mem::transmute::<*const (), Variadic>(plain as *const ());
            alsa_sys::snd_lib_error_set_handler(Some(handler));
        }
    });
}

/// Nothing to silence on this system.
#[cfg(not(target_os = "linux"))]
pub fn hush_alsa() {}
