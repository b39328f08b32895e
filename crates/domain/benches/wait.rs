//! Whether the wait that is shown is honest: the share of people who are answered inside its upper end, over
//! simulated weeks at desks of one to twenty helpers. 75 to 90 of a hundred, at each size, is what is promised
//! (rules.md 4.4). Besides, the same for the plain formula, and for ranges that are shown again to those who wait.

use deskside_domain::wait::Wait;

#[allow(dead_code, reason = "shared with the tests")]
#[path = "../tests/time/chance.rs"]
mod chance;
#[path = "../tests/time/floor.rs"]
mod floor;

use floor::{Estimator, Learned, Load, Outcome, Plain, inside, week};

/// Weeks at each size.
const WEEKS: u64 = 20;

fn main() {
    let mut failed = false;
    let sizes = (1..=20).map(|size| (Load::Usual, size));
    let others = [Load::Quiet, Load::Rushed]
        .into_iter()
        .flat_map(|load| [1, 2, 3, 5, 10, 20].map(|size| (load, size)));
    for (load, size) in sizes.chain(others) {
        let weeks = weeks::<Learned>(load, size);
        let plain = weeks_inside(&self::weeks::<Plain>(load, size));
        let learned = weeks_inside(&weeks);
        let all: Vec<Outcome> = weeks.into_iter().flatten().collect();
        let (shown, share) = inside(&all, false);
        let (again, share_again) = inside(&all, true);
        failed |= !(75.0..=90.0).contains(&share);
        println!(
            "{{\"bench\":\"wait\",\"load\":\"{load:?}\",\"helpers\":{size},\"weeks\":{WEEKS},\"asked\":{},\"shown\":{shown},\
             \"inside_percent\":{share:.1},\"worst_weeks_percent\":[{:.1},{:.1}],\"shown_again\":{again},\
             \"inside_again_percent\":{share_again:.1},\"median_upper_s\":{},\"median_wait_s\":{},\
             \"plain_worst_weeks_percent\":[{:.1},{:.1}]}}",
            all.iter().filter(|outcome| !outcome.again).count(),
            learned.0,
            learned.1,
            median(all.iter().filter_map(upper)) / 1_000,
            median(all.iter().filter(|outcome| upper(outcome).is_some()).map(|outcome| outcome.waited_ms))
                / 1_000,
            plain.0,
            plain.1,
        );
    }
    assert!(!failed, "at some size the range shown is not honest");
}

fn weeks<E: Estimator + Default>(load: Load, size: usize) -> Vec<Vec<Outcome>> {
    (0..WEEKS).map(|seed| week(seed, size, load, &mut E::default())).collect()
}

/// The least and the greatest share of a week.
fn weeks_inside(weeks: &[Vec<Outcome>]) -> (f64, f64) {
    let shares = weeks.iter().map(|week| inside(week, false).1);
    shares.fold((100.0, 0.0), |(least, most), share| (share.min(least), share.max(most)))
}

fn upper(outcome: &Outcome) -> Option<i64> {
    match outcome.shown {
        Wait::About { to_ms, .. } if !outcome.again => Some(to_ms),
        _ => None,
    }
}

fn median(values: impl Iterator<Item = i64>) -> i64 {
    let mut values: Vec<i64> = values.collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}
