//! Security codes of cards: three or four digits mean nothing alone, so a word for them must stand beside.

use super::{Finds, Kind, digits};

/// Words for the code, in lower case.
pub const WORDS: [&str; 23] = [
    "kartenprüfnummer",
    "kartenprüfziffer",
    "kartenprüfcode",
    "sicherheitscode",
    "prüfnummer",
    "prüfziffer",
    "card verification value",
    "card verification code",
    "card verification number",
    "card security code",
    "security code",
    "card code",
    "code de sécurité",
    "cryptogramme",
    "código de seguridad",
    "codice di sicurezza",
    "veiligheidscode",
    "cvv",
    "cvv2",
    "cvc",
    "cvc2",
    "cvn",
    "csc",
];
/// Words that may stand between the word and the digits.
pub const BETWEEN: [&str; 18] = [
    "is", "was", "the", "code", "number", "no", "nr", "my", "ist", "lautet", "der", "die", "das", "est",
    "le", "es", "el", "as",
];
/// Most characters between the word and the digits.
pub const MOST_BETWEEN: usize = 20;

pub(super) fn find(finds: &mut Finds<'_>) {
    let lower: Vec<char> = finds.chars.iter().map(|(_, char)| lower(*char)).collect();
    let groups = digits::groups(finds);
    let is_code = |group: &digits::Group| (3..=4).contains(&group.digits.len());
    let mut found = Vec::new();
    for at in 0..lower.len() {
        // Of words that begin alike, the one that leaves a code: `CVV212` is `CVV` and 212, not `CVV2` and 12.
        let ends = word_ends(&lower, at);
        let after = ends.iter().find_map(|to| {
            let next = groups.iter().find(|group| group.at.start >= *to);
            next.filter(|group| is_code(group) && connects(finds, &lower, *to, group.at.start))
        });
        // A word whose code was masked before has had its code: what stands before it is something else.
        let has_tag = ends.iter().any(|to| {
            let tag = (*to..=to + MOST_BETWEEN).find(|from| is_tag(&lower, *from));
            tag.is_some_and(|from| connects(finds, &lower, *to, from))
        });
        let may_be_before = !ends.is_empty() && !has_tag;
        let before = groups.iter().rev().find(|group| may_be_before && group.at.end <= at);
        let before = before.filter(|group| is_code(group) && connects(finds, &lower, group.at.end, at));
        found.extend(after.or(before).map(|group| group.at.clone()));
    }
    for at in found {
        finds.add(Kind::Code, at.start, at.end);
    }
}

/// Where each word that begins at `at` ends.
fn word_ends(lower: &[char], at: usize) -> Vec<usize> {
    if at > 0 && lower[at - 1].is_alphanumeric() {
        return Vec::new();
    }
    let ends = WORDS.iter().filter_map(|word| {
        let to = at + word.chars().count();
        lower.get(at..to)?.iter().copied().eq(word.chars()).then_some(to)
    });
    ends.filter(|to| !lower.get(*to).is_some_and(|char| char.is_alphabetic())).collect()
}

fn is_tag(lower: &[char], from: usize) -> bool {
    let tag = Kind::Code.tag();
    lower.get(from..from + tag.len()).is_some_and(|text| text.iter().copied().eq(tag.chars()))
}

/// Whether nothing but spaces, punctuation and known words stands in `from..to`. A code that was masked already is none of
/// them: what stands beyond it is something else.
fn connects(finds: &Finds<'_>, lower: &[char], from: usize, to: usize) -> bool {
    let Some(between) = lower.get(from..to) else { return false };
    let is_near = between.len() <= MOST_BETWEEN && !between.contains(&'\n') && !between.contains(&'\r');
    if !is_near || (from..to).any(|at| finds.is_taken(at) || is_tag(lower, at)) {
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
