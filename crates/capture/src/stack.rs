//! The windows of the desktop in their order, followed event by event, without a server.
//!
//! A picture is taken at some moment between two looks at the events. What must not be seen is therefore covered
//! wherever it was in *any* state in between: that is why the model replays every single event and is not read
//! afresh. A window that is not known yet counts as one that must not be seen.

use crate::Area;

/// What is known of a window after asking it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// Whether it shows anything at all; some windows only take input.
    pub shows: bool,
    /// Whether it hides what lies below it: a rectangle without transparency.
    pub opaque: bool,
    /// Whether it, or a window inside of it, must not be seen.
    pub denied: bool,
}

/// A window directly on the desktop; with a window manager that is the frame around a program's window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Top {
    /// Its id.
    pub id: u32,
    /// With its border.
    pub area: Area,
    /// Whether it is shown.
    pub mapped: bool,
    /// `None` until it was asked.
    pub facts: Option<Facts>,
}

/// What happened to the windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A window came onto the desktop; it lies above all others.
    Came(u32, Area),
    /// It is no more, or lies inside of another window now.
    Left(u32),
    /// It is shown from now on, or no longer.
    Mapped(u32, bool),
    /// It has a new place and lies just above another window, or below all others.
    Moved(u32, Area, Option<u32>),
    /// It was put above or below all others.
    Circulated(u32, bool),
    /// Nothing is known of it any more: it must be asked again.
    Changed(u32),
}

impl Happening {
    /// To which window.
    pub fn to(&self) -> u32 {
        match self {
            Happening::Came(id, _)
            | Happening::Left(id)
            | Happening::Mapped(id, _)
            | Happening::Moved(id, _, _)
            | Happening::Circulated(id, _)
            | Happening::Changed(id) => *id,
        }
    }
}

/// All windows directly on the desktop, the lowest first.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    tops: Vec<Top>,
}

impl Stack {
    /// A desktop with these windows, the lowest first.
    pub fn new(tops: Vec<Top>) -> Stack {
        Stack { tops }
    }

    /// Follows one event. Events about windows that are not here are ignored.
    pub fn follow(&mut self, happening: Happening) {
        match happening {
            Happening::Came(id, area) => {
                if self.find(id).is_none() {
                    self.tops.push(Top { id, area, mapped: false, facts: None });
                }
            }
            Happening::Left(id) => self.tops.retain(|top| top.id != id),
            Happening::Mapped(id, mapped) => {
                if let Some(at) = self.find(id) {
                    self.tops[at].mapped = mapped;
                }
            }
            Happening::Moved(id, area, above) => {
                if let Some(at) = self.find(id) {
                    let mut top = self.tops.remove(at);
                    top.area = area;
                    // A sibling that is not here lies inside of some window since; then the order stays.
                    let to = match above {
                        None => 0,
                        Some(sibling) => self.find(sibling).map_or(at, |sibling| sibling + 1),
                    };
                    self.tops.insert(to, top);
                }
            }
            Happening::Circulated(id, to_top) => {
                if let Some(at) = self.find(id) {
                    let top = self.tops.remove(at);
                    self.tops.insert(if to_top { self.tops.len() } else { 0 }, top);
                }
            }
            Happening::Changed(id) => {
                if let Some(at) = self.find(id) {
                    self.tops[at].facts = None;
                }
            }
        }
    }

    /// Notes the answer of a window.
    pub fn learn(&mut self, id: u32, facts: Facts) {
        if let Some(at) = self.find(id) {
            self.tops[at].facts = Some(facts);
        }
    }

    /// Notes where a window lies whose coming did not tell it.
    pub fn place(&mut self, id: u32, area: Area) {
        if let Some(at) = self.find(id).filter(|at| self.tops[*at].area.is_empty()) {
            self.tops[at].area = area;
        }
    }

    /// The uppermost window that is shown.
    pub fn uppermost(&self) -> Option<u32> {
        self.tops.iter().rev().find(|top| top.mapped).map(|top| top.id)
    }

    /// Whether a window is shown.
    pub fn is_shown(&self, id: u32) -> bool {
        self.find(id).is_some_and(|at| self.tops[at].mapped)
    }

    /// Shown windows that must be asked.
    pub fn unknown(&self) -> Vec<u32> {
        self.tops.iter().filter(|top| top.mapped && top.facts.is_none()).map(|top| top.id).collect()
    }

    /// Shown windows that may be seen as far as is known, and where they lie.
    pub fn plain(&self) -> impl Iterator<Item = (u32, Area)> {
        let is_plain = |top: &&Top| top.facts.is_some_and(|facts| facts.shows && !facts.denied);
        self.tops.iter().filter(|top| top.mapped).filter(is_plain).map(|top| (top.id, top.area))
    }

    /// Windows that are known to be secret, whether they are shown or not.
    pub fn secret(&self) -> Vec<u32> {
        let is_secret = |top: &&Top| top.facts.is_some_and(|facts| facts.denied);
        self.tops.iter().filter(is_secret).map(|top| top.id).collect()
    }

    /// The visible parts of all windows that must not be seen.
    pub fn denied(&self) -> Vec<Area> {
        let mut areas = Vec::new();
        for (at, top) in self.tops.iter().enumerate() {
            if top.mapped && top.facts.is_none_or(|facts| facts.denied && facts.shows) {
                areas.extend(self.visible(at));
            }
        }
        areas
    }

    /// The parts of `area` that are hidden by windows above `id` which are not `friends`. When `id` itself is not
    /// shown, all of it.
    pub fn above(&self, id: u32, area: Area, friends: impl Fn(u32) -> bool) -> Vec<Area> {
        let Some(at) = self.find(id).filter(|at| self.tops[*at].mapped) else { return vec![area] };
        self.tops[at + 1..]
            .iter()
            .filter(|top| top.mapped && top.facts.is_none_or(|facts| facts.shows) && !friends(top.id))
            .filter_map(|top| top.area.intersection(&area))
            .collect()
    }

    /// What is left of a window when all opaque windows above it are taken away.
    fn visible(&self, at: usize) -> Vec<Area> {
        let mut parts = vec![self.tops[at].area];
        for over in &self.tops[at + 1..] {
            if over.mapped && over.facts.is_some_and(|facts| facts.opaque && facts.shows && !facts.denied) {
                parts = parts.iter().flat_map(|part| part.without(&over.area)).collect();
            }
        }
        parts
    }

    fn find(&self, id: u32) -> Option<usize> {
        self.tops.iter().position(|top| top.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Facts = Facts { shows: true, opaque: true, denied: false };
    const SECRET: Facts = Facts { shows: true, opaque: true, denied: true };

    fn desk(windows: &[(u32, Area, Facts)]) -> Stack {
        let top = |(id, area, facts): &(u32, Area, Facts)| Top {
            id: *id,
            area: *area,
            mapped: true,
            facts: Some(*facts),
        };
        Stack::new(windows.iter().map(top).collect())
    }

    #[test]
    fn only_the_visible_part_of_a_secret_is_covered() {
        let secret = Area::new(0, 0, 100, 100);
        let mut stack = desk(&[(1, secret, SECRET), (2, Area::new(0, 0, 100, 40), PLAIN)]);
        assert_eq!(stack.denied(), [Area::new(0, 40, 100, 60)]);
        stack.learn(2, Facts { opaque: false, ..PLAIN });
        assert_eq!(stack.denied(), [secret], "one can look through the window above");
        stack.follow(Happening::Circulated(1, true));
        assert_eq!(stack.denied(), [secret]);
        stack.follow(Happening::Mapped(1, false));
        assert!(stack.denied().is_empty());
    }

    #[test]
    fn a_window_that_was_not_asked_yet_counts_as_secret() {
        let mut stack = desk(&[]);
        let area = Area::new(5, 5, 10, 10);
        stack.follow(Happening::Came(7, area));
        assert!(stack.denied().is_empty() && stack.unknown().is_empty(), "not shown yet");
        stack.follow(Happening::Mapped(7, true));
        assert_eq!((stack.denied(), stack.unknown()), (vec![area], vec![7]));
        stack.learn(7, PLAIN);
        assert!(stack.denied().is_empty() && stack.unknown().is_empty());
        stack.follow(Happening::Left(7));
        assert!(stack.find(7).is_none());
    }

    #[test]
    fn order_follows_restacking() {
        let area = Area::new(0, 0, 10, 10);
        let mut stack = desk(&[(1, area, SECRET), (2, area, PLAIN), (3, area, PLAIN)]);
        assert!(stack.denied().is_empty());
        stack.follow(Happening::Moved(1, area, Some(2)));
        assert!(stack.denied().is_empty(), "3 still lies above");
        stack.follow(Happening::Moved(1, area, Some(3)));
        assert_eq!(stack.denied(), [area]);
        stack.follow(Happening::Moved(1, area, None));
        assert!(stack.denied().is_empty());
    }

    #[test]
    fn what_lies_above_a_recorded_window_is_hidden_unless_it_belongs_to_it() {
        let window = Area::new(0, 0, 100, 100);
        let stack = desk(&[
            (1, window, PLAIN),
            (2, Area::new(50, 50, 100, 100), PLAIN),
            (3, Area::new(0, 0, 10, 10), PLAIN),
            (4, window, Facts { shows: false, ..PLAIN }),
        ]);
        assert_eq!(stack.above(1, window, |id| id == 3), [Area::new(50, 50, 50, 50)]);
        assert_eq!(stack.above(9, window, |_| false), [window], "a closed window shows nothing");
    }
}
