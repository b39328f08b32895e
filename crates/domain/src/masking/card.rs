//! Card numbers: an issuer's range, one of its lengths, and Luhn. A wider net would mask every tenth order
//! number: Visa numbers of thirteen digits, for one, look like a German mobile number with its country code, and
//! none is in use any more.

use super::{
    Finds, Kind,
    digits::{self, Group},
};
use crate::org::ExemptNumber;

/// The numbers of one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// The network.
    pub name: &'static str,
    /// First leading digits of the range.
    pub from: &'static str,
    /// Last leading digits of the range, as many.
    pub to: &'static str,
    /// Counts of digits in use.
    pub lengths: &'static [usize],
}

/// Every range that is masked.
pub const ISSUERS: [Issuer; 37] = [
    Issuer { name: "Visa", from: "4", to: "4", lengths: &[16, 19] },
    Issuer { name: "Mastercard", from: "51", to: "55", lengths: &[16] },
    Issuer { name: "Mastercard", from: "2221", to: "2720", lengths: &[16] },
    Issuer { name: "American Express", from: "34", to: "34", lengths: &[15] },
    Issuer { name: "American Express", from: "37", to: "37", lengths: &[15] },
    Issuer { name: "Discover", from: "6011", to: "6011", lengths: &[16, 17, 18, 19] },
    Issuer { name: "Discover", from: "644", to: "649", lengths: &[16, 17, 18, 19] },
    Issuer { name: "Discover", from: "65", to: "65", lengths: &[16, 17, 18, 19] },
    Issuer { name: "Diners Club", from: "300", to: "305", lengths: &[14, 16, 17, 18, 19] },
    Issuer { name: "Diners Club", from: "3095", to: "3095", lengths: &[14, 16, 17, 18, 19] },
    Issuer { name: "Diners Club", from: "36", to: "36", lengths: &[14, 16, 17, 18, 19] },
    Issuer { name: "Diners Club", from: "38", to: "39", lengths: &[14, 16, 17, 18, 19] },
    Issuer { name: "JCB", from: "3528", to: "3589", lengths: &[16, 17, 18, 19] },
    Issuer { name: "UnionPay", from: "62", to: "62", lengths: &[16, 17, 18, 19] },
    Issuer { name: "UnionPay", from: "8100", to: "8171", lengths: &[16, 17, 18, 19] },
    Issuer { name: "Maestro", from: "5018", to: "5018", lengths: &[12, 13, 14, 15, 16, 17, 18, 19] },
    Issuer { name: "Maestro", from: "5020", to: "5020", lengths: &[12, 13, 14, 15, 16, 17, 18, 19] },
    Issuer { name: "Maestro", from: "5038", to: "5038", lengths: &[12, 13, 14, 15, 16, 17, 18, 19] },
    Issuer { name: "Maestro", from: "5612", to: "5612", lengths: &[12, 13, 14, 15, 16, 17, 18, 19] },
    Issuer { name: "Maestro", from: "5893", to: "5893", lengths: &[12, 13, 14, 15, 16, 17, 18, 19] },
    Issuer { name: "Maestro", from: "6304", to: "6304", lengths: &[12, 13, 14, 15, 16, 17, 18, 19] },
    Issuer { name: "Maestro", from: "6390", to: "6390", lengths: &[16, 17, 18, 19] },
    Issuer { name: "Maestro", from: "6759", to: "6759", lengths: &[12, 13, 14, 15, 16, 17, 18, 19] },
    Issuer { name: "Maestro", from: "6761", to: "6763", lengths: &[12, 13, 14, 15, 16, 17, 18, 19] },
    Issuer { name: "Maestro, Bancontact", from: "67", to: "67", lengths: &[16, 17, 18, 19] },
    Issuer { name: "Dankort", from: "5019", to: "5019", lengths: &[16] },
    Issuer { name: "Mir", from: "2200", to: "2204", lengths: &[16, 17, 18, 19] },
    Issuer { name: "RuPay", from: "508", to: "508", lengths: &[16] },
    Issuer { name: "RuPay", from: "60", to: "60", lengths: &[16] },
    Issuer { name: "RuPay", from: "8172", to: "8299", lengths: &[16] },
    Issuer { name: "Elo", from: "5067", to: "5067", lengths: &[16] },
    Issuer { name: "Elo", from: "509", to: "509", lengths: &[16] },
    Issuer { name: "Elo", from: "6277", to: "6277", lengths: &[16] },
    Issuer { name: "Elo", from: "6362", to: "6363", lengths: &[16] },
    Issuer { name: "Hipercard", from: "606282", to: "606282", lengths: &[16, 19] },
    Issuer { name: "Troy", from: "9792", to: "9792", lengths: &[16] },
    Issuer { name: "Verve", from: "5060", to: "5061", lengths: &[16, 18, 19] },
];

/// Longest card number.
const LONGEST: usize = 19;

pub(super) fn find(finds: &mut Finds<'_>, exempt: &[ExemptNumber]) {
    let groups = digits::groups(finds);
    for run in groups.chunk_by(|_, next| next.goes_on) {
        let saved = stretches(run, |number| is_exempt(number, exempt));
        let is_saved =
            |card: &Stretch| saved.iter().any(|other| other.from <= card.from && card.to <= other.to);
        let mut cards = stretches(run, is_card);
        cards.retain(|card| !is_saved(card));
        // Stretches that overlap become one, so that no digits of either are left behind.
        while let Some(mut card) = cards.first().copied() {
            while let Some(other) = cards.iter().find(|other| other.from <= card.to && other.to > card.to) {
                card.to = other.to;
            }
            finds.add(Kind::Card, run[card.from].at.start, run[card.to].at.end);
            cards.retain(|other| other.from > card.to);
        }
    }
}

/// Whole groups `from..=to` of a run.
#[derive(Clone, Copy)]
struct Stretch {
    from: usize,
    to: usize,
}

fn stretches(run: &[Group], is_wanted: impl Fn(&str) -> bool) -> Vec<Stretch> {
    let mut found = Vec::new();
    for from in 0..run.len() {
        let mut number = String::new();
        for (to, group) in run.iter().enumerate().skip(from) {
            number.push_str(&group.digits);
            if number.len() > LONGEST {
                break;
            }
            if is_wanted(&number) {
                found.push(Stretch { from, to });
            }
        }
    }
    found
}

fn is_card(number: &str) -> bool {
    let is_issued = ISSUERS.iter().any(|issuer| {
        let start = number.get(..issuer.from.len());
        issuer.lengths.contains(&number.len())
            && start.is_some_and(|start| (issuer.from..=issuer.to).contains(&start))
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
