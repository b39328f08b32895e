//! What a self-test ran on, and what the system offers a recorder. Nothing here names the person or the machine.

use std::fs;

use deskside_capture::{Session, microphone, x11};
use serde::Serialize;

/// The machine, as far as it matters.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// Deskside's version.
    pub deskside: &'static str,
    /// The operating system.
    pub system: String,
    /// The processor.
    pub processor: String,
    /// Its cores.
    pub cores: usize,
    /// How busy it is already: the mean of the last minute.
    pub load: f64,
}

/// Something a recorder can use.
#[derive(Clone, Debug, Serialize)]
pub struct Offer {
    /// What.
    pub name: String,
    /// Whether it is there.
    pub there: bool,
    /// Whether recording needs it.
    pub needed: bool,
    /// More about it.
    pub detail: String,
}

/// This machine.
pub fn this() -> Machine {
    let line_of = |path: &str, key: &str| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().to_owned();
        line.trim_start_matches(['\t', ' ', ':', '=']).trim_matches('"').to_owned()
    };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    Machine {
        deskside: env!("CARGO_PKG_VERSION"),
        system: line_of("/etc/os-release", "PRETTY_NAME"),
        processor: line_of("/proc/cpuinfo", "model name"),
        cores: std::thread::available_parallelism().map_or(1, |cores| cores.get()),
        load: load.split(' ').next().and_then(|load| load.parse().ok()).unwrap_or_default(),
    }
}

/// User and system seconds of this process so far.
pub fn cpu_seconds() -> f64 {
    // In clock ticks: fields 14 and 15 of the process's own status (proc(5)), counted after the name in brackets.
    let status = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = status.rsplit(')').next().unwrap_or_default().split_ascii_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

/// What the system offers.
pub fn offers() -> Vec<Offer> {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let session = variable("XDG_SESSION_TYPE");
    let kind = match (session.as_str(), variable("WAYLAND_DISPLAY").is_empty()) {
        ("", true) => "x11",
        ("", false) => "wayland",
        (kind, _) => kind,
    };
    let mut offers = vec![Offer {
        name: "session".to_owned(),
        there: true,
        needed: false,
        detail: [kind, &variable("XDG_CURRENT_DESKTOP")].join(" ").trim().to_owned(),
    }];
    let is_wayland = Session::here() == Session::Wayland;
    if is_wayland {
        let offered = deskside_capture::check();
        let detail = offered.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let there = offered.is_ok();
        offers.push(Offer { name: "screen sharing".to_owned(), there, needed: true, detail });
    }
    match x11::extensions() {
        Ok(server) => offers.extend(server.offered.into_iter().map(|(name, there)| Offer {
            name: name.to_owned(),
            there,
            // On Wayland the test card alone is shown by it.
            needed: !is_wayland && matches!(name, "XFixes" | "RandR"),
            detail: server.vendor.clone(),
        })),
        Err(error) => {
            offers.push(Offer {
                name: "X server".to_owned(),
                there: false,
                needed: true,
                detail: error.to_string(),
            });
        }
    }
    let inputs = microphone::inputs();
    let detail = match &inputs {
        Ok(inputs) => {
            let monitors = inputs.iter().filter(|input| input.monitor).count();
            format!("{} microphones, {monitors} of what loudspeakers play", inputs.len() - monitors)
        }
        Err(error) => error.to_string(),
    };
    let there = inputs.is_ok_and(|inputs| !inputs.is_empty());
    offers.push(Offer { name: "sound".to_owned(), there, needed: false, detail });
    let portal = "/usr/share/dbus-1/services/org.freedesktop.portal.Desktop.service";
    let there = std::path::Path::new(portal).exists();
    let detail = if there { "installed" } else { "" }.to_owned();
    offers.push(Offer { name: "desktop portal".to_owned(), there, needed: false, detail });
    offers
}
