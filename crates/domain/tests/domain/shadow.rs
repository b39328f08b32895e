//! The clocks of every request once more, folded by `clock` from what happened. That module is compared with a slow
//! model of its own; here what stands on the rows is compared with it, after every step of every random day.

use std::collections::BTreeMap;

use deskside_domain::{
    State, Time,
    calendar::Calendar,
    clock::{Clocks, Counter, Standard, Step, Turn},
    decide::Decision,
    desk::Desk,
    id::{DeskId, RequestId},
    request::{Request, RequestState, Urgency},
    row::Row,
    time::MINUTE,
};

/// What the fold says of every request that was asked here.
#[derive(Default)]
pub struct Shadows {
    clocks: BTreeMap<RequestId, Clocks>,
}

impl Shadows {
    /// `decision` was made on `before` at `now`.
    pub fn follow(&mut self, before: &State, decision: &Decision, now: Time) {
        for row in &decision.rows {
            let Row::Request(after) = row else { continue };
            let desk_after = desk(before, decision, after.desk);
            match before.request(after.id) {
                Err(_) => {
                    let clocks =
                        Clocks::start(after.asked_at, after.desk, standard(desk_after, after.urgency));
                    self.clocks.insert(after.id, clocks);
                }
                // Two that become one count by another rule, which is tested where it is.
                // Words after the end respond to nothing that counts.
                Ok(known) if !known.is_open() && known.first_response_at != after.first_response_at => {
                    self.clocks.remove(&after.id);
                }
                Ok(_) if after.state == RequestState::Merged || is_merged_into(decision, after.id) => {
                    self.clocks.remove(&after.id);
                }
                Ok(known) => {
                    if let Some(clocks) = self.clocks.get_mut(&after.id) {
                        let desk_before = before.desk(known.desk).expect("it was there");
                        let calendar = calendar(before, desk_before);
                        let standards =
                            (standard(desk_before, known.urgency), standard(desk_after, after.urgency));
                        for step in steps(known, after, standards) {
                            clocks.step(now, step, &calendar);
                        }
                        if clocks.over.is_none() {
                            // Nothing happened to its clocks, but they were counted.
                            clocks.step(now, Step::Turn(clocks.turn), &calendar);
                        }
                    }
                }
            }
            if let Some(clocks) = self.clocks.get(&after.id) {
                agree(clocks, after, &calendar_after(before, decision, desk_after), now);
            }
        }
    }
}

fn is_merged_into(decision: &Decision, id: RequestId) -> bool {
    decision.rows.iter().any(|row| matches!(row, Row::Request(row) if row.care.merged_into == Some(id)))
}

fn agree(clocks: &Clocks, row: &Request, calendar: &Calendar, now: Time) {
    if !row.is_open() {
        return;
    }
    assert_eq!(row.care.worked, clocks.solution.used_ms, "the desk's clock of {row:?}\n{clocks:?}");
    assert_eq!(row.care.waited, clocks.response.used_ms, "until the first response of {row:?}\n{clocks:?}");
    let due = |counter: &Counter| {
        counter.target_ms?;
        Some(counter.due_at(now, calendar).expect("desks here are open every week"))
    };
    if row.first_response_at.is_none() {
        assert_eq!(
            row.care.first_response_by,
            due(&clocks.response),
            "the first response of {row:?}\n{clocks:?}"
        );
    }
    let runs = row.state != RequestState::WaitingAsker || clocks.solution.due.is_some();
    let solve_by = due(&clocks.solution).filter(|_| runs);
    assert_eq!(row.care.solve_by, solve_by, "the solution of {row:?}\n{clocks:?}");
}

/// The desk's calendar after the decision.
fn calendar_after(before: &State, decision: &Decision, desk: &Desk) -> Calendar {
    let changed = decision.rows.iter().find_map(|row| if let Row::Org(org) = row { Some(org) } else { None });
    desk.calendar(changed.unwrap_or_else(|| before.org().expect("it is there")))
}

fn steps(before: &Request, after: &Request, standards: (Standard, Standard)) -> Vec<Step> {
    let mut steps = Vec::new();
    if before.first_response_at.is_none() && after.first_response_at.is_some() {
        steps.push(Step::HelperSpoke);
    }
    match (before.is_open(), after.is_open()) {
        (true, false) if after.state == RequestState::Withdrawn => steps.push(Step::Withdrawn),
        (true, false) => steps.push(Step::Solved { silently: after.care.unconfirmed }),
        (false, true) => steps.push(Step::Reopened),
        _ => {}
    }
    if before.desk != after.desk {
        steps.push(Step::Moved { desk: after.desk, standard: standards.1 });
    } else if standards.0 != standards.1 {
        steps.push(Step::Standard(standards.1));
    }
    if after.is_open() {
        steps.push(Step::Turn(match after.state {
            RequestState::WaitingAsker => Turn::Asker,
            RequestState::WaitingOther => Turn::Other,
            RequestState::Answered => Turn::Confirming,
            _ => Turn::Desk,
        }));
    }
    steps
}

fn standard(desk: &Desk, urgency: Urgency) -> Standard {
    let standard = desk.service.standards.of(urgency);
    let ms = |minutes: u32| (minutes > 0).then_some(i64::from(minutes) * MINUTE);
    Standard { respond_ms: ms(standard.first_response), solve_ms: ms(standard.resolution), reply_ms: None }
}

fn desk<'a>(before: &'a State, decision: &'a Decision, id: DeskId) -> &'a Desk {
    let changed = decision.rows.iter().find_map(|row| match row {
        Row::Desk(desk) if desk.id == id => Some(desk),
        _ => None,
    });
    changed.unwrap_or_else(|| before.desk(id).expect("it was there"))
}

fn calendar(state: &State, desk: &Desk) -> Calendar {
    desk.calendar(state.org().expect("it is there"))
}
