//! Which parts of a text are a customer's data (rules.md 4.6). Card numbers, their codes and IBANs are masked
//! before anything is stored; phone numbers and e-mail addresses are only found, because for a phone company
//! they are the question itself. `tests/vectors/masking.json` holds the rules in words and as tables, and cases;
//! the UI's matcher follows the same file. Deliberately absent: names and addresses, which no pattern tells from other words.
//!
//! Rather one order number masked than one card stored: where a run of digits can be read as a card, it is
//! one, unless an admin has registered the numbers it belongs to. A writer may leave an IBAN readable by naming
//! it; its digits are then looked at like any others, so that no card and no code gets through under its name.

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
    /// Whether a tag stands in its place.
    pub masked: bool,
}

/// What is masked besides cards and codes, about which nobody has a choice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice<'a> {
    /// IBANs that their writer leaves readable, written in any way.
    pub readable: &'a [String],
    /// Phone numbers and e-mail addresses too.
    pub contacts: bool,
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
    find_as(text, exempt, Choice::default())
}

fn find_as(text: &str, exempt: &[ExemptNumber], choice: Choice<'_>) -> Vec<Find> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let empty = || Finds { chars: &chars, end: text.len(), found: Vec::new() };
    let mut ibans = empty();
    iban::find(&mut ibans);
    let named: Vec<String> = choice.readable.iter().map(|iban| iban::plain(iban)).collect();
    let is_named = |find: &Find| named.contains(&iban::plain(&text[find.at.clone()]));
    let (mut readable, masked): (Vec<Find>, Vec<Find>) = ibans.found.into_iter().partition(is_named);
    let mut finds = empty();
    finds.found = masked;
    loop {
        let mut sensitive = Finds { found: finds.found.clone(), ..empty() };
        card::find(&mut sensitive, exempt);
        code::find(&mut sensitive);
        // One that reads as a card or a code, alone or with what stands beside it, is masked after all. Then the
        // others are looked at again, because a masked one is no neighbour.
        let is_touched = |iban: &Find| sensitive.found.iter().any(|find| overlap(&find.at, &iban.at));
        let Some(touched) = readable.iter().position(is_touched) else {
            finds.found = sensitive.found;
            break;
        };
        finds.found.push(readable.swap_remove(touched));
    }
    finds.found.extend(readable.into_iter().map(|find| Find { masked: false, ..find }));
    contact::find_emails(&mut finds);
    contact::find_phones(&mut finds);
    for find in &mut finds.found {
        find.masked |= choice.contacts && matches!(find.kind, Kind::Phone | Kind::Email);
    }
    finds.found.sort_by_key(|find| find.at.start);
    finds.found
}

/// `text` with cards, codes and IBANs replaced by their tags.
pub fn mask(text: &str, exempt: &[ExemptNumber]) -> Masked {
    mask_as(text, exempt, Choice::default())
}

/// `text` with what must not be stored, and what was chosen, replaced by tags.
pub fn mask_as(text: &str, exempt: &[ExemptNumber], choice: Choice<'_>) -> Masked {
    let finds = find_as(text, exempt, choice);
    let mut masked = String::with_capacity(text.len());
    let mut from = 0;
    for find in finds.iter().filter(|find| find.masked) {
        masked.push_str(&text[from..find.at.start]);
        masked.push_str(find.kind.tag());
        from = find.at.end;
    }
    masked.push_str(&text[from..]);
    Masked { text: masked, finds }
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
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
        if self.found.iter().any(|find| overlap(&find.at, &at)) {
            return false;
        }
        self.found.push(Find { kind, at, masked: kind.is_masked() });
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
