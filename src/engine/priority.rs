//! Real-time priority for the threads whose lateness is heard.

/// Why a thread has to do without.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The system knows it, and does not give it to this user.
    #[error(
        "no real-time priority ({0}): timing is as good as the machine is idle. Join the group that has it (`sudo \
         usermod -aG audio $USER`, and a line `@audio - rtprio 95` in /etc/security/limits.d/audio.conf), then log in \
         again"
    )]
    Refused(String),
    /// Nothing is known of how this system gives it.
    #[error("no real-time priority: this program can ask for it on Linux only; close what else is busy")]
    Unknown,
}

/// Asks that the calling thread runs before all ordinary ones; threads it starts are ordinary again.
///
/// `priority` is 1..=99: the higher goes first. JACK's own threads usually stand at 55 and above.
///
/// # Errors
/// [`Denied`], with what the player can do.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the scheduling class of a thread has no safe interface in std")]
pub fn real_time(priority: u8) -> Result<(), Denied> {
    let wanted = libc::sched_param { sched_priority: i32::from(priority.clamp(1, 99)) };
    // SAFETY: 0 is the calling thread, and `wanted` is a valid parameter that outlives the call, which keeps no
    // pointer to it.
    let done = unsafe {
        libc::sched_setscheduler(0, libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, &raw const wanted)
    };
    if done == 0 { Ok(()) } else { Err(Denied::Refused(std::io::Error::last_os_error().to_string())) }
}

/// Asks that the calling thread runs before all ordinary ones; nothing is known of how on this system.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn real_time(_priority: u8) -> Result<(), Denied> {
    Err(Denied::Unknown)
}
