//! The course of a recording: real moments to moments of the clip, without the pauses.

use std::time::{Duration, Instant};

use deskside_frame::Time;

/// When it began and when it stood still. Both tracks ask the same course, so a pause takes the same span from both.
#[derive(Clone, Debug, Default)]
pub struct Course {
    began: Option<Instant>,
    /// From and until; the last one may be open.
    pauses: Vec<(Instant, Option<Instant>)>,
}

impl Course {
    /// A course that has not begun.
    pub fn new() -> Course {
        Course::default()
    }

    /// The first picture was taken; what was heard before does not belong to the clip. A second call does nothing.
    pub fn begin(&mut self, at: Instant) {
        self.began.get_or_insert(at);
    }

    /// Whether there was a first picture.
    pub fn has_begun(&self) -> bool {
        self.began.is_some()
    }

    /// Stands still from `at` on.
    pub fn pause(&mut self, at: Instant) {
        if !self.is_paused() {
            self.pauses.push((at, None));
        }
    }

    /// Goes on at `at`.
    pub fn resume(&mut self, at: Instant) {
        if let Some((from, until @ None)) = self.pauses.last_mut() {
            *until = Some(at.max(*from));
        }
    }

    /// Whether it stands still.
    pub fn is_paused(&self) -> bool {
        self.pauses.last().is_some_and(|(_, until)| until.is_none())
    }

    /// The moment of the clip; `None` before the beginning and within a pause.
    pub fn at(&self, moment: Instant) -> Option<Time> {
        let within = |(from, until): &(Instant, Option<Instant>)| {
            moment >= *from && until.is_none_or(|until| moment < until)
        };
        if self.began.is_none_or(|began| moment < began) || self.pauses.iter().any(within) {
            return None;
        }
        Some(self.reached(moment))
    }

    /// How far the clip is at a real moment; within a pause, where it stood when the pause began.
    pub fn reached(&self, moment: Instant) -> Time {
        let Some(began) = self.began else { return Time::ZERO };
        let stood: Duration = self
            .pauses
            .iter()
            .map(|(from, until)| {
                let (from, until) = ((*from).max(began), until.unwrap_or(moment).min(moment));
                until.saturating_duration_since(from)
            })
            .sum();
        Time::from(moment.saturating_duration_since(began).saturating_sub(stood))
    }

    /// The parts of a stretch of `length` from `moment` on that belong to the clip: for each, where it lies in the
    /// stretch and in the clip. Nothing that was heard in a pause is in any of them.
    pub fn parts(&self, moment: Instant, length: Duration) -> Vec<(Duration, Duration, Time)> {
        let Some(began) = self.began else { return Vec::new() };
        let end = moment + length;
        let mut parts = Vec::new();
        let mut from = moment.max(began);
        for (pause, resume) in &self.pauses {
            let until = (*pause).min(end);
            if until > from {
                parts.push((from, until));
            }
            from = from.max(resume.unwrap_or(end));
        }
        if end > from {
            parts.push((from, end));
        }
        parts.into_iter().map(|(from, until)| (from - moment, until - moment, self.reached(from))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn pauses_are_cut_out_of_the_clip() {
        let zero = Instant::now();
        let mut course = Course::new();
        assert_eq!((course.at(zero), course.reached(zero + millis(9))), (None, Time::ZERO));
        course.begin(zero + millis(100));
        course.begin(zero + millis(900));
        assert_eq!(course.at(zero + millis(50)), None, "before the first picture");
        course.pause(zero + millis(300));
        course.pause(zero + millis(350));
        assert_eq!(course.at(zero + millis(400)), None, "paused");
        assert_eq!(course.reached(zero + millis(400)), Time::from_millis(200));
        course.resume(zero + millis(1_300));
        course.resume(zero + millis(9_000));
        assert_eq!(course.at(zero + millis(250)), Some(Time::from_millis(150)), "late news of early moments");
        assert_eq!(course.at(zero + millis(1_300)), Some(Time::from_millis(200)));
        assert_eq!(course.reached(zero + millis(1_500)), Time::from_millis(400));
    }

    #[test]
    fn sound_that_was_heard_in_a_pause_is_in_no_part() {
        let zero = Instant::now();
        let mut course = Course::new();
        course.begin(zero);
        course.pause(zero + millis(110));
        course.resume(zero + millis(130));
        course.pause(zero + millis(150));
        let parts = course.parts(zero + millis(100), millis(60));
        assert_eq!(
            parts,
            [
                (millis(0), millis(10), Time::from_millis(100)),
                (millis(30), millis(50), Time::from_millis(110)),
            ]
        );
        assert!(course.parts(zero + millis(200), millis(20)).is_empty());
        course.resume(zero + millis(210));
        assert_eq!(
            course.parts(zero + millis(200), millis(20)),
            [(millis(10), millis(20), Time::from_millis(130))]
        );
    }

    #[test]
    fn what_was_heard_before_the_first_picture_is_cut_off() {
        let zero = Instant::now();
        let mut course = Course::new();
        course.begin(zero + millis(5));
        assert_eq!(course.parts(zero, millis(20)), [(millis(5), millis(20), Time::ZERO)]);
    }
}
