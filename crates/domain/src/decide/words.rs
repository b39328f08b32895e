//! Words and names as they are stored: tidied, limited, and, where they may speak of customers, masked.
//! Limits are in characters, because that is what a person counts.

use crate::{Refusal, State, masking};

/// Most characters of a request's words and of a message.
pub(crate) const TEXT: usize = 10_000;
/// Most characters of one line: an outcome, a reason, a purpose.
pub(crate) const LINE: usize = 300;
/// Most characters of a name.
pub(crate) const NAME: usize = 100;
/// Most characters of an address.
pub(crate) const ADDRESS: usize = 2_000;

/// Words of a thread: line ends are `\n`, no other control characters, no blank ends, masked. May be empty.
pub(crate) fn words(state: &State, field: &'static str, text: &str, limit: usize) -> Result<String, Refusal> {
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
    Ok(masking::mask(tidy, &state.org()?.exempt_numbers).text)
}

/// The same on one line.
pub(crate) fn line(state: &State, field: &'static str, text: &str) -> Result<String, Refusal> {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words(state, field, &one_line, LINE)
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
