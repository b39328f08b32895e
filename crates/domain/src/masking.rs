//! Which parts of a text are a customer's data (rules.md 4.6). Card numbers, their codes and IBANs are masked
//! before anything is stored; phone numbers and e-mail addresses are only found, because for a phone company
//! they are the question itself. `tests/vectors/masking.json` holds the rules in words and as tables, and cases;
//! the UI's matcher follows the same file. Deliberately absent: names and addresses, which no pattern tells from other words.
//!
//! Rather one order number masked than one card stored: where a run of digits can be read as a card, it is
//! one, unless an admin has registered the numbers it belongs to.

pub mod card;
pub mod code;
mod contact;
pub mod digits;
pub mod iban;

use std::ops::Range;

use crate::org::ExemptNumber;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A card number: known issuer range, its length, Luhn.
    Card,
    /// A card's security code: three or four digits next to a word for it.
    Code,
    /// An international bank account number: length of its country, mod 97.
    Iban,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
}

impl Kind {
    /// What stands in the text instead.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Card => "[card]",
            Self::Code => "[code]",
            Self::Iban => "[IBAN]",
            Self::Phone => "[phone]",
            Self::Email => "[e-mail]",
        }
    }

    /// Whether it is masked without being asked for.
    pub fn is_masked(self) -> bool {
        matches!(self, Self::Card | Self::Code | Self::Iban)
    }
}

/// One part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// What it is.
    pub kind: Kind,
    /// Where, in bytes of the text.
    pub at: Range<usize>,
}

/// A text without what must not be stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    /// With tags in place of what was masked.
    pub text: String,
    /// All that was found, masked or not, at its place in the original text.
    pub finds: Vec<Find>,
}

/// Everything in `text`, in order, without overlaps.
pub fn find(text: &str, exempt: &[ExemptNumber]) -> Vec<Find> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut finds = Finds { chars: &chars, end: text.len(), found: Vec::new() };
    iban::find(&mut finds);
    card::find(&mut finds, exempt);
    code::find(&mut finds);
    contact::find_emails(&mut finds);
    contact::find_phones(&mut finds);
    finds.found.sort_by_key(|find| find.at.start);
    finds.found
}

/// `text` with cards, codes and IBANs replaced by their tags.
pub fn mask(text: &str, exempt: &[ExemptNumber]) -> Masked {
    mask_kinds(text, exempt, Kind::is_masked)
}

/// `text` with every kind that `masks` replaced by its tag: for "mask all phone numbers, too".
pub fn mask_kinds(text: &str, exempt: &[ExemptNumber], masks: impl Fn(Kind) -> bool) -> Masked {
    let finds = find(text, exempt);
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for find in finds.iter().filter(|find| masks(find.kind)) {
        masked.push_str(&text[from..find.at.start]);
        masked.push_str(find.kind.tag());
        from = find.at.end;
    }
    masked.push_str(&text[from..]);
    Masked { text: masked, finds }
}

/// What has been found so far, over the characters of the text.
struct Finds<'a> {
    chars: &'a [(usize, char)],
    end: usize,
    found: Vec<Find>,
}

impl Finds<'_> {
    fn char(&self, at: usize) -> Option<char> {
        self.chars.get(at).map(|(_, char)| *char)
    }

    fn char_before(&self, at: usize) -> Option<char> {
        self.char(at.checked_sub(1)?)
    }

    /// Adds the characters `from..to` unless some of them were found already.
    fn add(&mut self, kind: Kind, from: usize, to: usize) -> bool {
        let at = self.byte(from)..self.byte(to);
        if self.found.iter().any(|find| find.at.start < at.end && at.start < find.at.end) {
            return false;
        }
        self.found.push(Find { kind, at });
        true
    }

    /// Whether this character was found already.
    fn is_taken(&self, at: usize) -> bool {
        let byte = self.byte(at);
        self.found.iter().any(|find| find.at.contains(&byte))
    }

    fn byte(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.end, |(byte, _)| *byte)
    }
}
