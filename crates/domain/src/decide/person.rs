//! People: what they say of themselves, their rights, joining and leaving.

use crate::{
    Read, Refusal, Row,
    calendar::{Hours, Impossible},
    call::link,
    care::CareStep,
    command::{
        Deactivate, DescribeSelf, EditProfile, MakeInvite, Reactivate, RevokeInvite, SetRole, SetStatus,
        System,
    },
    decide::{Change, Decide, Effect, calendar, call, change::reads_of_role_change, desk, request, words},
    id::{InviteId, PersonId},
    invite::Invite,
    person::{CalendarFile, Person, Profile, Role, Status, calendar_secret},
    presence::STALE_AFTER,
    row::Key,
    time::{DAY, Time},
};

/// The clock of what a person says of themselves.
const STATUS: &str = "status";
/// Most languages, and most topics, of one person.
const MOST_TOPICS: usize = 30;
/// Longest an invitation can be used, in days.
const MOST_DAYS: u16 = 90;
/// Most uses of one invitation.
const MOST_USES: u32 = 1_000;
/// Longest e-mail address (RFC 5321: 254 characters between the angle brackets).
const LONGEST_EMAIL: usize = 254;

impl Decide for SetStatus {
    fn reads(&self) -> Vec<Read> {
        Vec::new()
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let until = match self.until {
            Some(until) if until <= change.now => {
                return Err(Refusal::Invalid { field: "until", why: "past by the server's clock" });
            }
            Some(until) if until.since(change.now) > 366 * DAY => {
                return Err(Refusal::Invalid { field: "until", why: "more than a year ahead" });
            }
            until => until,
        };
        // They know better than their calendar where they are.
        keep_status(change, &Person { busy_until: None, ..by.clone() }, self.status, until);
        Ok(())
    }
}

impl Decide for DescribeSelf {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Org)]
    }

    /// What the directory says of somebody is said by themselves.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let given = &self.profile;
        let line = |field, text: &str| words::optional_name(field, text, words::NAME);
        let lines = |field, texts: &[String]| -> Result<Vec<String>, Refusal> {
            if texts.len() > MOST_TOPICS {
                return Err(Refusal::TooLong { field, limit: MOST_TOPICS as u64 });
            }
            texts.iter().map(|text| words::name(field, text, words::NAME)).collect()
        };
        let profile = Profile {
            team: line("team", &given.team)?,
            title: line("title", &given.title)?,
            languages: lines("languages", &given.languages)?,
            topics: lines("topics", &given.topics)?,
            site: line("site", &given.site)?,
            zone: desk::zone("zone", &given.zone)?,
            hours: given.hours.clone(),
            reach_me_by: words::own_line(change.state, "reach_me_by", &given.reach_me_by)?,
        };
        if !profile.hours.is_empty() {
            let zone = match profile.zone.as_str() {
                "" => change.state.org()?.zone.clone(),
                zone => zone.to_owned(),
            };
            let hours =
                Hours { in_force_from: Time(i64::MIN), zone, week: profile.hours.clone(), days: Vec::new() };
            let impossible = |why: Impossible| Refusal::Impossible { field: "hours", why: why.to_string() };
            hours.checked().map_err(impossible)?;
        }
        change.put(Row::Person(Person { profile, ..by.clone() }));
        Ok(())
    }
}

/// Says a status, and when it is over or can't be relied on any more.
fn keep_status(change: &mut Change<'_>, person: &Person, status: Status, until: Option<Time>) {
    let person = Person {
        status,
        status_at: change.now,
        status_until: until.filter(|_| status != Status::Available),
        status_unconfirmed: false,
        ..person.clone()
    };
    let stale = (status != Status::Off).then(|| change.now.plus(STALE_AFTER));
    match person.status_until.into_iter().chain(stale).min() {
        Some(at) => change.due(Key::Person(person.id), STATUS, at, System::StatusDue { person: person.id }),
        None => change.not_due(Key::Person(person.id), STATUS),
    }
    change.put(Row::Person(person));
}

/// A status is over, or too old to rely on.
pub(crate) fn status_due(change: &mut Change<'_>, id: PersonId) {
    let Ok(person) = change.state.person(id) else { return };
    if !person.active {
        return;
    }
    if person.status_until.is_some_and(|until| until <= change.now) {
        keep_status(change, person, Status::Available, None);
        return;
    }
    if change.now.since(person.status_at) >= STALE_AFTER && person.status != Status::Off {
        if let Some(until) = person.status_until {
            change.due(Key::Person(id), STATUS, until, System::StatusDue { person: id });
        }
        change.put(Row::Person(Person { status_unconfirmed: true, ..person.clone() }));
    }
}

impl Decide for EditProfile {
    fn reads(&self) -> Vec<Read> {
        Vec::new()
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        let name = words::name("name", &self.name, words::NAME)?;
        let phone = words::optional_name("phone", &self.phone, 40)?;
        if !phone.chars().all(|char| char.is_ascii_digit() || "+-()./ ".contains(char)) {
            return Err(Refusal::Invalid { field: "phone", why: "digits, spaces and + - ( ) . / only" });
        }
        let call_link = self.call_link.trim().to_owned();
        if !call_link.is_empty() {
            link::check_web_address("call_link", &call_link)?;
            if !link::is_personal(&call_link) {
                return Err(Refusal::Invalid { field: "call_link", why: "not a known meeting host" });
            }
        }
        change.put(Row::Person(Person { name, phone, call_link, ..by.clone() }));
        Ok(())
    }
}

impl Decide for SetRole {
    fn reads(&self) -> Vec<Read> {
        reads_of_role_change().to_vec()
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        admin_only(by)?;
        let person = change.active_person(self.person)?;
        if self.role != Role::Admin {
            another_admin_stays(change, person)?;
        }
        change.put(Row::Person(Person { role: self.role, ..person.clone() }));
        Ok(())
    }
}

impl Decide for Deactivate {
    fn reads(&self) -> Vec<Read> {
        let mut reads = call::reads_of_all();
        let calendar = Key::Secret(calendar_secret(self.person));
        reads.extend([Read::Desks, Read::Invites, Read::AllOpen, Read::Row(calendar)]);
        reads
    }

    /// Ends what the person had a part in and leaves nothing without an owner: requests go to their desks,
    /// desks to a helper or else to the admin, and links they made can't let anybody in any more.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        admin_only(by)?;
        let person = change.state.person(self.person)?;
        if !person.active {
            return Ok(());
        }
        another_admin_stays(change, person)?;
        change.put(Row::Person(Person {
            active: false,
            status: Status::Off,
            status_at: change.now,
            status_until: None,
            status_unconfirmed: false,
            busy_until: None,
            calendar: CalendarFile::None,
            ..person.clone()
        }));
        change.not_due(Key::Person(person.id), STATUS);
        calendar::forget(change, person.id);
        let state = change.state;
        for owned in state.requests().filter(|row| row.is_open() && row.owner == Some(person.id)) {
            let mut owned = owned.clone();
            request::given_back(change, &mut owned);
            change.put(Row::Request(owned));
        }
        // What was on offer to them goes back to whoever offers it.
        for offered in state.requests().filter(|row| row.is_open() && row.owner != Some(person.id)) {
            if offered.care.hand_over.as_ref().is_some_and(|offer| offer.person == Some(person.id)) {
                let mut offered = offered.clone();
                offered.care.hand_over = None;
                change.step(offered.id, None, CareStep::OfferTakenBack, "");
                change.put(Row::Request(offered));
            }
        }
        for left in state.desks().filter(|row| row.owner != person.id) {
            desk::without(change, left, person.id);
        }
        for owned in state.desks().filter(|row| row.owner == person.id) {
            desk::give_to_next(change, owned, by.id);
        }
        for invite in state.invites().filter(|row| row.made_by == person.id && !row.revoked) {
            change.put(Row::Invite(Invite { revoked: true, ..invite.clone() }));
        }
        call::leave_all(change, person.id);
        change.effect(Effect::EndSessions(person.id));
        Ok(())
    }
}

impl Decide for Reactivate {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Person(self.person))]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        admin_only(by)?;
        let person = change.state.person(self.person)?;
        change.put(Row::Person(Person { active: true, ..person.clone() }));
        Ok(())
    }
}

impl Decide for MakeInvite {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Invite(self.invite))]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        admin_only(by)?;
        change.is_free(&Key::Invite(self.invite))?;
        let is_hex = |char: char| char.is_ascii_digit() || ('a'..='f').contains(&char);
        if self.secret_hash.len() != 64 || !self.secret_hash.chars().all(is_hex) {
            return Err(Refusal::Invalid { field: "secret_hash", why: "not a SHA-256 in lower-case hex" });
        }
        limited("uses", u64::from(self.uses), u64::from(MOST_USES))?;
        limited("days", u64::from(self.days), u64::from(MOST_DAYS))?;
        change.put(Row::Invite(Invite {
            id: self.invite,
            secret_hash: self.secret_hash.clone(),
            role: self.role,
            label: words::optional_name("label", &self.label, words::NAME)?,
            uses_left: self.uses,
            expires_at: change.now.plus(i64::from(self.days) * DAY),
            made_by: by.id,
            revoked: false,
        }));
        Ok(())
    }
}

impl Decide for RevokeInvite {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Invite(self.invite))]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        admin_only(by)?;
        let invite = change.state.invite(self.invite)?;
        change.put(Row::Invite(Invite { revoked: true, ..invite.clone() }));
        Ok(())
    }
}

/// Somebody used an invitation whose secret the server has checked.
pub(crate) fn join(
    change: &mut Change<'_>,
    invite: InviteId,
    id: PersonId,
    name: &str,
    email: &str,
) -> Result<(), Refusal> {
    let person = member(change, id, name, email)?;
    if change.state.person(id).is_ok_and(|known| known.email == person.email) {
        return Ok(());
    }
    change.is_free(&Key::Person(id))?;
    let invite = change.state.invite(invite)?;
    let is_spent = invite.revoked || invite.uses_left == 0 || invite.expires_at <= change.now;
    if is_spent {
        return Err(Refusal::InviteSpent);
    }
    if change.state.people().any(|known| known.email == person.email) {
        return Err(Refusal::EmailTaken);
    }
    let uses_left = invite.uses_left - 1;
    change.put(Row::Invite(Invite { uses_left, ..invite.clone() }));
    change.put(Row::Person(Person { role: invite.role, ..person }));
    Ok(())
}

/// A new member, available, with the least rights.
pub(crate) fn member(change: &Change<'_>, id: PersonId, name: &str, email: &str) -> Result<Person, Refusal> {
    Ok(Person {
        id,
        name: words::name("name", name, words::NAME)?,
        email: email_address(email)?,
        role: Role::Agent,
        active: true,
        status: Status::Available,
        status_at: change.now,
        phone: String::new(),
        call_link: String::new(),
        quiet: None,
        quiet_now: false,
        status_until: None,
        status_unconfirmed: false,
        busy_until: None,
        calendar: CalendarFile::None,
        asked_solved_at: None,
        profile: Profile::default(),
    })
}

pub(crate) fn admin_only(by: &Person) -> Result<(), Refusal> {
    if by.role == Role::Admin { Ok(()) } else { Err(Refusal::NotAllowed("an admin")) }
}

/// Between one and `limit`.
pub(crate) fn limited(field: &'static str, value: u64, limit: u64) -> Result<(), Refusal> {
    match value {
        0 => Err(Refusal::Empty(field)),
        value if value > limit => Err(Refusal::TooLong { field, limit }),
        _ => Ok(()),
    }
}

fn another_admin_stays(change: &Change<'_>, leaving: &Person) -> Result<(), Refusal> {
    let stays = |person: &Person| person.active && person.role == Role::Admin && person.id != leaving.id;
    if leaving.role != Role::Admin || change.state.people().any(stays) {
        Ok(())
    } else {
        Err(Refusal::LastAdmin)
    }
}

/// Only a sign-in name: whether mail reaches it is not asked. Lower case, because people type it both ways.
fn email_address(email: &str) -> Result<String, Refusal> {
    let email = words::name("email", email, LONGEST_EMAIL)?.to_lowercase();
    let is_address = email
        .split_once('@')
        .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'));
    if is_address && !email.contains(char::is_whitespace) {
        Ok(email)
    } else {
        Err(Refusal::Invalid { field: "email", why: "not an address" })
    }
}
