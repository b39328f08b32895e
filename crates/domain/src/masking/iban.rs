//! IBANs: a country, two check digits, and letters and digits as the country has them (SWIFT's IBAN
//! registry), written in any groups. Without the country's structure, words after *no 12* would be one in 97.

use super::{
    Finds, Kind,
    digits::{digit, is_separator},
};

/// Countries and what follows their check digits: `n` digits, `a` letters, `c` either, each with its count.
#[rustfmt::skip]
pub const STRUCTURES: [(&str, &str); 89] = [
    ("AD", "8n12c"), ("AE", "19n"), ("AL", "8n16c"), ("AT", "16n"), ("AZ", "4a20c"),
    ("BA", "16n"), ("BE", "12n"), ("BG", "4a6n8c"), ("BH", "4a14c"), ("BI", "23n"),
    ("BR", "23n1a1c"), ("BY", "4c4n16c"), ("CH", "5n12c"), ("CR", "18n"), ("CY", "8n16c"),
    ("CZ", "20n"), ("DE", "18n"), ("DJ", "23n"), ("DK", "14n"), ("DO", "4c20n"),
    ("EE", "16n"), ("EG", "25n"), ("ES", "20n"), ("FI", "14n"), ("FK", "2a12n"),
    ("FO", "14n"), ("FR", "10n11c2n"), ("GB", "4a14n"), ("GE", "2a16n"), ("GI", "4a15c"),
    ("GL", "14n"), ("GR", "7n16c"), ("GT", "24c"), ("HN", "4a20n"), ("HR", "17n"),
    ("HU", "24n"), ("IE", "4a14n"), ("IL", "19n"), ("IQ", "4a15n"), ("IS", "22n"),
    ("IT", "1a10n12c"), ("JO", "4a4n18c"), ("KW", "4a22c"), ("KZ", "3n13c"), ("LB", "4n20c"),
    ("LC", "4a24c"), ("LI", "5n12c"), ("LT", "16n"), ("LU", "3n13c"), ("LV", "4a13c"),
    ("LY", "21n"), ("MC", "10n11c2n"), ("MD", "20c"), ("ME", "18n"), ("MK", "3n10c2n"),
    ("MN", "16n"), ("MR", "23n"), ("MT", "4a5n18c"), ("MU", "4a19n3a"), ("NI", "4a20n"),
    ("NL", "4a10n"), ("NO", "11n"), ("OM", "3n16c"), ("PK", "4a16c"), ("PL", "24n"),
    ("PS", "4a21c"), ("PT", "21n"), ("QA", "4a21c"), ("RO", "4a16c"), ("RS", "18n"),
    ("RU", "14n15c"), ("SA", "2n18c"), ("SC", "4a20n3a"), ("SD", "14n"), ("SE", "20n"),
    ("SI", "15n"), ("SK", "20n"), ("SM", "1a10n12c"), ("SO", "19n"), ("ST", "21n"),
    ("SV", "4a20n"), ("TL", "19n"), ("TN", "20n"), ("TR", "6n16c"), ("UA", "6n19c"),
    ("VA", "18n"), ("VG", "4a16n"), ("XK", "16n"), ("YE", "4a4n18c"),
];

/// Most separators in a row.
const MOST_BETWEEN: usize = 2;

pub(super) fn find(finds: &mut Finds<'_>) {
    let mut at = 0;
    while at < finds.chars.len() {
        at = match iban_at(finds, at) {
            Some(to) => {
                finds.add(Kind::Iban, at, to);
                to
            }
            None => at + 1,
        };
    }
}

/// An IBAN as its digits and capital letters alone, so that two ways to write it are one.
pub(super) fn plain(written: &str) -> String {
    let chars = written.chars().filter(|char| !is_separator(*char));
    chars.map(|char| digit(char).unwrap_or(char.to_ascii_uppercase())).collect()
}

/// Where the IBAN that begins at `at` ends.
fn iban_at(finds: &Finds<'_>, at: usize) -> Option<usize> {
    if !finds.char(at)?.is_ascii_alphabetic() || !may_begin(finds, at) {
        return None;
    }
    let country: String =
        [finds.char(at)?, finds.char(at + 1)?].iter().map(char::to_ascii_uppercase).collect();
    let structure =
        STRUCTURES.iter().find_map(|(code, structure)| (*code == country).then_some(*structure))?;
    let mut number = country;
    let mut to = at + 2;
    for kind in "nn".chars().chain(places(structure)) {
        let between = (to..).take_while(|at| finds.char(*at).is_some_and(is_separator)).count();
        let char = finds.char(to + between).filter(|_| between <= MOST_BETWEEN)?;
        let letter = char.is_ascii_alphabetic().then(|| char.to_ascii_uppercase());
        number.push(match kind {
            'n' => digit(char)?,
            'a' => letter?,
            _ => digit(char).or(letter)?,
        });
        to += between + 1;
    }
    let ends = !finds.char(to).is_some_and(char::is_alphanumeric);
    (ends && mod_97(&number) == 1).then_some(to)
}

/// Not in the middle of a word, unless the word is *IBAN*.
fn may_begin(finds: &Finds<'_>, at: usize) -> bool {
    let word: String = (at.saturating_sub(4)..at).filter_map(|at| finds.char(at)).collect();
    let is_iban = word.eq_ignore_ascii_case("iban");
    let before = if is_iban { at - word.len() } else { at };
    !finds.char_before(before).is_some_and(char::is_alphanumeric)
}

/// `4a2n` as `aaaann`.
fn places(structure: &str) -> impl Iterator<Item = char> {
    structure.split_inclusive(['a', 'n', 'c']).flat_map(|part| {
        let (count, kind) = part.split_at(part.len() - 1);
        kind.chars().cycle().take(count.parse().unwrap_or(0))
    })
}

/// ISO 13616: the first four characters go to the end, letters count 10 to 35.
fn mod_97(number: &str) -> u32 {
    let (front, back) = number.split_at(4);
    back.chars().chain(front.chars()).fold(0, |rest, char| {
        let value = char.to_digit(36).unwrap_or(0);
        (rest * if value < 10 { 10 } else { 100 } + value) % 97
    })
}
