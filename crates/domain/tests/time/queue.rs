//! The order of a desk's queue, and the place of a request in it.

use deskside_domain::{
    Time,
    id::RequestId,
    queue::{self, Staff, Waiting, has_room},
    request::Urgency::{self, Live, Today, Whenever},
    time::MINUTE,
};
use uuid::Uuid;

use super::chance::Chance;

fn waiting(number: u128, urgency: Urgency, asked: i64) -> Waiting {
    let request = RequestId(Uuid::from_u128(number));
    Waiting { request, critical: false, urgency, asked_at: Time(asked * MINUTE), near_at: None }
}

fn order(queue: &[Waiting], now: i64) -> Vec<u128> {
    let mut queue = queue.to_vec();
    queue::sort(&mut queue, Time(now * MINUTE));
    queue.iter().map(|waiting| waiting.request.0.as_u128()).collect()
}

#[test]
fn customers_who_wait_then_what_is_near_its_standard_then_age() {
    let near = |at: i64, waiting| Waiting { near_at: Some(Time(at * MINUTE)), ..waiting };
    let queue = [
        waiting(1, Today, 10),
        near(60, waiting(2, Whenever, 20)),
        waiting(3, Live, 30),
        waiting(4, Live, 25),
        Waiting { critical: true, ..waiting(5, Today, 40) },
        near(90, waiting(6, Today, 15)),
    ];
    assert_eq!(order(&queue, 59), [5, 4, 3, 1, 6, 2]);
    assert_eq!(order(&queue, 60), [5, 4, 3, 2, 1, 6], "near from its very moment");
    assert_eq!(order(&queue, 90), [5, 4, 3, 6, 2, 1], "among those that are near: age");
    let change = |now: i64| queue::next_change(&queue, Time(now * MINUTE)).map(|at| at.0 / MINUTE);
    assert_eq!((change(0), change(60), change(90)), (Some(60), Some(90), None));
}

#[test]
fn the_place_counts_those_that_are_served_before() {
    let mut queue = vec![waiting(1, Today, 1), waiting(2, Today, 2), waiting(3, Today, 3)];
    let mine = waiting(9, Today, 10);
    assert_eq!(queue::ahead(&queue, &mine, Time(10 * MINUTE)), 3, "4th, while it is only being written");
    queue.push(mine);
    queue.push(waiting(10, Whenever, 11));
    assert_eq!(queue::ahead(&queue, &mine, Time(11 * MINUTE)), 3, "who asks later is behind");
    queue.push(waiting(11, Live, 12));
    assert_eq!(queue::ahead(&queue, &mine, Time(12 * MINUTE)), 4, "a customer who waits overtakes: 5th");
    assert_eq!(queue::ahead(&queue, &queue[5], Time(12 * MINUTE)), 0);
}

#[test]
fn room_is_said_of_a_desk_and_of_nobody() {
    assert!(has_room(99, None));
    assert!(has_room(2, Some(3)) && !has_room(3, Some(3)) && !has_room(0, Some(0)));
    assert_eq!(Staff::of([0, 2, 3, 5], Some(3)), Staff { on_duty: 4, with_room: 2 });
    assert_eq!(Staff::of([], Some(3)), Staff::default());
}

/// The slow model: to serve is to take the first in the order, again and again; a place is how often that was
/// somebody else.
#[test]
fn random_queues_are_served_in_their_places() {
    for seed in 0..400 {
        let mut chance = Chance::of(seed);
        let now = Time(chance.below(100) * MINUTE);
        let queue: Vec<Waiting> = (0..chance.between(1, 30))
            .map(|number| Waiting {
                critical: chance.percent(10),
                near_at: chance.percent(50).then(|| Time(chance.below(100) * MINUTE)),
                ..waiting(number as u128, *chance.one_of(&[Live, Today, Whenever]), chance.below(20))
            })
            .collect();
        let better = |one: &Waiting, other: &Waiting| {
            let near = |waiting: &Waiting| waiting.near_at.is_some_and(|near| near <= now);
            if one.critical != other.critical {
                return one.critical;
            }
            if (one.urgency == Live) != (other.urgency == Live) {
                return one.urgency == Live;
            }
            if near(one) != near(other) {
                return near(one);
            }
            (one.asked_at, one.request) < (other.asked_at, other.request)
        };
        let mut left = queue.clone();
        let mut served = 0;
        while let Some(first) =
            left.iter().position(|one| left.iter().all(|other| one == other || better(one, other)))
        {
            let first = left.swap_remove(first);
            assert_eq!(queue::ahead(&queue, &first, now), served, "seed {seed}");
            served += 1;
        }
        assert_eq!(served, queue.len(), "seed {seed}: somebody is always first");
        let mut sorted = queue.clone();
        queue::sort(&mut sorted, now);
        assert!(sorted.windows(2).all(|pair| better(&pair[0], &pair[1])), "seed {seed}");
    }
}
