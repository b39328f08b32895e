//! Digits as people write them: in groups, between spaces and dashes, also full-width ones from East Asian
//! keyboards.

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

/// The value of a digit.
pub(super) fn digit(char: char) -> Option<char> {
    match char {
        '0'..='9' => Some(char),
        '０'..='９' => char::from_digit(u32::from(char) - u32::from('０'), 10),
        _ => None,
    }
}

/// Stands between the groups of one number: spaces of any width, dashes, dots, underscores.
pub(super) fn is_separator(char: char) -> bool {
    matches!(char, ' ' | '\t' | '-' | '.' | '_' | '\u{a0}' | '\u{2000}'..='\u{200b}' | '\u{2010}'..='\u{2015}'
        | '\u{202f}' | '\u{2212}' | '\u{3000}')
}

/// Most separators between two groups of one number.
const MOST_BETWEEN: usize = 3;

/// All groups of the text in order.
pub(super) fn groups(finds: &Finds<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut at = 0;
    while let Some(char) = finds.char(at) {
        if digit(char).is_none() {
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
