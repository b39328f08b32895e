//! After the answer: did it help, what happens if not, and where it is found next time. And what is critical, and
//! learnt from afterwards.

use crate::{
    Read, Refusal, Row,
    care::{CareStep, Critical, FollowUp, Review, Verdict},
    command::{Confirm, FollowUpDone, MarkCritical, PointNextTime, ReviewCritical},
    decide::{
        Change, Decide,
        care::with_org,
        request::{self, askers_only, helper_only, open_seen, touch},
        vigil::Moment,
        words,
    },
    id::RequestId,
    person::{Person, Role},
    request::RequestState,
};

impl Decide for Confirm {
    fn reads(&self) -> Vec<Read> {
        let mut reads = request::closing(self.request);
        reads.push(Read::OwnerOf(self.request));
        reads
    }

    /// "Solved?" A yes closes it. A no brings it back to the helpers and asks the desk's owner to call.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        askers_only(by, &request)?;
        if matches!(request.state, RequestState::Withdrawn | RequestState::Merged) {
            return Err(Refusal::RequestClosed);
        }
        let line = words::line(change.state, "line", &self.line)?;
        request.care.verdict = Some(Verdict { solved: self.solved, line: line.clone(), at: change.now });
        request.care.asks_solved = false;
        if self.solved {
            if request.state == RequestState::Solved && !request.care.unconfirmed {
                change.put(Row::Request(request));
                return Ok(());
            }
            return request::solved(change, by, request);
        }
        match request.state {
            RequestState::Solved => request::reopen(change, by, &mut request)?,
            RequestState::Answered => request.back_to_helpers(),
            _ => {}
        }
        let (desk, org) = (change.state.desk(request.desk)?, change.state.org()?);
        let until = Moment::new(change.now, desk, org).day_later();
        let caller =
            if desk.owner == request.asker { request.owner.unwrap_or(desk.owner) } else { desk.owner };
        request.care.follow_up = Some(FollowUp { by: caller, until, late: false, done: None });
        change.step(request.id, Some(by.id), CareStep::NotSolved(caller), &line);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for FollowUpDone {
    fn reads(&self) -> Vec<Read> {
        with_org(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        helper_only(by, &request)?;
        let text = words::line(change.state, "text", &self.text)?;
        if text.is_empty() {
            return Err(Refusal::Empty("text"));
        }
        let Some(follow_up) = &mut request.care.follow_up else {
            return Err(Refusal::WrongState("no follow-up was asked for"));
        };
        follow_up.done = Some(Review { by: by.id, at: change.now, text: text.clone() });
        change.step(request.id, Some(by.id), CareStep::FollowedUp, &text);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

/// Nobody has called them in time: whoever shall is reminded, and those who answer for the desk are told.
pub(crate) fn follow_up_due(change: &mut Change<'_>, id: RequestId) {
    let Ok(request) = change.state.request(id) else { return };
    let mut request = request.clone();
    let owed = request.care.follow_up.as_mut();
    let Some(follow_up) = owed.filter(|owed| owed.done.is_none() && !owed.late && owed.until <= change.now)
    else {
        return;
    };
    follow_up.late = true;
    change.step(id, None, CareStep::FollowUpLate, "");
    change.put(Row::Request(request));
}

impl Decide for PointNextTime {
    fn reads(&self) -> Vec<Read> {
        with_org(self.request)
    }

    /// Where the answer is found without asking, for whoever asks the same next. Empty takes it away.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        if request.owner != Some(by.id) && !change.state.desk(request.desk)?.is_helped_by(by.id) {
            return Err(Refusal::NotAllowed("a helper of the desk"));
        }
        let text = words::line(change.state, "text", &self.text)?;
        if request.care.next_time == text {
            return Ok(());
        }
        request.care.next_time.clone_from(&text);
        change.step(request.id, Some(by.id), CareStep::NextTime, &text);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for MarkCritical {
    fn reads(&self) -> Vec<Read> {
        with_org(self.request)
    }

    /// Many customers, or safety: open to everybody, with a reason; calls everybody concerned and is looked at
    /// afterwards.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = open_seen(change, by, self.request)?;
        let reason = words::line(change.state, "reason", &self.reason)?;
        if reason.is_empty() {
            return Err(Refusal::Empty("reason"));
        }
        if request.care.critical.is_some() {
            return Err(Refusal::WrongState("critical already"));
        }
        change.step(request.id, Some(by.id), CareStep::Critical, &reason);
        // It goes straight to the desk; its vetters are called besides.
        request.care.to_vet = false;
        request.care.critical = Some(Critical { by: by.id, reason, at: change.now, review: None });
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}

impl Decide for ReviewCritical {
    fn reads(&self) -> Vec<Read> {
        with_org(self.request)
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let mut request = change.request_seen(by, self.request)?;
        let desk = change.state.desk(request.desk)?;
        let may = desk.owner == by.id || desk.deputy() == Some(by.id) || by.role >= Role::Lead;
        if !may {
            return Err(Refusal::NotAllowed("the desk's owner or deputy, or a lead"));
        }
        let text = words::words(change.state, "text", &self.text, 2_000)?;
        if text.is_empty() {
            return Err(Refusal::Empty("text"));
        }
        let Some(critical) = &mut request.care.critical else {
            return Err(Refusal::WrongState("not critical"));
        };
        critical.review = Some(Review { by: by.id, at: change.now, text: text.clone() });
        change.step(request.id, Some(by.id), CareStep::CriticalReviewed, &text);
        touch(change, &mut request);
        change.put(Row::Request(request));
        Ok(())
    }
}
