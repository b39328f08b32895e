//! Phone numbers and e-mail addresses, by the forms people write. They are outlined, not masked: a miss or a
//! number too many costs a look, not a leak.

use super::{
    Finds, Kind,
    digits::{MOST_BETWEEN, digit, is_separator},
};

pub(super) fn find_emails(finds: &mut Finds<'_>) {
    let is_local = |char: char| char.is_ascii_alphanumeric() || "._%+-".contains(char);
    let is_domain = |char: char| char.is_alphanumeric() || ".-".contains(char);
    for at in 0..finds.chars.len() {
        if finds.char(at) != Some('@') {
            continue;
        }
        let mut from = at;
        while finds.char_before(from).is_some_and(is_local) {
            from -= 1;
        }
        while finds.char(from) == Some('.') {
            from += 1;
        }
        let mut to = at + 1;
        while finds.char(to).is_some_and(is_domain) {
            to += 1;
        }
        while to > at && finds.char_before(to).is_some_and(|char| ".-".contains(char)) {
            to -= 1;
        }
        let domain: String = (at + 1..to).filter_map(|at| finds.char(at)).collect();
        let has_top = domain.rsplit_once('.').is_some_and(|(host, top)| {
            !host.is_empty() && top.chars().count() >= 2 && top.chars().all(char::is_alphabetic)
        });
        if from < at && has_top {
            finds.add(Kind::Email, from, to);
        }
    }
}

pub(super) fn find_phones(finds: &mut Finds<'_>) {
    let mut at = 0;
    while let Some(char) = finds.char(at) {
        let begins = char == '+' || char == '(' || digit(char).is_some();
        let stands_alone = !finds
            .char_before(at)
            .is_some_and(|before| before.is_alphanumeric() || "+-./_,:#=".contains(before));
        if !(begins && stands_alone) {
            at += 1;
            continue;
        }
        // The end of the last digit that the same number can reach.
        let (mut to, mut next, mut between) = (at, at + 1, 0);
        if digit(char).is_some() {
            to = next;
        }
        while let Some(char) = finds.char(next) {
            if digit(char).is_some() {
                (to, between) = (next + 1, 0);
            } else if (is_separator(char) || "()/".contains(char)) && between < MOST_BETWEEN {
                between += 1;
            } else {
                break;
            }
            next += 1;
        }
        let written: String =
            (at..to).filter_map(|at| finds.char(at)).map(|char| digit(char).unwrap_or(char)).collect();
        let is_cut = finds.char(to).is_some_and(char::is_alphanumeric);
        if !is_cut && is_phone(&written) {
            finds.add(Kind::Phone, at, to);
        }
        at = to.max(at + 1);
    }
}

fn is_phone(written: &str) -> bool {
    let groups = written.split(|char: char| !char.is_ascii_digit()).filter(|group| !group.is_empty());
    let groups: Vec<&str> = groups.collect();
    let digits = groups.concat();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let dotted = written.contains(['.', '/']) || written.matches('-').count() == 2;
    // The hour behind it ends where the colon stands.
    let is_date = matches!(
        lengths[..],
        [1 | 2, 1 | 2, 2 | 4] | [4, 2, 2] | [1 | 2, 1 | 2, 4, 1 | 2] | [4, 2, 2, 1 | 2]
    );
    if dotted && is_date && !written.starts_with('+') {
        return false;
    }
    match digits.len() {
        count if written.starts_with('+') => (8..=15).contains(&count),
        count if digits.starts_with("00") => (10..=17).contains(&count),
        count if digits.starts_with('0') => (7..=13).contains(&count),
        // The form of the North American plan: 3-3-4.
        10 => lengths == [3, 3, 4],
        _ => false,
    }
}
