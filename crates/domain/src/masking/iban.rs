//! IBANs: two letters, two check digits, and as many letters and digits as the country has (SWIFT's IBAN
//! registry, release 99), written in any groups.

use super::{
    Finds, Kind,
    digits::{digit, is_separator},
};

/// Countries and the length of their IBANs.
const LENGTHS: [(&str, usize); 88] = [
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
];

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

/// Where the IBAN that begins at `at` ends.
fn iban_at(finds: &Finds<'_>, at: usize) -> Option<usize> {
    if finds.char_before(at).is_some_and(char::is_alphanumeric) || !finds.char(at)?.is_ascii_alphabetic() {
        return None;
    }
    let country: String =
        [finds.char(at)?, finds.char(at + 1)?].iter().map(char::to_ascii_uppercase).collect();
    let length = LENGTHS.iter().find_map(|(code, length)| (*code == country).then_some(*length))?;
    let mut number = String::new();
    let mut to = at;
    let mut between = 0;
    while number.len() < length {
        let char = finds.char(to)?;
        match digit(char).or(char.is_ascii_alphabetic().then(|| char.to_ascii_uppercase())) {
            Some(char) => {
                number.push(char);
                between = 0;
            }
            None if is_separator(char) && between < 2 => between += 1,
            None => return None,
        }
        to += 1;
    }
    let ends = !finds.char(to).is_some_and(char::is_alphanumeric);
    let has_check_digits = number.get(2..4)?.bytes().all(|byte| byte.is_ascii_digit());
    (ends && has_check_digits && mod_97(&number) == 1).then_some(to)
}

/// ISO 13616: the first four characters go to the end, letters count 10 to 35.
fn mod_97(number: &str) -> u32 {
    let (front, back) = number.split_at(4);
    back.chars().chain(front.chars()).fold(0, |rest, char| {
        let value = char.to_digit(36).unwrap_or(0);
        (rest * if value < 10 { 10 } else { 100 } + value) % 97
    })
}
