//! Asking the system to let a thread go first.
//!
//! The camera and the microphone do little and must do it on time; everything else of the recorder can wait.

/// Puts the calling thread before ordinary ones, where the user may do that. Elsewhere nothing changes.
pub fn raise() {
    #[cfg(target_os = "linux")]
    {
        // Linux takes a thread for a process here, and only this thread changes.
        let raised = rustix::process::setpriority_process(Some(rustix::thread::gettid()), -10);
        tracing::debug!(?raised, "priority");
    }
}

/// Puts the calling thread, and programs it starts, behind ordinary ones.
pub fn lower() {
    #[cfg(target_os = "linux")]
    {
        let lowered = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 5);
        tracing::debug!(?lowered, "priority");
    }
}
