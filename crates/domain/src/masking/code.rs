//! Security codes of cards: three or four digits mean nothing alone, so a word for them must stand beside.

use super::{Finds, Kind, digits};

/// Words for the code, in lower case; the longest first where one begins with another.
const WORDS: [&str; 20] = [
    "kartenprüfnummer",
    "kartenprüfziffer",
    "kartenprüfcode",
    "sicherheitscode",
    "prüfnummer",
    "prüfziffer",
    "card verification value",
    "card verification code",
    "card security code",
    "security code",
    "card code",
    "code de sécurité",
    "cryptogramme",
    "código de seguridad",
    "codice di sicurezza",
    "cvv2",
    "cvc2",
    "cvv",
    "cvc",
    "csc",
];
/// Words that may stand between the word and the digits.
const BETWEEN: [&str; 18] = [
    "is", "was", "the", "code", "number", "no", "nr", "my", "ist", "lautet", "der", "die", "das", "est",
    "le", "es", "el", "as",
];
/// Most characters between the word and the digits.
const MOST_BETWEEN: usize = 20;

pub(super) fn find(finds: &mut Finds<'_>) {
    let lower: Vec<char> = finds.chars.iter().map(|(_, char)| lower(*char)).collect();
    let groups = digits::groups(finds);
    let is_code = |group: &digits::Group| (3..=4).contains(&group.digits.len());
    let mut at = 0;
    while at < lower.len() {
        let Some(to) = word_at(&lower, at) else {
            at += 1;
            continue;
        };
        let after = groups.iter().find(|group| group.at.start >= to);
        let after = after.filter(|group| is_code(group) && connects(&lower[to..group.at.start]));
        let found = after.is_some_and(|group| finds.add(Kind::Code, group.at.start, group.at.end));
        if !found {
            let before = groups.iter().rev().find(|group| group.at.end <= at);
            let before = before.filter(|group| is_code(group) && connects(&lower[group.at.end..at]));
            if let Some(group) = before {
                finds.add(Kind::Code, group.at.start, group.at.end);
            }
        }
        at = to;
    }
}

/// Where the word that begins at `at` ends.
fn word_at(lower: &[char], at: usize) -> Option<usize> {
    if at > 0 && lower[at - 1].is_alphanumeric() {
        return None;
    }
    WORDS.iter().find_map(|word| {
        let to = at + word.chars().count();
        let is_word = lower.get(at..to)?.iter().copied().eq(word.chars());
        let ends = !lower.get(to).is_some_and(|char| char.is_alphabetic());
        (is_word && ends).then_some(to)
    })
}

fn connects(between: &[char]) -> bool {
    if between.len() > MOST_BETWEEN || between.contains(&'\n') {
        return false;
    }
    let between: String = between.iter().collect();
    between.split(|char: char| !char.is_alphanumeric()).all(|word| word.is_empty() || BETWEEN.contains(&word))
}

/// The lower case if it is one character, as it is for every word above.
fn lower(char: char) -> char {
    let mut lower = char.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(lower), None) => lower,
        _ => char,
    }
}
