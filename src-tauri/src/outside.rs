//! Opens addresses in other programs: pages, telephones, call apps. Anything else could run something.

use deskside_client::Trouble;
use deskside_protocol::Code;

/// Besides https: telephones, mail, and the apps that calls are made with.
const SCHEMES: [&str; 9] =
    ["https", "tel", "mailto", "sip", "msteams", "slack", "zoommtg", "webexteams", "jitsi-meet"];

/// Opens it, if it is of a kind that may be opened; `otherwise`, if this machine has no program for that kind.
pub fn open(address: &str, otherwise: Option<&str>) -> Result<(), Trouble> {
    let address = match otherwise {
        Some(page) if !system::has_program_for(address) => page,
        _ => address,
    };
    if !may_open(address) {
        return Err(Trouble::refused(Code::Invalid, "this kind of address is not opened from here"));
    }
    Ok(::open::that_detached(address).map_err(anyhow::Error::from)?)
}

#[cfg(target_os = "linux")]
mod system {
    use std::process::Command;

    /// Whether a desktop entry has registered the address's scheme; pages always open.
    pub fn has_program_for(address: &str) -> bool {
        let Some((scheme, _)) = address.split_once(':') else { return false };
        if scheme == "https" {
            return true;
        }
        let scheme = format!("x-scheme-handler/{scheme}");
        let asked = Command::new("xdg-mime").args(["query", "default", &scheme]).output();
        asked.is_ok_and(|said| said.stdout.iter().any(|byte| !byte.is_ascii_whitespace()))
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    /// The system itself asks what to open an unknown scheme with.
    pub fn has_program_for(_address: &str) -> bool {
        true
    }
}

fn may_open(address: &str) -> bool {
    let Ok(url) = tauri::Url::parse(address) else { return false };
    let loopback = url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    // A name with a password in it shows another place than it goes to.
    let plain = url.username().is_empty() && url.password().is_none();
    plain && (SCHEMES.contains(&url.scheme()) || (url.scheme() == "http" && loopback))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_telephones_and_call_apps_are_opened() {
        for (address, opens) in [
            ("https://meet.example.com/room", true),
            ("tel:+491701234567", true),
            ("jitsi-meet://meet.jit.si/room", true),
            ("msteams://teams.microsoft.com/l/call/0/0?users=a@b.c", true),
            ("http://127.0.0.1:7373/c/1", true),
            ("http://example.com/", false),
            ("https://bank.example@evil.example/", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("deskside://ask", false),
            ("/bin/sh", false),
            ("--help", false),
        ] {
            assert_eq!(may_open(address), opens, "{address}");
        }
    }
}
