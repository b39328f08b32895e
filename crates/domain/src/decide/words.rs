//! Words and names as they are stored: tidied, limited, and, where they may speak of customers, masked.
//! Limits are in characters, because that is what a person counts.

use crate::{Refusal, State, masking};

/// Most characters of a request's words and of a message.
pub(crate) const TEXT: usize = 10_000;
/// Most characters of one line: an outcome, a reason, a purpose.
pub(crate) const LINE: usize = 300;
/// Most characters of a name.
pub(crate) const NAME: usize = 100;
/// Most IBANs that one text leaves readable.
const MOST_READABLE: usize = 20;
/// Most characters of an address.
pub(crate) const ADDRESS: usize = 2_000;

/// What people write about customers: line ends are `\n`, no other control characters, no blank ends, masked as the
/// organisation wants it. May be empty.
pub(crate) fn words(state: &State, field: &'static str, text: &str, limit: usize) -> Result<String, Refusal> {
    thread(state, field, text, limit, &[])
}

/// The same in a thread, where its writer may leave IBANs readable by naming them.
pub(crate) fn thread(
    state: &State,
    field: &'static str,
    text: &str,
    limit: usize,
    readable: &[String],
) -> Result<String, Refusal> {
    if readable.len() > MOST_READABLE {
        return Err(Refusal::TooLong { field: "readable_ibans", limit: MOST_READABLE as u64 });
    }
    let tidy = tidy(field, text, limit)?;
    let org = state.org()?;
    let choice = masking::Choice { readable, contacts: org.mask_contacts };
    Ok(masking::mask_as(&tidy, &org.exempt_numbers, choice).text)
}

/// The same on one line.
pub(crate) fn line(state: &State, field: &'static str, text: &str) -> Result<String, Refusal> {
    words(state, field, &on_one_line(text), LINE)
}

/// What is said about desks and colleagues, and names of files and tickets. A phone number in it is no customer's.
pub(crate) fn own_words(
    state: &State,
    field: &'static str,
    text: &str,
    limit: usize,
) -> Result<String, Refusal> {
    Ok(masking::mask(&tidy(field, text, limit)?, &state.org()?.exempt_numbers).text)
}

/// The same on one line.
pub(crate) fn own_line(state: &State, field: &'static str, text: &str) -> Result<String, Refusal> {
    own_words(state, field, &on_one_line(text), LINE)
}

fn tidy(field: &'static str, text: &str, limit: usize) -> Result<String, Refusal> {
    let tidy: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|char| if char == '\r' { '\n' } else { char })
        .filter(|char| matches!(char, '\n' | '\t') || !char.is_control())
        .collect();
    let tidy = tidy.trim();
    if tidy.chars().count() > limit {
        return Err(Refusal::TooLong { field, limit: limit as u64 });
    }
    Ok(tidy.to_owned())
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A name people read: one line, not empty, no characters that hide or turn others.
pub(crate) fn name(field: &'static str, text: &str, limit: usize) -> Result<String, Refusal> {
    let tidy = text.trim();
    if tidy.is_empty() {
        return Err(Refusal::Empty(field));
    }
    plain(field, tidy, limit)?;
    Ok(tidy.to_owned())
}

/// Like [`name`], but may be empty.
pub(crate) fn optional_name(field: &'static str, text: &str, limit: usize) -> Result<String, Refusal> {
    if text.trim().is_empty() { Ok(String::new()) } else { name(field, text, limit) }
}

fn plain(field: &'static str, text: &str, limit: usize) -> Result<(), Refusal> {
    if text.chars().count() > limit {
        return Err(Refusal::TooLong { field, limit: limit as u64 });
    }
    if text.chars().any(is_deceptive) {
        return Err(Refusal::Invalid { field, why: "control or direction characters" });
    }
    Ok(())
}

/// Characters without a glyph that change how others read: controls, bidirectional marks and embeddings,
/// zero-width spaces and line separators (Unicode 16, general categories Cc, Cf in part, Zl and Zp).
pub(crate) fn is_deceptive(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
