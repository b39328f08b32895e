//! The two clocks: the arithmetic of the scenarios, and each rule of rules.md 3.4 by itself.

use deskside_domain::{
    Time,
    calendar::{Calendar, Hours},
    clock::{
        Clocks, Counted, Missed, Promise, Reading, Standard, Standing, Step, Turn, Waited, next_update_by,
    },
    id::DeskId,
    request::Urgency,
    time::{HOUR, MINUTE},
};
use uuid::Uuid;

use super::{calendar::phones, history::difference, wall::instant};

fn desk(number: u128) -> DeskId {
    DeskId(Uuid::from_u128(number))
}

fn office() -> Calendar {
    Calendar::new(&[phones()]).expect("hours")
}

fn today() -> Standard {
    Standard { respond_ms: Some(30 * MINUTE), solve_ms: Some(4 * HOUR), reply_ms: Some(HOUR) }
}

/// A request of the first week of June at *Phones help*, written as `"05 16:45"`: day and time in Berlin.
struct Story {
    calendar: Calendar,
    clocks: Clocks,
}

fn at(when: &str) -> Time {
    let (day, time) = when.split_once(' ').expect("day and time");
    instant(&format!("2026-06-{day}T{time}+02"))
}

impl Story {
    fn asked(when: &str) -> Self {
        Self { calendar: office(), clocks: Clocks::start(at(when), desk(1), today()) }
    }

    fn step(&mut self, when: &str, step: Step) -> &mut Self {
        self.clocks.step(at(when), step, &self.calendar);
        self
    }

    fn answers(&mut self, when: &str) -> &mut Self {
        self.step(when, Step::HelperSpoke).step(when, Step::Turn(Turn::Confirming))
    }

    fn read(&self, when: &str) -> Reading {
        self.clocks.read(at(when), &self.calendar)
    }

    #[track_caller]
    fn due(&self, when: &str, promise: Promise, expected: &str) {
        let reading = self.read(when);
        let standing = match promise {
            Promise::Response => reading.response,
            Promise::Solution => reading.solution,
            Promise::Reply => reading.reply.expect("a reply is awaited"),
        };
        match standing {
            Standing::Running { due_at, .. } => assert_eq!(due_at, Some(at(expected))),
            Standing::Late { due_at } => assert_eq!(due_at, at(expected)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn clock_arithmetic() {
    let mut story = Story::asked("05 16:45");
    story.due("05 16:50", Promise::Response, "08 08:15");
    story.step("08 08:10", Step::HelperSpoke);
    let reading = story.read("08 08:10");
    assert_eq!((reading.desk_ms, reading.response), (25 * MINUTE, Standing::Kept));
    assert_eq!(reading.customer_ms, 63 * HOUR + 25 * MINUTE);
    story.step("08 11:30", Step::Turn(Turn::Asker));
    assert_eq!(story.read("08 12:30").solution, Standing::Paused { left_ms: Some(15 * MINUTE) });
    assert!(!story.read("08 11:45").ticks);
    story.step("08 13:30", Step::AskerSpoke).step("08 13:30", Step::Turn(Turn::Desk));
    story.due("08 13:30", Promise::Solution, "08 13:45");
    story.step("08 13:40", Step::Solved { silently: false });
    let reading = story.read("09 10:00");
    assert_eq!(reading.desk_ms, 3 * HOUR + 55 * MINUTE);
    assert_eq!(reading.customer_ms, 68 * HOUR + 55 * MINUTE);
    assert_eq!((reading.solution, reading.ticks), (Standing::Kept, false));
}

#[test]
fn another_policy_carries_what_was_used_and_what_was_paused() {
    let mut story = Story::asked("05 16:45");
    story.step("08 08:10", Step::HelperSpoke);
    story.step("08 11:00", Step::Standard(Standard { solve_ms: Some(5 * HOUR), ..today() }));
    assert_eq!(story.clocks.solution.used_ms, 3 * HOUR + 15 * MINUTE);
    story.due("08 11:00", Promise::Solution, "08 13:45");
    story.step("08 11:30", Step::Turn(Turn::Asker)).step("08 13:30", Step::Turn(Turn::Desk));
    story.due("08 13:30", Promise::Solution, "08 14:45");
}

#[test]
fn the_night_the_clocks_are_changed() {
    let calendar = Calendar::always("Europe/Berlin").expect("a zone");
    let clocks = Clocks::start(instant("2026-03-28T23:00+01"), desk(1), today());
    let due = clocks.read(instant("2026-03-28T23:00+01"), &calendar).solution;
    assert_eq!(due, Standing::Running { due_at: Some(instant("2026-03-29T04:00+02")), near: false });
}

#[test]
fn nothing_pauses_the_first_response() {
    let mut story = Story::asked("08 09:00");
    // A clip was asked for without a word.
    story.step("08 09:05", Step::Turn(Turn::Asker));
    story.due("08 09:20", Promise::Response, "08 09:30");
    assert!(matches!(story.read("08 09:31").response, Standing::Late { .. }));
    story.step("08 09:40", Step::HelperSpoke);
    assert_eq!(story.read("08 09:40").response, Standing::KeptLate);
    assert_eq!(story.clocks.missed, [Missed { promise: Promise::Response, due_at: at("08 09:30") }]);
}

#[test]
fn waiting_for_a_third_party_pauses_nothing_and_a_second_pause_does_not_count_twice() {
    let mut story = Story::asked("08 09:00");
    story.step("08 09:10", Step::HelperSpoke).step("08 09:10", Step::Turn(Turn::Other));
    assert_eq!(story.read("08 10:10").desk_ms, 70 * MINUTE);
    story.step("08 10:00", Step::Turn(Turn::Asker)).step("08 10:30", Step::Turn(Turn::Asker));
    story.step("08 11:00", Step::Turn(Turn::Desk));
    assert_eq!(story.read("08 11:30").desk_ms, 90 * MINUTE);
    story.due("08 11:30", Promise::Solution, "08 15:00");
}

#[test]
fn the_reply_clock_runs_only_after_a_first_response_and_when_the_asker_spoke_last() {
    let mut story = Story::asked("08 09:00");
    story.step("08 09:05", Step::AskerSpoke);
    assert_eq!(story.read("08 09:06").reply, None, "the first response is awaited");
    story.step("08 09:10", Step::HelperSpoke);
    assert_eq!(story.read("08 09:11").reply, None);
    story.step("08 09:20", Step::AskerSpoke).step("08 09:50", Step::AskerSpoke);
    story.due("08 09:50", Promise::Reply, "08 10:20");
    story.step("08 10:00", Step::HelperSpoke);
    assert_eq!(story.read("08 10:01").reply, None);
    story.step("08 11:30", Step::AskerSpoke);
    story.due("08 11:31", Promise::Reply, "08 13:30");
    story.step("08 14:00", Step::HelperSpoke);
    assert_eq!(story.clocks.missed, [Missed { promise: Promise::Reply, due_at: at("08 13:30") }]);
}

#[test]
fn what_was_taken_for_solved_counts_once_it_is_open_again() {
    let mut story = Story::asked("08 09:00");
    story.answers("08 09:30").step("08 10:30", Step::Solved { silently: false });
    assert_eq!(story.read("08 16:00").desk_ms, 90 * MINUTE);
    assert_eq!(story.read("08 16:00").solution, Standing::Kept);
    story.step("09 08:30", Step::Reopened);
    let reading = story.read("09 08:30");
    assert_eq!(reading.desk_ms, 7 * HOUR + 30 * MINUTE);
    assert_eq!(
        reading.solution,
        Standing::Late { due_at: at("08 14:00") },
        "half of it was lost on a wrong answer"
    );
    assert_eq!(reading.customer_ms, 23 * HOUR + 30 * MINUTE, "since it was asked");
    assert_eq!(story.clocks.missed, [Missed { promise: Promise::Solution, due_at: at("08 14:00") }]);
}

#[test]
fn solved_in_the_askers_own_turn_and_reopened_is_no_pause() {
    let mut story = Story::asked("08 09:00");
    story.step("08 09:30", Step::HelperSpoke).step("08 09:30", Step::Turn(Turn::Asker));
    story.step("08 10:00", Step::Solved { silently: false }).step("08 11:00", Step::Reopened);
    assert_eq!(story.read("08 11:00").desk_ms, 90 * MINUTE, "all but the asker's half hour");
}

#[test]
fn an_answer_that_stands_keeps_the_promise() {
    let mut silent = Story::asked("08 09:00");
    silent.answers("08 10:00");
    assert_eq!(silent.clocks.next_miss(&silent.calendar), None, "nothing is missed while it stands");
    assert_eq!(silent.read("08 16:00").solution, Standing::Kept);
    silent.step("09 10:00", Step::Solved { silently: true });
    assert_eq!(silent.read("09 11:00").solution, Standing::Kept);
    assert_eq!(silent.read("09 11:00").desk_ms, HOUR, "it was over when the answer was given");

    let mut said = Story::asked("08 09:00");
    said.answers("08 09:10").answers("08 14:30").step("09 10:00", Step::Solved { silently: false });
    assert_eq!(said.read("09 10:00").solution, Standing::Kept);
    assert!(said.clocks.missed.is_empty());

    let mut wrong = Story::asked("08 09:00");
    wrong.answers("08 10:00").step("08 15:00", Step::Turn(Turn::Desk)).answers("08 15:30");
    assert_eq!(wrong.read("08 15:30").solution, Standing::KeptLate);
}

#[test]
fn a_hand_over_resets_nothing_and_says_who_was_waited_for() {
    let mut story = Story::asked("08 09:00");
    let always = Calendar::always("Europe/Berlin").expect("a zone");
    let standard = Standard { solve_ms: Some(8 * HOUR), ..today() };
    story.step("08 11:00", Step::HelperSpoke).step("08 12:30", Step::Moved { desk: desk(2), standard });
    assert_eq!(story.clocks.solution.used_ms, 3 * HOUR);
    assert_eq!(story.clocks.asked_at, at("08 09:00"));
    assert_eq!(story.clocks.missed.len(), 1, "the first response was late, whoever has it now");
    story.calendar = always;
    story.due("08 12:30", Promise::Solution, "08 17:30");
    story.step("08 13:00", Step::Turn(Turn::Asker)).step("08 14:00", Step::Turn(Turn::Desk));
    story.answers("08 15:00").step("08 18:00", Step::Solved { silently: false });
    let shares: Vec<_> =
        story.clocks.shares.iter().map(|share| (share.waited, share.wall_ms, share.open_ms)).collect();
    assert_eq!(
        shares,
        [
            (Waited::ForDesk(desk(1)), 3 * HOUR + 30 * MINUTE, 3 * HOUR),
            (Waited::ForDesk(desk(2)), HOUR + 30 * MINUTE, HOUR + 30 * MINUTE),
            (Waited::ForAsker, HOUR, HOUR),
            (Waited::ForConfirmation, 3 * HOUR, 3 * HOUR),
        ]
    );
    let wall: i64 = shares.iter().map(|(_, wall, _)| wall).sum();
    assert_eq!(wall, story.read("09 10:00").customer_ms);
}

#[test]
fn a_shorter_promise_is_due_now_at_the_earliest_and_a_longer_one_undoes_no_miss() {
    let mut story = Story::asked("08 09:00");
    let within = |respond_ms, solve_ms| {
        Step::Standard(Standard { respond_ms: Some(respond_ms), solve_ms: Some(solve_ms), reply_ms: None })
    };
    story.step("08 11:00", within(2 * MINUTE, HOUR));
    story.due("08 11:00", Promise::Solution, "08 11:00");
    story.step("08 11:10", within(8 * HOUR, 24 * HOUR));
    story.due("08 11:10", Promise::Response, "09 09:00");
    let missed: Vec<_> = story.clocks.missed.iter().map(|missed| missed.promise).collect();
    assert_eq!(missed, [Promise::Response, Promise::Solution]);
}

#[test]
fn what_is_missed_is_noticed_once_and_at_its_moment() {
    let mut story = Story::asked("08 09:00");
    let next =
        |story: &Story| story.clocks.next_miss(&story.calendar).map(|missed| (missed.due_at, missed.promise));
    assert_eq!(next(&story), Some((at("08 09:30"), Promise::Response)));
    story.step("08 09:30", Step::Turn(Turn::Desk));
    assert_eq!(next(&story), Some((at("08 09:30"), Promise::Response)), "its last moment is no miss");
    // The server slept, and notices when it wakes.
    story.step("08 10:00", Step::Turn(Turn::Desk));
    assert_eq!(story.clocks.missed, [Missed { promise: Promise::Response, due_at: at("08 09:30") }]);
    assert_eq!(next(&story), Some((at("08 14:00"), Promise::Solution)));
    story.step("08 10:30", Step::HelperSpoke).step("08 10:30", Step::Turn(Turn::Asker));
    assert_eq!(next(&story), None, "paused");
    story.step("08 11:00", Step::Turn(Turn::Desk));
    assert_eq!(next(&story), Some((at("08 14:30"), Promise::Solution)));
    story.step("08 11:05", Step::AskerSpoke);
    assert_eq!(next(&story), Some((at("08 13:05"), Promise::Reply)));
    story.step("08 14:45", Step::Standard(Standard { solve_ms: Some(10 * HOUR), ..today() }));
    assert_eq!(next(&story), Some((at("09 11:30"), Promise::Solution)), "another moment");
    assert_eq!(story.clocks.missed.len(), 3);
    story.step("08 16:56", Step::Withdrawn);
    assert_eq!(next(&story), None);
}

#[test]
fn a_row_of_before_goes_on_where_it_was_counted_to() {
    let counted = Counted {
        asked_at: at("08 09:00"),
        desk: desk(1),
        turn: Turn::Desk,
        to: at("08 11:00"),
        waited_ms: 40 * MINUTE,
        worked_ms: 2 * HOUR,
        respond_by: Some(at("08 09:30")),
        solve_by: Some(at("08 14:00")),
        responded_at: Some(at("08 09:40")),
        answered_at: None,
        over: None,
    };
    let mut story = Story { calendar: office(), clocks: counted.clocks(today()) };
    assert_eq!(story.clocks.missed, [Missed { promise: Promise::Response, due_at: at("08 09:30") }]);
    story.due("08 11:00", Promise::Solution, "08 14:00");
    story.step("08 11:30", Step::Turn(Turn::Asker)).step("08 13:30", Step::Turn(Turn::Desk));
    story.due("08 13:30", Promise::Solution, "08 15:00");
    story.step("08 13:40", Step::Solved { silently: false });
    assert_eq!(story.read("08 14:00").desk_ms, 2 * HOUR + 40 * MINUTE);
}

#[test]
fn a_step_from_the_past_is_taken_to_have_come_now() {
    let mut story = Story::asked("08 09:00");
    story.step("08 10:00", Step::Turn(Turn::Other)).step("07 10:00", Step::HelperSpoke);
    assert_eq!(story.clocks.responded_at, Some(at("08 10:00")));
}

#[test]
fn joined_requests_count_from_whoever_asked_first() {
    let mut story = Story::asked("08 10:00");
    let earlier = Clocks::start(at("08 09:00"), desk(1), today());
    story.clocks.join(&earlier, at("08 10:10"), &story.calendar.clone(), &story.calendar);
    assert_eq!(story.read("08 10:10").customer_ms, 70 * MINUTE);
    story.due("08 10:10", Promise::Solution, "08 14:00");
    assert!(matches!(story.read("08 10:10").response, Standing::Late { .. }));
    let later = Clocks::start(at("08 10:05"), desk(1), today());
    let before = story.clocks.clone();
    story.clocks.join(&later, at("08 10:10"), &story.calendar.clone(), &story.calendar);
    assert_eq!(story.clocks.solution, before.solution);
}

#[test]
fn the_next_word_is_promised_by_itself() {
    let calendar = office();
    let by = |urgency, when| next_update_by(urgency, at(when), &calendar);
    assert_eq!(by(Urgency::Live, "08 09:00"), at("08 09:10"));
    assert_eq!(by(Urgency::Today, "08 09:00"), at("08 17:00"));
    assert_eq!(by(Urgency::Today, "05 17:30"), at("08 17:00"));
    assert_eq!(by(Urgency::Whenever, "04 09:00"), at("08 09:00"));
}

#[test]
fn new_hours_of_the_desk_price_only_what_comes_after_them() {
    let mut story = Story::asked("08 09:00");
    story.step("08 11:00", Step::HelperSpoke);
    let always = Hours { in_force_from: at("08 12:00"), ..Hours::always("Europe/Berlin") };
    story.calendar = Calendar::new(&[phones(), always]).expect("two versions");
    assert_eq!(story.read("08 12:30").desk_ms, 3 * HOUR + 30 * MINUTE);
    story.due("08 12:30", Promise::Solution, "08 13:00");
}

#[test]
fn where_nothing_is_promised_the_clock_only_counts() {
    let mut story = Story::asked("08 09:00");
    story.step("08 09:00", Step::Standard(Standard { respond_ms: None, solve_ms: None, reply_ms: None }));
    assert_eq!(story.clocks.next_miss(&story.calendar), None);
    let reading = story.read("08 12:00");
    assert_eq!(reading.desk_ms, 3 * HOUR);
    assert_eq!(reading.solution, Standing::Running { due_at: None, near: false });
    story.step("08 13:30", Step::Turn(Turn::Asker));
    assert_eq!(story.read("08 14:00").solution, Standing::Paused { left_ms: None });
    story.step("08 14:00", Step::Turn(Turn::Desk)).step("08 14:00", Step::Standard(today()));
    story.due("08 14:00", Promise::Solution, "08 14:30");
}

/// Random lives of requests against the slow model; the bench `clocks` does a million. `CLOCKS_SEED=n` replays one.
#[test]
fn random_histories_are_counted_as_the_minutes_say() {
    let replay = std::env::var("CLOCKS_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds: Vec<u64> = replay.map_or_else(|| (0..2_000).collect(), |seed| vec![seed]);
    for seed in seeds {
        if let Some(difference) = difference(seed) {
            panic!("{difference}");
        }
    }
}
