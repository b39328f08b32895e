//! Card numbers. Ranges and lengths as the networks publish them (ISO/IEC 7812 numbers in use, 2024): a wider
//! net would mask every tenth order number.

use super::{Finds, Kind, digits};
use crate::org::ExemptNumber;

/// First and last leading digits, both of the same length, and the lengths in use.
const RANGES: [(&str, &str, &[usize]); 36] = [
    // Visa
    ("4", "4", &[13, 16, 19]),
    // Mastercard
    ("51", "55", &[16]),
    ("2221", "2720", &[16]),
    // American Express
    ("34", "34", &[15]),
    ("37", "37", &[15]),
    // Discover
    ("6011", "6011", &[16, 17, 18, 19]),
    ("644", "649", &[16, 17, 18, 19]),
    ("65", "65", &[16, 17, 18, 19]),
    // Diners Club
    ("300", "305", &[14, 15, 16, 17, 18, 19]),
    ("3095", "3095", &[14, 15, 16, 17, 18, 19]),
    ("36", "36", &[14, 15, 16, 17, 18, 19]),
    ("38", "39", &[14, 15, 16, 17, 18, 19]),
    // JCB
    ("3528", "3589", &[16, 17, 18, 19]),
    // UnionPay
    ("62", "62", &[16, 17, 18, 19]),
    ("8100", "8171", &[16, 17, 18, 19]),
    // Maestro
    ("5018", "5018", MAESTRO),
    ("5020", "5020", MAESTRO),
    ("5038", "5038", MAESTRO),
    ("5612", "5612", MAESTRO),
    ("5893", "5893", MAESTRO),
    ("6304", "6304", MAESTRO),
    ("6390", "6390", MAESTRO),
    ("6759", "6759", MAESTRO),
    ("6761", "6763", MAESTRO),
    // Dankort
    ("5019", "5019", &[16]),
    // Mir
    ("2200", "2204", &[16, 17, 18, 19]),
    // RuPay
    ("508", "508", &[16]),
    ("60", "60", &[16]),
    ("8172", "8299", &[16]),
    // Elo and Hipercard
    ("5067", "5067", &[16]),
    ("509", "509", &[16]),
    ("6277", "6277", &[16]),
    ("6362", "6363", &[16]),
    ("606282", "606282", &[16, 19]),
    // Troy
    ("9792", "9792", &[16]),
    // Verve
    ("5060", "5061", &[16, 18, 19]),
];
const MAESTRO: &[usize] = &[12, 13, 14, 15, 16, 17, 18, 19];

/// Longest card number.
const LONGEST: usize = 19;

pub(super) fn find(finds: &mut Finds<'_>, exempt: &[ExemptNumber]) {
    let groups = digits::groups(finds);
    let mut first = 0;
    while first < groups.len() {
        // The longest run of groups that is a card, so that no digits of one are left behind.
        let mut number = String::new();
        let mut card = None;
        for (last, group) in groups.iter().enumerate().skip(first) {
            if last > first && !group.goes_on {
                break;
            }
            number.push_str(&group.digits);
            if number.len() > LONGEST {
                break;
            }
            if is_card(&number) && !is_exempt(&number, exempt) {
                card = Some(last);
            }
        }
        match card {
            Some(last) => {
                finds.add(Kind::Card, groups[first].at.start, groups[last].at.end);
                first = last + 1;
            }
            None => first += 1,
        }
    }
}

fn is_card(number: &str) -> bool {
    let is_issued = RANGES.iter().any(|(first, last, lengths)| {
        lengths.contains(&number.len())
            && number.get(..first.len()).is_some_and(|start| (*first..=*last).contains(&start))
    });
    is_issued && luhn(number)
}

fn is_exempt(number: &str, exempt: &[ExemptNumber]) -> bool {
    exempt.iter().any(|known| {
        !known.prefix.is_empty()
            && number.len() == usize::from(known.digits)
            && number.starts_with(&known.prefix)
    })
}

/// ISO/IEC 7812-1 annex B: every second digit from the right is doubled, the sum ends in zero.
fn luhn(number: &str) -> bool {
    let sum: u32 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let value = u32::from(byte - b'0');
            if place % 2 == 0 { value } else { value * 2 / 10 + value * 2 % 10 }
        })
        .sum();
    sum.is_multiple_of(10)
}
