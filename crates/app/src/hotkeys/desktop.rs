//! Keys on a desktop that gives them out itself (Wayland): no program may take one, but each may ask the portal.
//!
//! All keys are asked for in one go, because each asking may open a dialog. Which keys they become is the desktop's and
//! the person's; ours are proposals. A desktop whose portal gives out none leaves its own settings, where a key can be
//! bound to `deskside ask`.

use ashpd::desktop::global_shortcuts::{GlobalShortcuts, NewShortcut};
use futures_util::StreamExt as _;

use super::Does;

/// Why no key came of it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotGiven {
    /// The desktop's portal gives out no keys at all.
    #[error("this desktop gives out no keys; bind one to `deskside ask` in its settings")]
    NotOffered,
    /// The person, or the desktop, gave none.
    #[error("the desktop gave no key ({0}); allow it in its settings, or bind one to `deskside ask` there")]
    Refused(String),
    /// It gave keys and took them back.
    #[error("the desktop took the keys back; it gives them again when Deskside starts")]
    TakenBack,
}

/// Asks for keys, the wanted ones as proposals, and calls `pressed` whenever one is pressed. Ends only when there are none.
pub async fn hold(wanted: &[(Does, String)], pressed: impl Fn(Does)) -> NotGiven {
    match ask(wanted, pressed).await {
        Ok(()) => NotGiven::TakenBack,
        Err(ashpd::Error::PortalNotFound(_)) => NotGiven::NotOffered,
        Err(error) => NotGiven::Refused(error.to_string()),
    }
}

async fn ask(wanted: &[(Does, String)], pressed: impl Fn(Does)) -> Result<(), ashpd::Error> {
    let connection = ashpd::zbus::Connection::session().await?;
    let portal = GlobalShortcuts::with_connection(connection).await?;
    let session = portal.create_session(Default::default()).await?;
    let shortcuts: Vec<NewShortcut> = wanted
        .iter()
        .map(|(does, keys)| {
            NewShortcut::new(name(*does), says(*does)).preferred_trigger(trigger(keys).as_str())
        })
        .collect();
    // Listened to before they are given: none that is pressed at once is missed.
    let mut presses = portal.receive_activated().await?;
    portal.bind_shortcuts(&session, &shortcuts, None, Default::default()).await?.response()?;
    while let Some(press) = presses.next().await {
        if let Some(does) = Does::ALL.into_iter().find(|does| name(*does) == press.shortcut_id()) {
            pressed(does);
        }
    }
    Ok(())
}

/// What the desktop knows it by, also after a restart.
fn name(does: Does) -> &'static str {
    match does {
        Does::Ask => "ask",
        Does::Shot => "shot",
    }
}

/// What the desktop shows the person.
fn says(does: Does) -> &'static str {
    match does {
        Does::Ask => "Ask for help",
        Does::Shot => "Ask for help with a screenshot",
    }
}

/// Keys as the portal writes them: `Ctrl+Shift+Space` is `CTRL+SHIFT+space` there (the XDG shortcuts specification).
fn trigger(keys: &str) -> String {
    let written = keys.split('+').map(|part| {
        let part = part.trim();
        match part.to_lowercase().as_str() {
            "ctrl" | "control" => "CTRL".to_owned(),
            "alt" | "option" => "ALT".to_owned(),
            "shift" => "SHIFT".to_owned(),
            "super" | "meta" | "cmd" | "command" => "LOGO".to_owned(),
            "printscreen" => "Print".to_owned(),
            "scrolllock" => "Scroll_Lock".to_owned(),
            "enter" => "Return".to_owned(),
            // Function keys keep their capital; letters and the space bar are small.
            lower if lower.starts_with('f') && lower[1..].parse::<u8>().is_ok() => lower.to_uppercase(),
            lower if lower == "space" || lower.chars().count() == 1 => lower.to_owned(),
            _ => part.to_owned(),
        }
    });
    written.collect::<Vec<_>>().join("+")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_that_is_proposed_is_written_as_the_portal_writes_it() {
        for (ours, theirs) in [
            ("Ctrl+Shift+Space", "CTRL+SHIFT+space"),
            ("Ctrl+Alt+H", "CTRL+ALT+h"),
            ("Super+Shift+F12", "LOGO+SHIFT+F12"),
            ("Pause", "Pause"),
            ("PrintScreen", "Print"),
        ] {
            assert_eq!(trigger(ours), theirs);
        }
        let modifiers = ["CTRL", "ALT", "SHIFT", "LOGO"];
        for keys in Does::ALL.into_iter().flat_map(Does::proposals) {
            let written = trigger(keys);
            let (before, key) = written.rsplit_once('+').unwrap_or_default();
            assert!(
                before.split('+').all(|part| modifiers.contains(&part)) && !modifiers.contains(&key),
                "{written}"
            );
        }
    }
}
