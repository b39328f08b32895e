//! A few numbers for operators, in the Prometheus text format. Nothing here is by person, desk or request.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

macro_rules! metrics {
    ($($(#[doc = $help:literal])+ $name:ident $kind:ident)+) => {
        /// Counters and gauges of this process.
        #[derive(Default)]
        pub(crate) struct Metrics { $($(#[doc = $help])+ pub $name: Number),+ }

        impl Metrics {
            /// The text that `/metrics` answers with.
            pub fn text(&self) -> String {
                let mut text = String::new();
                $(
                    let help = concat!($($help),+);
                    let name = concat!("deskside_", stringify!($name));
                    let _ = writeln!(text, "# HELP {name}{help}\n# TYPE {name} {}", stringify!($kind));
                    let _ = writeln!(text, "{name} {}", self.$name.get());
                )+
                text
            }
        }
    };
}

metrics! {
    /// HTTP requests answered.
    http_requests_total counter
    /// HTTP requests that broke (status 5xx).
    http_faults_total counter
    /// Commands that changed something.
    commands_done_total counter
    /// Commands refused by a rule.
    commands_refused_total counter
    /// Times a decision was made again because a row changed meanwhile.
    decide_conflicts_total counter
    /// System commands: what fell due or was seen.
    system_commands_total counter
    /// Feed sockets open.
    sockets gauge
    /// Feed sockets closed because their client was too slow.
    sockets_slow_total counter
    /// Frames put into socket queues.
    frames_total counter
    /// The log's head as the feed has read it.
    log_seq gauge
    /// Milliseconds from the last hint to the page being handed to the sockets.
    feed_lag_ms gauge
    /// Bytes of uploads stored safely.
    upload_bytes_total counter
    /// Uploads taking bytes right now.
    uploads_active gauge
    /// Clips finished.
    clips_finished_total counter
}

/// One number.
#[derive(Default)]
pub(crate) struct Number(AtomicU64);

impl Number {
    pub fn add(&self, by: u64) {
        self.0.fetch_add(by, Relaxed);
    }
    pub fn sub(&self, by: u64) {
        self.0.fetch_sub(by, Relaxed);
    }
    pub fn set(&self, to: u64) {
        self.0.store(to, Relaxed);
    }
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }
}
