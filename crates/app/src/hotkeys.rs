//! Keys that work in every program: what each of them is for, which it is unless somebody chose another, and what is
//! proposed when another program has it. Holding them is the shell's.

#[cfg(target_os = "linux")]
pub mod desktop;

use deskside_capture::Session;
use serde::{Deserialize, Serialize};

/// Who gives out keys that work in every program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Giver {
    /// Whoever takes them first.
    Nobody,
    /// The desktop, which may be asked.
    Desktop,
}

impl Giver {
    /// Who does in this kind of session. An X server beside a Wayland desktop gives keys that work in X programs only,
    /// which looks as if they worked.
    pub fn of(session: Session) -> Giver {
        match session {
            Session::Wayland => Giver::Desktop,
            Session::X11 | Session::Other => Giver::Nobody,
        }
    }
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Does {
    /// Opens the ask overlay.
    Ask,
    /// Freezes the screen to be marked, and then opens it.
    Shot,
}

impl Does {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 2] = [Self::Ask, Self::Shot];

    /// The keys it has unless somebody chose others. `docs/decisions/0012-the-keys-that-open-it.md` says why these.
    pub const fn standard(self) -> &'static str {
        match self {
            Self::Ask => "Ctrl+Shift+Space",
            Self::Shot => "Ctrl+Alt+Shift+Space",
        }
    }

    /// Proposed in this order when what somebody wants is taken.
    pub const fn proposals(self) -> [&'static str; 5] {
        match self {
            Self::Ask => [self.standard(), "Ctrl+Alt+Space", "Ctrl+Alt+H", "Super+Shift+H", "Ctrl+Shift+F12"],
            Self::Shot => {
                [self.standard(), "Ctrl+Alt+Shift+H", "Super+Alt+H", "Super+Shift+F12", "Ctrl+Alt+F12"]
            }
        }
    }

    /// The first proposal that is neither `others`, which Deskside itself has for something else, nor another program's.
    pub fn proposal(self, others: Option<&str>, is_free: impl Fn(&str) -> bool) -> Option<&'static str> {
        self.proposals()
            .into_iter()
            .find(|keys| !others.is_some_and(|others| are_same(keys, others)) && is_free(keys))
    }
}

/// Whether two ways of writing mean the same keys: order and case don't count.
pub fn are_same(one: &str, other: &str) -> bool {
    let parts = |keys: &str| {
        let mut parts: Vec<_> = keys.split('+').map(|part| part.trim().to_lowercase()).collect();
        parts.sort();
        parts
    };
    parts(one) == parts(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_wayland_the_desktop_gives_keys_out_whatever_x_server_there_is() {
        let session = Session::of(|name| (name != "XDG_SESSION_TYPE").then(|| ":0".to_owned()));
        assert_eq!(Giver::of(session), Giver::Desktop);
        assert_eq!(
            Giver::of(Session::of(|name| (name == "DISPLAY").then(|| ":0".to_owned()))),
            Giver::Nobody
        );
    }

    #[test]
    fn the_standard_comes_first_then_the_others_in_their_order() {
        for does in Does::ALL {
            let order = does.proposals();
            assert_eq!(order[0], does.standard());
            for taken in 0..=order.len() {
                let is_free = |keys: &str| !order[..taken].contains(&keys);
                assert_eq!(does.proposal(None, is_free), order.get(taken).copied(), "{taken} are taken");
            }
        }
    }

    #[test]
    fn what_deskside_has_for_the_other_thing_is_not_proposed() {
        let proposed = Does::Ask.proposal(Some("shift+ctrl+space"), |_| true);
        assert_eq!(proposed, Some("Ctrl+Alt+Space"));
        assert_eq!(Does::Ask.proposal(Some("Ctrl+K"), |_| true), Some(Does::Ask.standard()));
    }

    #[test]
    fn no_key_is_proposed_for_both() {
        let shot = Does::Shot.proposals();
        assert!(!Does::Ask.proposals().iter().any(|keys| shot.iter().any(|other| are_same(keys, other))));
    }
}
