//! Real-time priority for the threads whose lateness is heard, and less than the usual for those that work long.

/// How nice the threads of the models are: a third of the processor's time beside a busy ordinary thread.
#[cfg(target_os = "linux")]
const NICE: i32 = 5;

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

/// Lets the others go first: the calling thread, and those it starts, run at nice 5 from now on. For work that is long and
/// whose end nobody hears to the millisecond, so that without real-time priority sound and screen still come before it.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the nice value of a thread has no safe interface in std")]
pub fn give_way() {
    // SAFETY: plain numbers; 0 is the calling thread on Linux. Being nicer is never refused.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
}

/// Nothing is done: macOS and Windows rank threads by themselves.
#[cfg(not(target_os = "linux"))]
pub fn give_way() {}

/// As [`real_time`], for a thread that is in the middle of its work: says only whether it has what it needs, allocates
/// nothing, and leaves alone what was given a real-time class already.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the scheduling class of a thread has no safe interface in std")]
pub fn raise(priority: u8) -> bool {
    let wanted = libc::sched_param { sched_priority: i32::from(priority.clamp(1, 99)) };
    // SAFETY: 0 is the calling thread, and `wanted` is a valid parameter that outlives the calls, which keep no
    // pointer to it.
    unsafe {
        let class = libc::sched_getscheduler(0) & !libc::SCHED_RESET_ON_FORK;
        class == libc::SCHED_FIFO
            || class == libc::SCHED_RR
            || libc::sched_setscheduler(0, libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, &raw const wanted)
                == 0
    }
}

/// As [`real_time`], for a thread that is in the middle of its work; other systems raise their own audio threads.
#[cfg(not(target_os = "linux"))]
pub fn raise(_priority: u8) -> bool {
    false
}

/// Asks that the calling thread runs before all ordinary ones; nothing is known of how on this system.
///
/// # Errors
/// Always.
#[cfg(not(target_os = "linux"))]
pub fn real_time(_priority: u8) -> Result<(), Denied> {
    Err(Denied::Unknown)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The scheduling class and priority of the calling thread, as the kernel shows them.
    fn shown() -> (i64, i64) {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("reads");
        let (_, fields) = stat.rsplit_once(')').expect("has a name");
        // After the name: state is field 3, rt_priority 40, policy 41.
        let field = |n: usize| fields.split_whitespace().nth(n - 3).and_then(|v| v.parse().ok());
        (field(41).expect("a class"), field(40).expect("a priority"))
    }

    #[test]
    fn a_thread_is_raised_where_the_system_permits_it_and_one_that_was_is_left_alone() {
        let (ordinary, raised, again) = std::thread::spawn(|| {
            let ordinary = shown();
            let given = raise(45);
            let raised = shown();
            assert_eq!(given, raised == (1, 45), "it says what is so: {raised:?}");
            assert_eq!(raise(10), given);
            (ordinary, raised, shown())
        })
        .join()
        .expect("ends");
        assert_eq!(ordinary, (0, 0));
        assert_eq!(raised, again);
        assert_eq!(std::thread::spawn(shown).join().expect("ends"), (0, 0), "and no other with it");
    }
}
