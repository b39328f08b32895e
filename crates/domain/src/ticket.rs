//! Recognising the customer's ticket in an address or a window title, so that nobody types it. Patterns belong
//! to the organisation; the defaults cover the tools most desks have. The address kept is the part the pattern
//! matched: what follows (a query, a tab) may hold more than a ticket.

use crate::{Refusal, org::TicketPattern, request::Ticket};

/// Most characters of an address or title that are looked at.
const LONGEST: usize = 1_000;
/// Most characters of a ticket's id.
const LONGEST_ID: usize = 40;
/// Most `*` of a pattern; each multiplies the work.
const MOST_STARS: usize = 4;

/// The patterns an organisation begins with. Titles only where the tool is known to put the id there.
pub fn default_patterns() -> Vec<TicketPattern> {
    [
        ("ZD", "https://*.zendesk.com/agent/tickets/{id}", ""),
        ("FD", "https://*.freshdesk.com/a/tickets/{id}", ""),
        ("JIRA", "https://*.atlassian.net/browse/{id}", "[{id}] *"),
        ("SF", "https://*.lightning.force.com/lightning/r/Case/{id}", ""),
    ]
    .map(|(label, address, title)| TicketPattern {
        label: label.to_owned(),
        address: address.to_owned(),
        title: title.to_owned(),
    })
    .into()
}

/// Whether a pattern may be set.
///
/// # Errors
/// [`Refusal::Invalid`] if it finds nothing, or anything.
pub fn validate(pattern: &TicketPattern) -> Result<(), Refusal> {
    let invalid = |why| Err(Refusal::Invalid { field: "ticket pattern", why });
    if pattern.address.is_empty() && pattern.title.is_empty() {
        return Err(Refusal::Empty("ticket pattern"));
    }
    for part in [&pattern.address, &pattern.title].into_iter().filter(|part| !part.is_empty()) {
        if part.matches("{id}").count() != 1 {
            return invalid("must hold {id} once");
        }
        if part.matches('*').count() > MOST_STARS || part.chars().count() > LONGEST {
            return invalid("too long or too many *");
        }
    }
    if pattern.address.is_empty() {
        return Ok(());
    }
    let Some(rest) = pattern.address.strip_prefix("https://") else {
        return invalid("an address begins with https://");
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // At least the last two labels are given, or one pattern would match every site.
    let fixed = host.rsplit('.').take_while(|label| !label.is_empty() && !label.contains(['*', '{'])).count();
    if fixed < 2 { invalid("a host with at least two fixed labels") } else { Ok(()) }
}

/// The ticket that `address` is of, by the first pattern that matches.
pub fn in_address(address: &str, patterns: &[TicketPattern]) -> Option<Ticket> {
    let chars = readable(address);
    patterns.iter().filter(|pattern| !pattern.address.is_empty()).find_map(|pattern| {
        let found = match_all(&pattern.address, &chars, true)?;
        let url: String = chars[..found.end].iter().collect();
        let label = format!("{} {}", pattern.label, found.id);
        Some(Ticket { label, url })
    })
}

/// The ticket that a window with this `title` shows, by the first pattern that matches. Its address is not
/// known from there.
pub fn in_title(title: &str, patterns: &[TicketPattern]) -> Option<Ticket> {
    let chars = readable(title);
    patterns.iter().filter(|pattern| !pattern.title.is_empty()).find_map(|pattern| {
        let found = match_all(&pattern.title, &chars, false)?;
        Some(Ticket { label: format!("{} {}", pattern.label, found.id), url: String::new() })
    })
}

struct Found {
    id: String,
    end: usize,
}

fn readable(text: &str) -> Vec<char> {
    text.trim().chars().take(LONGEST).collect()
}

fn match_all(pattern: &str, text: &[char], is_address: bool) -> Option<Found> {
    let pattern: Vec<char> = pattern.replace("{id}", "\u{0}").chars().collect();
    let host_end = if is_address {
        text.iter()
            .enumerate()
            .skip("https://".len())
            .find(|(_, char)| "/?#".contains(**char))
            .map_or(text.len(), |(at, _)| at)
    } else {
        0
    };
    let failed = vec![false; (pattern.len() + 1) * (text.len() + 1)];
    Matcher { text, is_address, host_end, failed }.rest(&pattern, 0, None)
}

struct Matcher<'a> {
    text: &'a [char],
    is_address: bool,
    /// Where the host of an address ends.
    host_end: usize,
    /// Where a rest of the pattern was tried in vain: each place is tried once, however many `*` there are.
    failed: Vec<bool>,
}

impl Matcher<'_> {
    fn rest(&mut self, pattern: &[char], at: usize, id: Option<(usize, usize)>) -> Option<Found> {
        let place = pattern.len() * (self.text.len() + 1) + at;
        if self.failed[place] {
            return None;
        }
        let found = self.try_rest(pattern, at, id);
        self.failed[place] = found.is_none();
        found
    }

    fn try_rest(&mut self, pattern: &[char], at: usize, id: Option<(usize, usize)>) -> Option<Found> {
        let Some((first, rest)) = pattern.split_first() else {
            let (from, to) = id?;
            return self.ends_at(at).then(|| Found { id: self.text[from..to].iter().collect(), end: at });
        };
        match first {
            '*' => (at..=self.star_end(at)).rev().find_map(|to| self.rest(rest, to, id)),
            '\u{0}' => {
                let is_id = |char: &&char| char.is_ascii_alphanumeric() || "-_".contains(**char);
                let longest = self.text[at..].iter().take(LONGEST_ID).take_while(is_id).count();
                // Never a part of a longer id: what follows must not be of the id's letters.
                (longest > 0).then(|| self.rest(rest, at + longest, Some((at, at + longest)))).flatten()
            }
            char => {
                let is_same = self.text.get(at).is_some_and(|other| other.eq_ignore_ascii_case(char));
                if is_same { self.rest(rest, at + 1, id) } else { None }
            }
        }
    }

    /// The farthest a `*` reaches: one host label or path segment of an address, anything in a title.
    fn star_end(&self, at: usize) -> usize {
        let stops = |at: usize| {
            let char = self.text[at];
            self.is_address && ("/?#".contains(char) || (at < self.host_end && char == '.'))
        };
        (at..self.text.len()).find(|at| stops(*at)).unwrap_or(self.text.len())
    }

    /// A title is matched whole; of an address the rest may be a deeper path, a query or a fragment.
    fn ends_at(&self, at: usize) -> bool {
        match self.text.get(at) {
            None => true,
            Some(char) => self.is_address && "/?#&".contains(*char),
        }
    }
}
