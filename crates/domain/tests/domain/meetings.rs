//! What a calendar says of its owner, and what they say themselves.

use deskside_domain::{
    Key, Row, Time,
    calendar::Span,
    command::*,
    person::{CalendarFile, Person, Status, calendar_secret},
    time::{DAY, HOUR, MINUTE},
};

use crate::world::*;

fn ben(world: &World) -> &Person {
    world.state.person(BEN).expect("Ben")
}

fn names(world: &mut World, source: &str) {
    world.ok(BEN, SetCalendar { person: BEN, source: source.into() });
}

fn says(world: &mut World, meeting: Option<Span>, file: CalendarFile) {
    world.system(&System::CalendarSays { person: BEN, meeting, file }).expect("a calendar says what it says");
}

fn says_he_is(world: &mut World, status: Status) {
    world.ok(BEN, SetStatus { status, until: None });
}

/// A meeting that begins so long from now.
fn meeting(world: &World, begins: i64, length: i64) -> Span {
    let from = world.now.plus(begins);
    Span { from, to: from.plus(length) }
}

#[test]
fn who_says_something_in_a_meeting_is_believed_until_the_next_one() {
    let mut world = World::numbra();
    world.pass(HOUR);
    names(&mut world, "https://calendar.example/ben.ics");
    // He is away for days; that is what his calendar says, whenever it is read.
    let absence = meeting(&world, -MINUTE, 4 * DAY);
    says(&mut world, Some(absence), CalendarFile::Read);
    assert_eq!((ben(&world).busy_until, ben(&world).calendar), (Some(absence.to), CalendarFile::Read));
    says_he_is(&mut world, Status::Available);
    assert_eq!(ben(&world).busy_until, None);
    for file in [CalendarFile::Read, CalendarFile::Unreachable, CalendarFile::Read] {
        world.pass(15 * MINUTE);
        says(&mut world, Some(absence), file);
        assert_eq!((ben(&world).busy_until, ben(&world).calendar), (None, file), "he knows better");
    }
    // Another meeting is another matter.
    let next = meeting(&world, MINUTE, HOUR);
    world.pass(MINUTE);
    says(&mut world, Some(next), CalendarFile::Read);
    assert_eq!(ben(&world).busy_until, Some(next.to));
    // It is made longer, and goes on for whoever has said nothing.
    let longer = Span { to: next.to.plus(HOUR), ..next };
    says(&mut world, Some(longer), CalendarFile::Read);
    assert_eq!(ben(&world).busy_until, Some(longer.to));
    world.pass(2 * HOUR);
    assert_eq!(ben(&world).busy_until, None, "it is over although nobody read the calendar");
}

#[test]
fn who_names_a_calendar_in_a_meeting_is_in_it() {
    let mut world = World::numbra();
    world.pass(HOUR);
    let meeting = meeting(&world, -HOUR, 2 * HOUR);
    says_he_is(&mut world, Status::Available);
    names(&mut world, "https://calendar.example/ben.ics");
    says(&mut world, Some(meeting), CalendarFile::Read);
    assert_eq!(ben(&world).busy_until, Some(meeting.to));
}

#[test]
fn what_is_over_or_not_yet_is_no_meeting() {
    let mut world = World::numbra();
    names(&mut world, "https://calendar.example/ben.ics");
    world.pass(HOUR);
    for (begins, length) in [(-HOUR, HOUR), (MINUTE, HOUR)] {
        let meeting = meeting(&world, begins, length);
        says(&mut world, Some(meeting), CalendarFile::Read);
        assert_eq!(ben(&world).busy_until, None);
    }
}

#[test]
fn who_is_deactivated_leaves_no_calendar_behind() {
    let mut world = World::numbra();
    names(&mut world, "https://calendar.example/ben.ics?secret");
    world.pass(HOUR);
    let absence = meeting(&world, -MINUTE, DAY);
    says(&mut world, Some(absence), CalendarFile::Read);
    world.ok(ADA, Deactivate { person: BEN });
    let secret = match world.state.get(&Key::Secret(calendar_secret(BEN))) {
        Some(Row::Secret(secret)) => secret.value.as_str(),
        other => panic!("no secret: {other:?}"),
    };
    assert_eq!(secret, "", "its address opens the calendar");
    let meeting = world.due.get(&(Key::Person(BEN), "meeting")).map(|(at, _): &(Time, System)| *at);
    assert_eq!((meeting, ben(&world).busy_until), (None, None));
}
