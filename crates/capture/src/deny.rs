//! Windows that must never be seen: password managers, payment pages, and what an organisation adds.
//!
//! The list is data, one rule a line, so that an administrator can read and change it. It is matched against what a
//! window says of itself; a page that does not name itself in the title can't be known, and a person pauses instead.

use std::fmt;
use std::str::FromStr;

/// One rule. A window is denied when every pattern that the rule has fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Fits the program's class name, whole, without regard to case; `*` stands for anything.
    pub class: Option<String>,
    /// Fits the title, likewise.
    pub title: Option<String>,
}

impl Rule {
    fn fits(&self, class: &str, title: &str) -> bool {
        let fits = |pattern: &Option<String>, text: &str| {
            pattern.as_ref().is_none_or(|pattern| wildcard(&pattern.to_lowercase(), text))
        };
        (self.class.is_some() || self.title.is_some()) && fits(&self.class, class) && fits(&self.title, title)
    }
}

/// Which windows are painted over. Deskside's own are, whatever the list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DenyList {
    rules: Vec<Rule>,
}

impl DenyList {
    /// A list with no rule.
    pub fn empty() -> DenyList {
        DenyList { rules: Vec::new() }
    }

    /// A list of these rules.
    pub fn of(rules: Vec<Rule>) -> DenyList {
        DenyList { rules }
    }

    /// The rules in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether a window that calls itself so must not be seen.
    pub fn denies(&self, class: &str, title: &str) -> bool {
        let (class, title) = (class.to_lowercase(), title.to_lowercase());
        self.rules.iter().any(|rule| rule.fits(&class, &title))
    }
}

/// The list that Deskside comes with.
impl Default for DenyList {
    fn default() -> DenyList {
        include_str!("deny/default.txt").parse().expect("the built-in list is well formed")
    }
}

/// A line of a deny-list that is no rule.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line} of the deny-list is no rule: write `class: NAME`, `title: *WORDS*`, or both with `;` between"
)]
pub struct NoRule {
    /// Its number from 1.
    pub line: usize,
}

impl FromStr for DenyList {
    type Err = NoRule;

    /// One rule a line: `class: keepassxc`, `title: *checkout*`, or `class: firefox; title: *paypal*`. Empty lines and
    /// lines that begin with `#` are left out.
    fn from_str(text: &str) -> Result<DenyList, NoRule> {
        let mut rules = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut rule = Rule { class: None, title: None };
            for part in line.split(';') {
                let (key, pattern) = part.split_once(':').ok_or(NoRule { line: at + 1 })?;
                let pattern = Some(pattern.trim().to_owned()).filter(|pattern| !pattern.is_empty());
                match key.trim() {
                    "class" if pattern.is_some() => rule.class = pattern,
                    "title" if pattern.is_some() => rule.title = pattern,
                    _ => return Err(NoRule { line: at + 1 }),
                }
            }
            rules.push(rule);
        }
        Ok(DenyList { rules })
    }
}

/// The list as it is read.
impl fmt::Display for DenyList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for rule in &self.rules {
            match (&rule.class, &rule.title) {
                (Some(class), Some(title)) => writeln!(f, "class: {class}; title: {title}")?,
                (Some(class), None) => writeln!(f, "class: {class}")?,
                (None, Some(title)) => writeln!(f, "title: {title}")?,
                (None, None) => {}
            }
        }
        Ok(())
    }
}

/// Whether `text` is `pattern`, where `*` stands for anything, also nothing.
fn wildcard(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names_and_stars_fit_anything() {
        for (pattern, text, fits) in [
            ("keepassxc", "keepassxc", true),
            ("keepassxc", "keepassxc2", false),
            ("*checkout*", "acme checkout - firefox", true),
            ("*checkout*", "check out", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "a-c-b", false),
            ("*", "", true),
            ("a*a", "a", false),
            ("", "", true),
        ] {
            assert_eq!(wildcard(pattern, text), fits, "{pattern} against {text}");
        }
    }

    #[test]
    fn the_built_in_list_knows_password_managers_and_payment_pages() {
        let list = DenyList::default();
        assert!(list.denies("KeePassXC", "Passwords.kdbx [Locked] - KeePassXC"));
        assert!(list.denies("firefox", "Checkout - Numbra shop - Mozilla Firefox"));
        assert!(list.denies("Bitwarden", ""));
        assert!(!list.denies("firefox", "Ticket 4711 - Zendesk"));
        assert!(!list.denies("", ""));
    }

    #[test]
    fn a_list_is_read_back_as_it_was_written() {
        let text = "# ours\nclass: a; title: *b*\n\ntitle: c\n";
        let list: DenyList = text.parse().unwrap();
        assert_eq!(list.rules().len(), 2);
        assert!(list.denies("A", "xBx") && !list.denies("A", "x") && list.denies("", "C"));
        assert_eq!(list.to_string().parse::<DenyList>().unwrap(), list);
        assert_eq!(DenyList::default().to_string().parse::<DenyList>().unwrap(), DenyList::default());
        for (bad, line) in [("keepass", 1), ("title: x\nclass:", 2), ("pid: 4", 1)] {
            assert_eq!(bad.parse::<DenyList>(), Err(NoRule { line }));
        }
    }
}
