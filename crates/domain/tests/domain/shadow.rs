//! The clocks of every request once more, as plain sums over what its rows were like: so much open time passed while
//! it was like that. What stands on the rows is compared with it, after every step of every random day. What `clock`
//! does with what it is told is compared with a slow model of its own; here it is shown that it is told everything.

use std::collections::BTreeMap;

use deskside_domain::{
    State, Time,
    calendar::Calendar,
    clock::Standard,
    decide::Decision,
    desk::Desk,
    id::{DeskId, RequestId},
    request::{Request, RequestState},
    row::Row,
};

/// The sums of one request.
#[derive(Clone, Copy, Debug)]
struct Sums {
    counted_to: Time,
    waited: i64,
    worked: i64,
}

/// What the sums say of every request that was asked here.
#[derive(Default)]
pub struct Shadows {
    of: BTreeMap<RequestId, Sums>,
}

impl Shadows {
    /// `decision` was made on `before` at `now`.
    pub fn follow(&mut self, before: &State, decision: &Decision, now: Time) {
        for row in &decision.rows {
            let Row::Request(after) = row else { continue };
            match before.request(after.id) {
                Err(_) => drop(self.of.insert(after.id, Sums { counted_to: now, waited: 0, worked: 0 })),
                // Two that become one count by another rule, which is tested where it is; and words after the end
                // are a response although no clock runs then.
                Ok(known) if !known.is_open() && known.first_response_at != after.first_response_at => {
                    self.of.remove(&after.id);
                }
                Ok(_) if after.state == RequestState::Merged || is_merged_into(decision, after.id) => {
                    self.of.remove(&after.id);
                }
                Ok(known) => {
                    if let Some(sums) = self.of.get_mut(&after.id) {
                        let desk = before.desk(known.desk).expect("it was there");
                        sums.add(known, after, &calendar(before, desk), now);
                    }
                }
            }
            if let Some(sums) = self.of.get(&after.id) {
                let desk = desk(before, decision, after.desk);
                agree(
                    *sums,
                    before.request(after.id).ok(),
                    after,
                    desk,
                    &calendar_after(before, decision, desk),
                );
            }
        }
    }
}

impl Sums {
    fn add(&mut self, known: &Request, after: &Request, calendar: &Calendar, now: Time) {
        if !known.is_open() && !after.is_open() {
            return;
        }
        let open = calendar.between(self.counted_to, now);
        self.counted_to = now;
        self.waited += if known.first_response_at.is_none() { open } else { 0 };
        // What was taken for solved and was not is nobody's pause.
        self.worked += if known.state == RequestState::WaitingAsker { 0 } else { open };
    }
}

fn is_merged_into(decision: &Decision, id: RequestId) -> bool {
    decision.rows.iter().any(|row| matches!(row, Row::Request(row) if row.care.merged_into == Some(id)))
}

fn agree(sums: Sums, before: Option<&Request>, row: &Request, desk: &Desk, calendar: &Calendar) {
    if !row.is_open() {
        return;
    }
    assert_eq!(row.care.worked, sums.worked, "the desk's clock of {row:?}");
    assert_eq!(row.care.waited, sums.waited, "until the first response of {row:?}");
    let Standard { respond_ms, solve_ms, .. } = desk.service.standards.of(row.urgency);
    let due = |target: Option<i64>, used: i64| {
        let left = target? - used;
        let at = calendar.deadline(sums.counted_to, left).expect("desks here are open every week");
        (left > 0).then_some(at)
    };
    // What is late is late since a moment that these sums forget.
    let is_late = |by: Option<Time>| by.is_some_and(|by| by <= sums.counted_to);
    if row.first_response_at.is_none() && !is_late(row.care.first_response_by) {
        assert_eq!(row.care.first_response_by, due(respond_ms, sums.waited), "the first response of {row:?}");
    }
    let solve_by = match row.state {
        RequestState::WaitingAsker => None,
        // What was promised stands with the answer.
        RequestState::Answered if before.is_some_and(|before| before.state != RequestState::Answered) => {
            return;
        }
        RequestState::Answered => before.and_then(|before| before.care.solve_by),
        _ => due(solve_ms, sums.worked),
    };
    if !is_late(row.care.solve_by) {
        assert_eq!(row.care.solve_by, solve_by, "the solution of {row:?}");
    }
}

/// The desk's calendar after the decision.
fn calendar_after(before: &State, decision: &Decision, desk: &Desk) -> Calendar {
    let changed = decision.rows.iter().find_map(|row| if let Row::Org(org) = row { Some(org) } else { None });
    desk.calendar(changed.unwrap_or_else(|| before.org().expect("it is there")))
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
