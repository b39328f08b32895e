//! Where windows were a moment ago, for when it turns out that they are secret.
//!
//! A browser paints a page and names it in its title afterwards, so a picture may hold what no rule of the deny-list knows
//! yet. Pictures wait for [`HINDSIGHT`]; when a window becomes secret meanwhile, it is covered in those that wait, at
//! every place that it had since. What was painted longer before the title than that is in the clip.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use deskside_frame::Rect;

use crate::Area;
use crate::place::Place;
use crate::stack::Stack;

/// How long pictures wait.
pub const HINDSIGHT: Duration = Duration::from_millis(300);

/// The last places of windows that were shown.
#[derive(Debug, Default)]
pub struct Past {
    /// Until when a window was seen there.
    seen: HashMap<(u32, Area), Instant>,
    /// Places of windows that became secret.
    found: Vec<Area>,
    /// When the recorded target last got another place.
    moved: Option<Instant>,
}

impl Past {
    /// How far back it knows: a picture may wait a look longer than it has to.
    const REACHES: Duration = Duration::from_millis(600);

    /// Notes what is shown now, and what of that was shown before and is secret now.
    pub fn saw(&mut self, stack: &Stack, now: Instant) {
        for (id, area) in stack.plain() {
            self.seen.insert((id, area), now);
        }
        let secret = stack.secret();
        self.seen.retain(|(id, area), until| {
            let is_found = secret.contains(id);
            if is_found {
                self.found.push(*area);
            }
            !is_found && now.saturating_duration_since(*until) < Self::REACHES
        });
    }

    /// The recorded target has another place from now on.
    pub fn moved(&mut self, now: Instant) {
        self.moved = Some(now);
    }

    /// What of the picture must not have been seen lately, as turned out since the last call: where windows were that are
    /// secret by now. All of it, when the target was elsewhere meanwhile.
    pub fn regrets(&mut self, place: &Place, now: Instant) -> Vec<Rect> {
        let found = self.found();
        if !found.is_empty() && self.moved.is_some_and(|at| now.saturating_duration_since(at) < Self::REACHES)
        {
            return vec![Rect::whole(place.canvas.0, place.canvas.1)];
        }
        found.iter().filter_map(|area| place.on_canvas(area)).collect()
    }

    /// The places that were found since the last call.
    fn found(&mut self) -> Vec<Area> {
        std::mem::take(&mut self.found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::{Facts, Happening};

    const PLAIN: Facts = Facts { shows: true, opaque: true, denied: false };
    const SECRET: Facts = Facts { denied: true, ..PLAIN };

    #[test]
    fn a_window_that_becomes_secret_is_found_at_all_its_places_once() {
        let (first, then) = (Area::new(0, 0, 10, 10), Area::new(50, 0, 10, 10));
        let mut stack = Stack::new(Vec::new());
        stack.follow(Happening::Came(7, first));
        stack.follow(Happening::Mapped(7, true));
        let mut past = Past::default();
        let now = Instant::now();
        past.saw(&stack, now);
        stack.learn(7, PLAIN);
        past.saw(&stack, now);
        assert!(past.found().is_empty(), "it is covered as long as it is not known");
        stack.follow(Happening::Moved(7, then, None));
        past.saw(&stack, now + HINDSIGHT);
        stack.follow(Happening::Changed(7));
        past.saw(&stack, now + HINDSIGHT);
        stack.learn(7, SECRET);
        past.saw(&stack, now + HINDSIGHT);
        let mut found = past.found();
        found.sort_by_key(|area| area.x);
        assert_eq!(found, [first, then]);
        past.saw(&stack, now + HINDSIGHT);
        assert!(past.found().is_empty(), "said once");
    }

    #[test]
    fn what_was_shown_long_ago_is_forgotten() {
        let area = Area::new(0, 0, 10, 10);
        let mut stack = Stack::new(Vec::new());
        stack.follow(Happening::Came(7, area));
        stack.follow(Happening::Mapped(7, true));
        stack.learn(7, PLAIN);
        let mut past = Past::default();
        let now = Instant::now();
        past.saw(&stack, now);
        stack.follow(Happening::Moved(7, Area::new(20, 0, 10, 10), None));
        past.saw(&stack, now + Past::REACHES);
        stack.learn(7, SECRET);
        past.saw(&stack, now + Past::REACHES);
        assert_eq!(past.found(), [Area::new(20, 0, 10, 10)]);
    }
}
