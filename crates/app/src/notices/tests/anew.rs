//! Looking only at what changed tells the same as looking at everything.

use super::*;

/// A small generator whose seed replays a failure.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % below as u64).expect("below a usize")
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.next(of.len())].clone()
    }
}

fn changed_request(dice: &mut Dice, row: &Request, people: &[PersonId]) -> Request {
    let someone = dice.one(people);
    let state = dice.one(&[
        RequestState::Open,
        RequestState::Open,
        RequestState::Accepted,
        RequestState::WaitingAsker,
        RequestState::Answered,
        RequestState::Solved,
    ]);
    let alarms = [None, alarm(&[someone], &[]), alarm(&[], &[someone]), alarm(people, people)];
    let mut alarm = dice.one(&alarms);
    if let Some(alarm) = alarm.as_mut().filter(|_| dice.next(4) == 0) {
        alarm.step = AlarmStep::Closed;
    }
    let critical = Critical { by: someone, reason: String::new(), at: Millis(0), review: None };
    let reminders =
        [vec![], vec![Reminder { person: someone, of: dice.one(&[Owed::Callback, Owed::Update]) }]];
    Request {
        owner: if state == RequestState::Open { None } else { Some(dice.one(people)) },
        urgency: dice.one(&[Urgency::Live, Urgency::Today, Urgency::Whenever]),
        private_with: dice.one(&[None, None, Some(vec![someone])]),
        clip_wanted_by: dice.one(&[None, Some(someone)]),
        care: Care {
            alarm,
            critical: dice.one(&[None, None, Some(critical)]),
            reminders: dice.one(&reminders),
            unblocked_at: dice.one(&[None, Some(Millis(1)), Some(Millis(2))]),
            joined: dice.one(&[vec![], vec![someone]]),
            ..Care::default()
        },
        state,
        ..row.clone()
    }
}

#[test]
fn over_random_days_it_tells_what_a_look_at_everything_tells() {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(rand_seed);
    let mut dice = Dice(seed);
    let mut told_of = 0;
    for round in 0..40 {
        let people: Vec<_> = (0..4).map(|_| PersonId::fresh()).collect();
        let me = people[0];
        let desks = [desk(people[1], Helpers::Everyone), desk(people[2], these(&people[..2]))];
        let mut rows: Vec<_> =
            (0..6).map(|_| request(dice.one(&desks).id, dice.one(&people), Urgency::Today)).collect();
        let all: Vec<_> = people
            .iter()
            .map(|id| Entity::Person(person(*id, false)))
            .chain(desks.iter().cloned().map(Entity::Desk))
            .chain(rows.iter().cloned().map(Entity::Request))
            .collect();
        let (mut quick, mut slow) = (Watch::default(), Watch::default());
        assert_eq!(quick.begin(me, &all), slow.begin(me, &all));
        for step in 0..120 {
            let at = format!("seed {seed} round {round} step {step}");
            if dice.next(12) == 0 {
                let here = [Here { person: dice.one(&people), connected: dice.next(2) == 0, idle: false }];
                assert_eq!(quick.present(&here), slow.present(&here), "{at}");
                continue;
            }
            let changes: Vec<_> = (0..=dice.next(3))
                .map(|_| match dice.next(14) {
                    0 => {
                        let status = dice.one(&[Status::Available, Status::OnCall, Status::Off]);
                        let quiet = dice.next(3) == 0;
                        Change::Put(Entity::Person(Person { status, ..person(dice.one(&people), quiet) }))
                    }
                    1 => {
                        let helpers = dice.one(&[Helpers::Everyone, these(&people[2..])]);
                        Change::Put(Entity::Desk(Desk { helpers, ..dice.one(&desks) }))
                    }
                    2 => Change::Gone(EntityRef::Request(dice.one(&rows).id)),
                    _ => {
                        let which = dice.next(rows.len());
                        rows[which] = changed_request(&mut dice, &rows[which], &people);
                        Change::Put(Entity::Request(rows[which].clone()))
                    }
                })
                .collect();
            let told = quick.changed(&changes);
            assert_eq!(told, slow.look(&changes, Anew::All), "{at}: {changes:?}");
            told_of += told.len();
        }
    }
    assert!(told_of > 500, "so little was told that nothing was compared: {told_of}");
}

fn rand_seed() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(1, |since| u64::from(since.subsec_nanos()))
}
