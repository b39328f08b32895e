//! Letters that stand in a row, and how likely there is a number among them: digits of one number are equally high and
//! stand on one line, without anything below it; an `@` is wide and reaches below. So most lines of a screen need
//! not be read.

use crate::shapes::Shape;

/// Letters beside each other.
#[derive(Clone, Debug)]
pub struct Line {
    /// From left to right.
    pub shapes: Vec<Shape>,
    /// Light letters on a dark ground.
    pub is_light: bool,
    /// Around all of them.
    pub around: Shape,
}

/// What a line may hold, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Promise {
    /// As many digits in a row as a card or an account has.
    Account,
    /// As many as a phone has, or an `@`.
    Contact,
    /// As many as a card's code has.
    Code,
}

/// Widest gap inside a line, in heights of its letters.
const GAP: f32 = 2.0;
/// Widest gap between the boxes of a form that takes a number in pieces, in heights.
const BOX_GAP: f32 = 5.0;
/// Digits of the shortest phone number.
const FEWEST: usize = 7;
/// Narrowest gap between words, in heights.
const SPACE: f32 = 0.3;
/// Letters at the end of a line that say where its next one may stand.
const LAST: usize = 4;

impl Line {
    fn new(shape: Shape, is_light: bool) -> Self {
        Self { shapes: vec![shape], is_light, around: shape }
    }

    fn push(&mut self, shape: Shape) {
        self.around = joined(&self.around, &shape);
        self.shapes.push(shape);
    }

    /// The letters between two edges.
    pub fn part(&self, left: f32, right: f32) -> Option<Line> {
        let is_in = |shape: &&Shape| (left..=right).contains(&(shape.left.midpoint(shape.right) as f32));
        let mut shapes = self.shapes.iter().filter(is_in);
        let mut line = Line::new(*shapes.next()?, self.is_light);
        shapes.for_each(|shape| line.push(*shape));
        Some(line)
    }

    /// Of the last letters: top, bottom.
    fn end(&self) -> (usize, usize) {
        let last = &self.shapes[self.shapes.len().saturating_sub(LAST)..];
        let top = last.iter().map(|shape| shape.top).min().unwrap_or(self.around.top);
        let bottom = last.iter().map(|shape| shape.bottom).max().unwrap_or(self.around.bottom);
        (top, bottom)
    }

    /// How high its high letters are.
    pub fn height(&self) -> usize {
        let mut heights: Vec<usize> = self.shapes.iter().map(Shape::height).collect();
        heights.sort_unstable();
        heights[heights.len() * 4 / 5]
    }

    /// Whether it is nothing but groups of digits as they stand in such boxes.
    fn is_of_groups(&self) -> bool {
        let columns = columns(&self.shapes);
        columns.len() <= 19
            && runs(&columns).len() == 1
            && groups(&columns, 1.5 * self.height() as f32).iter().all(|group| (3..=7).contains(group))
    }

    /// The parts of it that may hold a number, each with what it promises.
    pub fn pieces(&self) -> Vec<(Promise, Line)> {
        let columns = columns(&self.shapes);
        let gap = self.height() as f32 * SPACE;
        let mut windows = windows(&columns, gap);
        windows.sort_by_key(|window| window.from);
        let mut merged: Vec<Window> = Vec::new();
        for window in windows {
            match merged.last_mut() {
                Some(last) if window.from <= last.to => {
                    last.to = last.to.max(window.to);
                    last.promise = last.promise.min(window.promise);
                }
                _ => merged.push(window),
            }
        }
        let piece = |Window { from, to, promise }: Window| {
            let (left, right) = (columns[from].left, columns[to].right);
            let mut shapes = self.shapes.iter().filter(|shape| shape.left >= left && shape.right <= right);
            let mut line = Line::new(*shapes.next()?, self.is_light);
            shapes.for_each(|shape| line.push(*shape));
            Some((promise, line))
        };
        merged.into_iter().filter_map(piece).collect()
    }
}

/// Columns `from..=to` of a line.
struct Window {
    from: usize,
    to: usize,
    promise: Promise,
}

/// What is worth reading, with what stands beside it.
fn windows(columns: &[Shape], gap: f32) -> Vec<Window> {
    let mut windows = Vec::new();
    let has_gap_before = |at: usize| columns[at].left as f32 - columns[at - 1].right as f32 > gap;
    // Outwards by some heights, and on to the next gap.
    let wider = |from: usize, to: usize, before: f32, after: f32| {
        let height = columns[from].height() as f32;
        let left = columns[from].left as f32 - before * height;
        let right = columns[to].right as f32 + after * height;
        let (mut from, mut to) = (from, to);
        while from > 0 && (columns[from - 1].right as f32 > left || !has_gap_before(from)) {
            from -= 1;
        }
        while to + 1 < columns.len() && ((columns[to + 1].left as f32) < right || !has_gap_before(to + 1)) {
            to += 1;
        }
        (from, to)
    };
    for run in runs(columns) {
        if is_date_or_amount(&groups(&columns[run.from..=run.to], gap)) {
            continue;
        }
        let stands_alone = (run.from == 0
            || has_gap_before(run.from)
            || (columns[run.from - 1].width() as f32) < 0.3 * columns[run.from].height() as f32)
            && (run.to + 1 == columns.len()
                || has_gap_before(run.to + 1)
                || columns[run.to + 1].top > columns[run.to].top + columns[run.to].height() / 2);
        let (promise, before, after) = match run.digits {
            12.. => (Promise::Account, 1.0, 1.0),
            FEWEST.. => (Promise::Contact, 1.5, 1.0),
            3..=6 if stands_alone => (Promise::Code, 16.0, 12.0),
            _ => continue,
        };
        let (from, to) = wider(run.from, run.to, before, after);
        windows.push(Window { from, to, promise });
    }
    for at in ats(columns) {
        let (from, to) = wider(at, at, 20.0, 20.0);
        windows.push(Window { from, to, promise: Promise::Contact });
    }
    windows
}

fn joined(one: &Shape, other: &Shape) -> Shape {
    Shape {
        left: one.left.min(other.left),
        top: one.top.min(other.top),
        right: one.right.max(other.right),
        bottom: one.bottom.max(other.bottom),
        ink: one.ink + other.ink,
    }
}

/// The lines of letters given from left to right.
pub fn lines(shapes: &[Shape], is_light: bool) -> Vec<Line> {
    let mut done: Vec<Line> = Vec::new();
    let mut open: Vec<Line> = Vec::new();
    for shape in shapes {
        let mut at = 0;
        while at < open.len() {
            let reach = GAP * 3.0 * open[at].around.height() as f32;
            if (open[at].around.right as f32 + reach) < shape.left as f32 {
                done.push(open.swap_remove(at));
            } else {
                at += 1;
            }
        }
        let near = open.iter_mut().filter_map(|line| Some((gap(line, shape)?, line)));
        match near.min_by(|(one, _), (other, _)| one.total_cmp(other)) {
            Some((_, line)) => line.push(*shape),
            None => open.push(Line::new(*shape, is_light)),
        }
    }
    done.append(&mut open);
    done
}

/// How far behind the line the letter stands, if it may belong to it.
fn gap(line: &Line, shape: &Shape) -> Option<f32> {
    let (top, bottom) = line.end();
    let shared = bottom.min(shape.bottom).checked_sub(top.max(shape.top))?;
    let (low, high) = (shape.height().min(bottom - top), shape.height().max(bottom - top));
    let gap = shape.left as f32 - line.around.right as f32;
    let fits = 2 * shared >= low && high <= 3 * low && gap <= GAP * high as f32;
    fits.then_some(gap.abs())
}

/// Lines of short numbers in one row become one: a form may take a card's number in four boxes.
pub fn with_boxes_joined(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by_key(|line| line.around.left);
    let mut done: Vec<Line> = Vec::new();
    for line in lines {
        let height = line.around.height();
        let before = done.iter_mut().filter(|before| {
            let other = before.around.height();
            let gap = line.around.left.checked_sub(before.around.right);
            before.around.top.abs_diff(line.around.top) <= height / 4
                && height.abs_diff(other) <= height / 4
                && gap.is_some_and(|gap| gap as f32 <= BOX_GAP * height as f32)
                && line.is_of_groups()
                && before.is_of_groups()
        });
        match before.min_by_key(|before| line.around.left - before.around.right) {
            Some(before) => line.shapes.iter().for_each(|shape| before.push(*shape)),
            None => done.push(line),
        }
    }
    done
}

/// Letters of both kinds of ink without what only lies in or between the other's letters.
pub fn without_ghosts(dark: Vec<Line>, light: Vec<Line>) -> Vec<Line> {
    let mut is_ghost = (vec![false; dark.len()], vec![false; light.len()]);
    for (one, of_dark) in dark.iter().enumerate() {
        for (other, of_light) in light.iter().enumerate() {
            match ghost(of_dark, of_light) {
                Some(true) => is_ghost.0[one] = true,
                Some(false) => is_ghost.1[other] = true,
                None => {}
            }
        }
    }
    let real = |lines: Vec<Line>, ghosts: Vec<bool>| {
        lines.into_iter().zip(ghosts).filter_map(|(line, is_ghost)| (!is_ghost).then_some(line))
    };
    real(dark, is_ghost.0).chain(real(light, is_ghost.1)).collect()
}

/// Whether the first of two lines in one place is a ghost, or the second; neither if they only touch.
fn ghost(one: &Line, other: &Line) -> Option<bool> {
    let (a, b) = (&one.around, &other.around);
    let (left, right) = (a.left.max(b.left), a.right.min(b.right));
    let width = right.saturating_sub(left);
    let height = a.bottom.min(b.bottom).saturating_sub(a.top.max(b.top));
    if 2 * width < a.width().min(b.width()) || 2 * height < a.height().min(b.height()) {
        return None;
    }
    // Holes in letters.
    if lies_in(one, other) || lies_in(other, one) {
        return Some(lies_in(one, other));
    }
    // The ground between letters: it reaches beyond them, or falls into fewer pieces.
    let reaches = |one: &Shape, other: &Shape| one.top + 3 <= other.top && other.bottom + 3 <= one.bottom;
    if reaches(a, b) != reaches(b, a) {
        return Some(reaches(a, b));
    }
    let count = |line: &Line| {
        let middles = line.shapes.iter().map(|shape| shape.left.midpoint(shape.right));
        middles.filter(|middle| (left..=right).contains(middle)).count()
    };
    let is_first = count(one) < count(other);
    let loser = if is_first { a } else { b };
    (2 * width >= loser.width()).then_some(is_first)
}

/// Whether most of the shapes of `inner` lie in shapes of `outer`, no more than two in each: an 8 has two holes, but
/// the ground between words surrounds many letters.
fn lies_in(inner: &Line, outer: &Line) -> bool {
    let container = |shape: &Shape| {
        outer.shapes.iter().position(|other| {
            other.left <= shape.left
                && shape.right <= other.right
                && other.top <= shape.top
                && shape.bottom <= other.bottom
        })
    };
    let mut containers: Vec<usize> = inner.shapes.iter().filter_map(container).collect();
    let inside = containers.len();
    containers.sort_unstable();
    containers.dedup();
    10 * inside >= 6 * inner.shapes.len() && 2 * containers.len() >= inside
}

/// Parts above each other as one: a broken digit, a colon.
fn columns(shapes: &[Shape]) -> Vec<Shape> {
    let mut columns: Vec<Shape> = Vec::with_capacity(shapes.len());
    for shape in shapes {
        match columns.last_mut() {
            Some(last) if shape.left + shape.width().min(last.width()) / 2 < last.right => {
                *last = joined(last, shape);
            }
            _ => columns.push(*shape),
        }
    }
    columns
}

/// A row of what may be digits: columns `from..=to`.
struct Run {
    from: usize,
    to: usize,
    digits: usize,
}

/// All of them: as high as the high letters around them, on one line, none far from the next.
fn runs(columns: &[Shape]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut goes_on = false;
    for (at, column) in columns.iter().enumerate() {
        let height = column.height();
        let last = runs.last().filter(|_| goes_on).map(|run| columns[run.to]);
        if let Some(before) = last {
            let is_near =
                column.left as f32 <= before.right as f32 + (BOX_GAP + 1.0) * before.height() as f32;
            if height * 2 <= before.height() && is_near {
                // A dash or a dot between groups.
                continue;
            }
            let slack = (before.height() / 8).max(1);
            let is_level =
                column.top.abs_diff(before.top) <= slack && column.bottom.abs_diff(before.bottom) <= slack;
            goes_on = is_level && is_near;
        }
        if 20 * height < 17 * high_around(columns, at) {
            goes_on = false;
            continue;
        }
        // Digits that touch are as wide as they are together; each takes three quarters of its height.
        let digits = ((column.width() as f32 / (0.75 * height as f32)).round() as usize).max(1);
        match runs.last_mut().filter(|_| goes_on) {
            Some(run) => (run.to, run.digits) = (at, run.digits + digits),
            None => runs.push(Run { from: at, to: at, digits }),
        }
        goes_on = true;
    }
    runs
}

/// How many digits stand in each group of a run.
fn groups(run: &[Shape], gap: f32) -> Vec<usize> {
    let mut groups: Vec<usize> = Vec::new();
    let mut last: Option<&Shape> = None;
    for column in run {
        let digits = ((column.width() as f32 / (0.75 * column.height() as f32)).round() as usize).max(1);
        let is_new = last.is_none_or(|last| column.left as f32 - last.right as f32 > gap);
        match groups.last_mut().filter(|_| !is_new) {
            Some(group) => *group += digits,
            None => groups.push(digits),
        }
        last = Some(column);
    }
    groups
}

/// `31.12.2026 23:59`, `2026-12-31`, `1,234.50 EUR`: the commonest numbers of a screen, and never a customer's.
fn is_date_or_amount(groups: &[usize]) -> bool {
    let without_time = |groups: &[usize]| match groups {
        [1 | 2, 2, 2, rest @ ..] | [1 | 2, 2, rest @ ..] => rest.iter().sum(),
        rest => rest.iter().sum::<usize>(),
    };
    // What is left beside it must be too short for a phone number.
    let is_date = |at: usize| match &groups[at..] {
        [1 | 2, 1 | 2, 4, rest @ ..] | [4, 2, 2, rest @ ..] => {
            groups[..at].iter().sum::<usize>() + without_time(rest) < FEWEST
        }
        _ => false,
    };
    let is_amount = match groups {
        [1 | 2, 3, 3, 2, rest @ ..] | [1 | 2, 3, 2, rest @ ..] => rest.iter().sum::<usize>() < FEWEST,
        _ => false,
    };
    is_amount || (0..groups.len()).any(is_date)
}

/// How high the high letters near a column are.
fn high_around(columns: &[Shape], at: usize) -> usize {
    let near = &columns[at.saturating_sub(8)..(at + 9).min(columns.len())];
    let mut heights: Vec<usize> = near.iter().map(Shape::height).collect();
    heights.sort_unstable();
    heights[heights.len() * 5 / 6]
}

/// Columns that may be an `@`: higher than capitals, not narrow, and reaching below the line.
fn ats(columns: &[Shape]) -> Vec<usize> {
    let mut bottoms: Vec<usize> = columns.iter().map(|column| column.bottom).collect();
    bottoms.sort_unstable();
    let base = bottoms[bottoms.len() / 2];
    let low = columns.iter().filter(|column| column.bottom <= base + 1);
    let high = low.map(Shape::height).max().unwrap_or(0);
    let is_at = |column: &Shape| {
        let (width, height) = (column.width(), column.height());
        column.bottom > base + high / 12 && 20 * width >= 11 * height && 100 * height >= 104 * high
    };
    if columns.len() < 5 {
        return Vec::new();
    }
    (0..columns.len()).filter(|at| is_at(&columns[*at])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters as `width x height` at their place, on a line at `bottom`.
    fn row(bottom: usize, letters: &[(usize, usize, usize)]) -> Vec<Shape> {
        let shape = |(left, width, height): &(usize, usize, usize)| Shape {
            left: *left,
            top: bottom - height,
            right: left + width,
            bottom,
            ink: width * height / 2,
        };
        letters.iter().map(shape).collect()
    }

    #[test]
    fn two_rows_and_two_columns_are_four_lines() {
        let mut shapes = Vec::new();
        for bottom in [20, 40] {
            for left in [0, 8, 16, 200, 208, 216] {
                shapes.extend(row(bottom, &[(left, 6, 9)]));
            }
        }
        shapes.sort_by_key(|shape| shape.left);
        let found = lines(&shapes, false);
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|line| line.shapes.len() == 3 && line.height() == 9));
    }

    fn promises(letters: &[(usize, usize, usize)]) -> Vec<Promise> {
        let line = lines(&row(30, letters), false).remove(0);
        line.pieces().into_iter().map(|(promise, _)| promise).collect()
    }

    #[test]
    fn equal_heights_in_a_row_promise_a_number_and_words_do_not() {
        let digits: Vec<_> = (0..16).map(|at| (at * 8 + at / 4 * 6, 6, 9)).collect();
        assert_eq!(promises(&digits), [Promise::Account]);
        let touching: Vec<_> = (0..4).map(|at| (at * 36, 28, 9)).collect();
        assert_eq!(promises(&touching), [Promise::Account], "digits that touch count as many");
        let words: Vec<_> = (0..30).map(|at| (at * 8, 6, if at % 3 == 0 { 10 } else { 7 })).collect();
        assert_eq!(promises(&words), []);
    }

    #[test]
    fn dates_and_amounts_are_left_out_and_phone_numbers_are_not() {
        for groups in [&[2, 2, 4][..], &[2, 2, 4, 2, 2], &[4, 2, 2, 2, 2, 2], &[1, 3, 3, 2], &[4, 2, 2, 4]] {
            assert!(is_date_or_amount(groups), "{groups:?}");
        }
        for groups in [
            &[4, 4, 4, 4][..],
            &[16],
            &[2, 2, 2, 2, 2],
            &[2, 2, 4, 7],
            &[3, 7],
            &[3, 3, 2, 2],
            &[4, 6, 5],
            &[3, 3, 4],
        ] {
            assert!(!is_date_or_amount(groups), "{groups:?}");
        }
    }

    #[test]
    fn of_a_long_line_only_the_number_and_its_neighbours_are_read() {
        let mut letters: Vec<_> =
            (0..40).map(|at| (at * 8 + at / 5 * 5, 6, if at % 3 == 0 { 10 } else { 7 })).collect();
        letters.extend((0..16).map(|at| (370 + at * 8 + at / 4 * 6, 6, 10)));
        let line = lines(&row(30, &letters), false).remove(0);
        let pieces = line.pieces();
        assert_eq!(pieces.len(), 1);
        assert!(pieces[0].1.around.left > 300 && pieces[0].1.around.right == line.around.right);
    }

    #[test]
    fn a_number_in_four_boxes_is_one_line() {
        let boxes: Vec<Vec<_>> =
            (0..4).map(|group| (0..4).map(|at| (group * 70 + at * 8, 6, 9)).collect()).collect();
        let apart: Vec<Line> = boxes.iter().flat_map(|letters| lines(&row(30, letters), false)).collect();
        assert_eq!(apart.len(), 4);
        let joined = with_boxes_joined(apart);
        assert_eq!(joined.len(), 1);
        assert_eq!(joined[0].pieces()[0].0, Promise::Account);
    }
}
