//! Several people, one question: joining somebody's request, and merging two that are the same. Everybody who
//! waits gets the answer; the earliest time counts.

use crate::{
    Read, Refusal, Row,
    care::CareStep,
    command::{JoinRequest, LeaveRequest, Merge},
    decide::{
        Change, Decide,
        request::{close, helper_only, open_seen, row, touch},
        vigil::{self, Moment},
    },
    id::PersonId,
    person::Person,
    request::{Request, RequestState},
    row::Key,
};

/// Most people who wait for one answer.
const MOST_JOINED: usize = 500;

impl Decide for JoinRequest {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        if request.is_asked_by(by.id) {
            return Ok(());
        }
        if request.owner == Some(by.id) {
            return Err(Refusal::NotAllowed("somebody other than its owner"));
        }
        join(&mut request, by.id)?;
        change.step(request.id, Some(by.id), CareStep::Joined, "");
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for LeaveRequest {
    fn reads(&self) -> Vec<Read> {
        row(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        if !request.care.joined.contains(&by.id) {
            return Ok(());
        }
        request.care.joined.retain(|person| *person != by.id);
        change.step(request.id, Some(by.id), CareStep::Left, "");
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for Merge {
    fn reads(&self) -> Vec<Read> {
        let mut reads = vec![Read::Row(Key::Org), Read::Row(Key::Request(self.into))];
        reads.extend([Read::Row(Key::Request(self.request)), Read::Thread(self.request)]);
        reads
    }

    /// By a helper. The merged one points to where it went on; whoever waited there waits here now. Nothing that
    /// somebody may not see comes to them by it: both are of one desk and neither is private.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut merged = open_seen(change, by, self.request)?;
        let mut into = open_seen(change, by, self.into)?;
        helper_only(by, &merged)?;
        if !change.state.desk(merged.desk)?.is_helped_by(by.id) && merged.owner != Some(by.id) {
            return Err(Refusal::NotAllowed("a helper of the desk"));
        }
        if merged.id == into.id {
            return Err(Refusal::Invalid { field: "into", why: "the same request" });
        }
        let is_alike =
            merged.desk == into.desk && merged.private_with.is_none() && into.private_with.is_none();
        if !is_alike {
            return Err(Refusal::Invalid { field: "into", why: "of another desk, or private" });
        }
        let waiting: Vec<PersonId> = [merged.asker].into_iter().chain(merged.care.joined.clone()).collect();
        for person in waiting {
            if !into.is_asked_by(person) && into.owner != Some(person) {
                join(&mut into, person)?;
            }
        }
        let moment = Moment::new(change.now, change.state.desk(into.desk)?, change.state.org()?);
        vigil::count_as_one(&moment, &mut into, &merged);
        merged.state = RequestState::Merged;
        merged.care.merged_into = Some(into.id);
        change.step(merged.id, Some(by.id), CareStep::MergedInto(into.id), "");
        change.step(into.id, Some(by.id), CareStep::MergedIn(merged.id), "");
        touch(change, &mut into);
        change.put(Row::Request(into));
        close(change, merged)
    }
}

fn join(request: &mut Request, person: PersonId) -> Result<(), Refusal> {
    if request.care.joined.len() >= MOST_JOINED {
        return Err(Refusal::TooLong { field: "joined", limit: MOST_JOINED as u64 });
    }
    request.care.joined.push(person);
    Ok(())
}
