//! From words that were read to places that must not leave: the words of a line as a text, the same matcher as for texts,
//! and back to the letters of the picture.

use std::ops::Range;

use deskside_domain::{
    masking::{self, Kind, card::ISSUERS},
    org::ExemptNumber,
};

use crate::{
    Area,
    confusions::readings,
    engine::{Alphabet, Word},
    lines::Line,
    look::Found,
    strip::Strip,
};

/// More than the matcher allows inside a number.
const APART: &str = "\t\t\t\t";
/// A gap that ends a number, in heights of its letters.
const FAR: f32 = 1.5;

/// The words of one line as a text.
struct Text<'a> {
    words: &'a [Word],
    chars: Vec<char>,
    /// For every character its word, and its place in it.
    places: Vec<Option<(usize, usize)>>,
}

impl<'a> Text<'a> {
    fn of(words: &'a [Word]) -> Self {
        let mut text = Self { words, chars: Vec::new(), places: Vec::new() };
        for (at, word) in words.iter().enumerate() {
            if let Some(before) = at.checked_sub(1).map(|before| &words[before]) {
                let gap = word.left - (before.left + before.width);
                let high = word.height.max(before.height);
                // The groups of a card may stand far apart, each in a box of its own.
                let are_groups = is_group(&before.text) && is_group(&word.text);
                let separator = if gap <= FAR * high || are_groups { " " } else { APART };
                text.chars.extend(separator.chars());
                text.places.extend(separator.chars().map(|_| None));
            }
            text.chars.extend(word.text.chars());
            text.places.extend(word.text.chars().enumerate().map(|(place, _)| Some((at, place))));
        }
        text
    }

    /// From the left edge of the first of these characters to the right edge of the last.
    fn span(&self, from: usize, to: usize) -> Option<(f32, f32)> {
        let mut edges = self.places.get(from..to)?.iter().flatten().map(|(word, place)| {
            let word = &self.words[*word];
            let each = word.width / word.text.chars().count() as f32;
            (word.left + each * *place as f32, word.left + each * (*place as f32 + 1.0))
        });
        let (left, right) = edges.next()?;
        Some(edges.fold((left, right), |(left, right), edge| (left.min(edge.0), right.max(edge.1))))
    }
}

/// Four to six digits and nothing else.
fn is_group(word: &str) -> bool {
    (4..=6).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// What the words of a line hold.
pub fn finds(
    words: &[Word],
    alphabet: Alphabet,
    strip: &Strip,
    line: &Line,
    exempt: &[ExemptNumber],
) -> Vec<Found> {
    let text = Text::of(words);
    let mut found: Vec<(Kind, usize, usize)> = Vec::new();
    for reading in readings(&text.chars) {
        let string: String = reading.iter().collect();
        let character = |byte: usize| string[..byte].chars().count();
        for find in masking::find(&string, exempt) {
            // Letters that were forced to be digits make phone numbers of anything.
            let counts = alphabet == Alphabet::Whole && (find.kind.is_masked() || reading == text.chars)
                || find.kind == Kind::Card;
            let one = (find.kind, character(find.at.start), character(find.at.end));
            if counts && !found.contains(&one) {
                found.push(one);
            }
        }
    }
    let letters = Letters::of(line);
    let place = |(kind, from, to): (Kind, usize, usize)| {
        let (left, right) = text.span(from, to)?;
        let area = letters.around(strip.column(left), strip.column(right));
        Some(Found { kind, area })
    };
    found.into_iter().filter_map(place).collect()
}

/// Where a number stands that would be a card if one digit of it were another, from left to right in the picture: it is
/// read again, without its neighbours.
pub fn doubts(words: &[Word], finds: &[Found], strip: &Strip) -> Vec<(f32, f32)> {
    if finds.iter().any(|find| find.kind.is_masked()) {
        return Vec::new();
    }
    let text = Text::of(words);
    let reading = readings(&text.chars).swap_remove(1);
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, char) in reading.iter().enumerate() {
        match groups.last_mut() {
            Some(group) if char.is_ascii_digit() && group.end == at => group.end += 1,
            _ if char.is_ascii_digit() => groups.push(at..at + 1),
            _ => {}
        }
    }
    let goes_on = |one: &Range<usize>, next: &Range<usize>| {
        next.start - one.end <= 3 && reading[one.end..next.start].iter().all(|char| " -._".contains(*char))
    };
    let mut doubts = Vec::new();
    for run in groups.chunk_by(goes_on) {
        for from in 0..run.len() {
            let mut number = String::new();
            let longest = run[from..].iter().filter_map(|group| {
                number.extend(&reading[group.clone()]);
                is_nearly_card(&number).then_some(group.end)
            });
            let span = longest.last().and_then(|to| text.span(run[from].start, to));
            doubts.extend(span.map(|(left, right)| (strip.column(left), strip.column(right))));
        }
    }
    doubts
}

/// Of an issuer's length, and at most one digit away from its range; or one digit too short or too long for it.
fn is_nearly_card(number: &str) -> bool {
    ISSUERS.iter().any(|issuer| {
        let Some(start) = number.get(..issuer.from.len()) else { return false };
        let is_inside = (issuer.from..=issuer.to).contains(&start);
        let differs =
            |limit: &str| start.bytes().zip(limit.bytes()).filter(|(one, other)| one != other).count();
        let is_near = is_inside || differs(issuer.from) <= 1 || differs(issuer.to) <= 1;
        let length = number.len();
        issuer.lengths.iter().any(|own| *own == length && is_near || own.abs_diff(length) == 1 && is_inside)
    })
}

/// The letters of a line as they stand in the picture, in groups with gaps between.
struct Letters<'a> {
    line: &'a Line,
    /// Left and right edges.
    groups: Vec<(f32, f32)>,
}

impl<'a> Letters<'a> {
    fn of(line: &'a Line) -> Self {
        let space = line.height() as f32 / 3.0;
        let mut groups: Vec<(f32, f32)> = Vec::new();
        for shape in &line.shapes {
            let (left, right) = (shape.left as f32, shape.right as f32);
            match groups.last_mut() {
                Some(group) if left - group.1 < space => group.1 = group.1.max(right),
                _ => groups.push((left, right)),
            }
        }
        Self { line, groups }
    }

    /// The box over everything between two edges, with a margin. The engine's edges may be half a letter off, so what
    /// they cut is taken in: a letter always, a group when most of it is inside.
    fn around(&self, left: f32, right: f32) -> Area {
        let height = self.line.height() as f32;
        let (mut from, mut to) = (left, right);
        for (left_of, right_of) in &self.groups {
            let inside = right_of.min(right) - left_of.max(left);
            if inside > 0.6 * (right_of - left_of) {
                (from, to) = (from.min(*left_of), to.max(*right_of));
            }
        }
        for shape in &self.line.shapes {
            let (left_of, right_of) = (shape.left as f32, shape.right as f32);
            let inside = right_of.min(right) - left_of.max(left);
            if inside > 0.25 * (right_of - left_of) && right_of - left_of < 2.0 * height {
                (from, to) = (from.min(left_of), to.max(right_of));
            }
        }
        let margin = (height / 4.0).max(2.0);
        let top = (self.line.around.top as f32 - margin).max(0.0) as u32;
        let x = (from - margin).max(0.0) as u32;
        Area {
            x,
            y: top,
            width: ((to + margin).ceil() as u32).saturating_sub(x).max(1),
            height: ((self.line.around.bottom as f32 + margin).ceil() as u32).saturating_sub(top).max(1),
        }
    }
}
