//! Digits as people write them: of several scripts, in groups, between spaces and dashes.

use std::ops::Range;

use super::Finds;

/// One run of digits without anything between them.
pub(super) struct Group {
    /// Where, in characters.
    pub at: Range<usize>,
    /// The digits as ASCII.
    pub digits: String,
    /// Whether only separators stand between this group and the one before it.
    pub goes_on: bool,
}

/// The zeros of the blocks whose digits count: ASCII, Arabic-Indic, extended Arabic-Indic, full-width.
pub const ZEROS: [char; 4] = ['0', '\u{660}', '\u{6f0}', '\u{ff10}'];
/// What may stand between two groups of one number: spaces of any width, dashes, dots, underscores.
pub const SEPARATORS: &str = " \t-._\u{a0}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\u{200b}\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{202f}\u{2212}\u{3000}";
/// Most separators between two groups of one number.
pub const MOST_BETWEEN: usize = 3;

/// The digit as ASCII.
pub(super) fn digit(char: char) -> Option<char> {
    ZEROS.iter().find_map(|zero| {
        let value = u32::from(char).checked_sub(u32::from(*zero))?;
        char::from_digit(value, 10)
    })
}

pub(super) fn is_separator(char: char) -> bool {
    SEPARATORS.contains(char)
}

/// All groups of the text in order, without those that belong to something found already.
pub(super) fn groups(finds: &Finds<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while let Some(char) = finds.char(at) {
        if digit(char).is_none() || finds.is_taken(at) {
            at += 1;
            continue;
        }
        let from = at;
        let mut digits = String::new();
        while let Some(digit) = finds.char(at).and_then(digit) {
            digits.push(digit);
            at += 1;
        }
        let goes_on = groups.last().is_some_and(|last: &Group| {
            let between = last.at.end..from;
            between.len() <= MOST_BETWEEN
                && between.into_iter().all(|at| finds.char(at).is_some_and(is_separator))
        });
        groups.push(Group { at: from..at, digits, goes_on });
    }
    groups
}
