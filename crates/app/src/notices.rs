//! What a person should be told although they look elsewhere. *Who* is told stands on the request: its alarm names
//! whom it rings and who has a silent card. How loudly follows what it is: a customer waiting, or something critical,
//! is a note that stays, with sound for whom it rings; *today* a silent banner unless one is on a call; *whenever*
//! only a number. An answer reaches the asker, and whoever joined the request, as a card, and so does the wish for a
//! clip; a call rings, and is heard unless the server says that it rings silently. What somebody owes is told to whom the
//! request's reminders name: a call that is late is heard and stays until it was made; and of a desk at which nobody is,
//! whom the desk names, once, silently and until somebody is there. Whom words tell stands on the message: silently, and
//! after their quiet hours. Nobody is told of their own act, nor of what was there when the app started. In quiet hours a
//! request is held back while somebody else who was told watches; the moment nobody does, a waiting customer is told. A
//! desk that is closed shows its waiting customer to whoever of its people is available, and disturbs nobody else
//! (docs/decisions/0011).

use std::collections::{BTreeMap, BTreeSet};

use deskside_protocol::{
    Entity, EntityRef, Millis,
    calls::CallState,
    care::{AlarmStep, Owed},
    entity::{Call, Desk, Message, Person, Request},
    feed::{Change, Here},
    id::{CallId, DeskId, MessageId, PersonId, RequestId},
    values::{Helpers, MessageKind, RequestState, Status, Urgency},
};

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody asks, and the request's alarm names this person.
    Asked {
        /// Which request.
        request: RequestId,
        /// Who asks.
        asker: String,
        /// The words.
        text: String,
        /// A customer waits, or it is critical: the note stays until it is [`Notice::Over`].
        live: bool,
        /// Whether it may be heard.
        sound: bool,
    },
    /// Nobody waits there any more: somebody took it, or it was withdrawn, or it can wait.
    Over {
        /// Which request.
        request: RequestId,
    },
    /// This person owes somebody something, and is late, or was just given it to do.
    Owed {
        /// About which request.
        request: RequestId,
        /// What.
        of: Owed,
        /// To whom.
        asker: String,
        /// What was asked.
        text: String,
        /// It stays until it is [`Notice::Kept`].
        stays: bool,
        /// Whether it may be heard.
        sound: bool,
    },
    /// That was done, or is no longer theirs to do.
    Kept {
        /// About which request.
        request: RequestId,
        /// What.
        of: Owed,
    },
    /// Nobody on duty is at a desk that this person answers for.
    Unwatched {
        /// Which.
        desk: DeskId,
        /// What it is called.
        name: String,
    },
    /// Somebody is there again, or it is closed, or it is another's to answer for.
    Watched {
        /// Which desk.
        desk: DeskId,
    },
    /// What a request waited for is over, and this person has it or waits for its answer.
    Unblocked {
        /// Which request.
        request: RequestId,
        /// What was asked.
        text: String,
    },
    /// A request that one asked or joined was answered, or asked back.
    Answered {
        /// With which message.
        message: MessageId,
    },
    /// Words name this person, or a group that they belong to: the message says whom it tells.
    Mentioned {
        /// About which request.
        request: RequestId,
        /// Which message.
        message: MessageId,
        /// Who wrote it.
        author: String,
        /// The words, or why so many are told.
        text: String,
    },
    /// Whoever helps with one's own request would like a clip of it.
    ClipWanted {
        /// Which request.
        request: RequestId,
        /// Who asks for it.
        by: PersonId,
    },
    /// Somebody calls.
    Rings {
        /// Which call.
        call: CallId,
    },
    /// No call rings any more.
    RingOver,
    /// Whether a call that rings may be heard.
    Bell {
        /// From now on, or no longer.
        rings: bool,
    },
    /// How many requests wait for this person.
    Waiting {
        /// Unclaimed at one's desks, and own ones whose turn it is.
        count: usize,
    },
}

/// How much a request wants of this person, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Loudness {
    /// It is only counted.
    Number,
    /// Said once, without a sound.
    Banner,
    /// Stays until somebody takes it, without a sound.
    Card,
    /// The same, and heard.
    Ring,
}

/// What is known so far.
#[derive(Debug, Default)]
pub struct Watch {
    me: Option<PersonId>,
    people: BTreeMap<PersonId, Person>,
    desks: BTreeMap<DeskId, Desk>,
    requests: BTreeMap<RequestId, Request>,
    messages: BTreeSet<MessageId>,
    /// What rings, and whether it may be heard.
    ringing: BTreeMap<CallId, bool>,
    bell: bool,
    /// A call began that may be heard. The bell may have fallen silent by itself since the last one.
    rings_anew: bool,
    /// What names this person and was not told yet: in quiet hours it waits.
    mentioned: BTreeMap<MessageId, Message>,
    /// What was told already, and how loudly: only what grows louder is news.
    told: BTreeMap<RequestId, Loudness>,
    here: BTreeSet<PersonId>,
    /// Those whose note may still be there, and whether it says that somebody waits now.
    shown: BTreeMap<RequestId, bool>,
    /// What this person was reminded of and still owes.
    reminded: BTreeSet<(RequestId, Owed)>,
    /// The unwatched desks of which this person was told.
    warned: BTreeSet<DeskId>,
    /// Since when nothing holds up what this person has or waits for, as they were told.
    unblocked: BTreeMap<RequestId, Millis>,
    /// What this person owes, as the requests say.
    owed: BTreeSet<(RequestId, Owed)>,
    /// What waits for this person.
    waiting: BTreeSet<RequestId>,
    count: usize,
}

/// Which requests have to be looked at again.
#[derive(Debug)]
enum Anew {
    /// What all of them mean may have changed: a person, a desk, who is here.
    All,
    /// These changed, and nothing that others depend on: thousands of others are not looked at with every one.
    These(BTreeSet<RequestId>),
}

impl Watch {
    /// Begins anew with everything there is; only what rings now and the number are told.
    pub fn begin(&mut self, me: PersonId, entities: &[Entity]) -> Vec<Notice> {
        let before = std::mem::take(&mut self.ringing);
        let rang = !before.is_empty();
        let here = std::mem::take(&mut self.here);
        let shown = std::mem::take(&mut self.shown);
        let reminded = std::mem::take(&mut self.reminded);
        let warned = std::mem::take(&mut self.warned);
        *self = Self { me: Some(me), count: usize::MAX, here, bell: self.bell, ..Self::default() };
        let mut notices = Vec::new();
        for entity in entities {
            self.learn(entity, &mut notices);
        }
        self.told = self.requests.values().map(|row| (row.id, self.loudness(row))).collect();
        notices.retain(|notice| matches!(notice, Notice::Rings { .. }));
        // What was there stands in the inbox.
        self.mentioned.clear();
        self.rings_anew = self.ringing.iter().any(|(call, heard)| *heard && !before.contains_key(call));
        if rang && self.ringing.is_empty() {
            notices.push(Notice::RingOver);
        }
        // What waits is in the new picture; an old note may say what is no longer true.
        notices.extend(shown.into_keys().map(|request| Notice::Over { request }));
        self.tell_unblocked(&Anew::All, &mut Vec::new());
        self.look_what_is_owed(&Anew::All);
        self.reminded = self.owed.clone();
        let kept = reminded.difference(&self.reminded);
        notices.extend(kept.map(|&(request, of)| Notice::Kept { request, of }));
        self.warned = self.unwatched();
        notices.extend(warned.difference(&self.warned).map(|&desk| Notice::Watched { desk }));
        self.ring_bell(&mut notices);
        self.count_anew(&Anew::All, &mut notices);
        notices
    }

    /// Nobody is signed in any more: what is shown and what is heard is over.
    pub fn over(&mut self) -> Vec<Notice> {
        let before = std::mem::take(self);
        let mut notices: Vec<_> = before.shown.into_keys().map(|request| Notice::Over { request }).collect();
        notices.extend(before.warned.into_iter().map(|desk| Notice::Watched { desk }));
        if !before.ringing.is_empty() {
            notices.push(Notice::RingOver);
        }
        if before.bell {
            notices.push(Notice::Bell { rings: false });
        }
        if before.count > 0 && before.me.is_some() {
            notices.push(Notice::Waiting { count: 0 });
        }
        notices
    }

    /// What these changes mean for this person.
    pub fn changed(&mut self, changes: &[Change]) -> Vec<Notice> {
        self.look(changes, Anew::after(changes))
    }

    fn look(&mut self, changes: &[Change], anew: Anew) -> Vec<Notice> {
        let mut notices = Vec::new();
        for change in changes {
            match change {
                Change::Put(entity) => self.learn(entity, &mut notices),
                Change::Gone(EntityRef::Request(id)) => drop(self.requests.remove(id)),
                Change::Gone(EntityRef::Call(id)) => self.hush(*id, &mut notices),
                Change::Gone(EntityRef::Desk(id)) => drop(self.desks.remove(id)),
                Change::Gone(EntityRef::Message(id)) => drop(self.mentioned.remove(id)),
                Change::Gone(_) => {}
            }
        }
        // After all of them: a request and its desk may come in any order.
        self.tell_fresh(&anew, &mut notices);
        self.look_what_is_owed(&anew);
        self.remind(&mut notices);
        self.warn(&mut notices);
        self.tell_unblocked(&anew, &mut notices);
        self.tell_mentions(&mut notices);
        self.ring_bell(&mut notices);
        self.count_anew(&anew, &mut notices);
        notices
    }

    /// Who is connected and who no longer is; what that means for this person.
    pub fn present(&mut self, people: &[Here]) -> Vec<Notice> {
        for here in people {
            if here.connected {
                self.here.insert(here.person);
            } else {
                self.here.remove(&here.person);
            }
        }
        let mut notices = Vec::new();
        self.tell_fresh(&Anew::All, &mut notices);
        notices
    }

    /// Those of the requests that have to be looked at.
    fn rows<'watch>(&'watch self, anew: &'watch Anew) -> Box<dyn Iterator<Item = &'watch Request> + 'watch> {
        match anew {
            Anew::All => Box::new(self.requests.values()),
            Anew::These(ids) => Box::new(ids.iter().filter_map(|id| self.requests.get(id))),
        }
    }

    fn tell_fresh(&mut self, anew: &Anew, notices: &mut Vec<Notice>) {
        self.take_back(anew, notices);
        let louder = |row: &&Request| self.told.get(&row.id).is_none_or(|told| self.loudness(row) > *told);
        let fresh: Vec<_> =
            self.rows(anew).filter(louder).filter(|row| !self.is_held(row)).cloned().collect();
        for request in fresh {
            self.told.insert(request.id, self.loudness(&request));
            if let Some(notice) = self.asked(&request) {
                self.shown.insert(request.id, is_pressing(&request));
                notices.push(notice);
            }
        }
    }

    /// Whom the server reminds is told, once. In quiet hours, and for who is off, it waits until they are back.
    fn remind(&mut self, notices: &mut Vec<Notice>) {
        let kept = self.reminded.difference(&self.owed);
        notices.extend(kept.map(|&(request, of)| Notice::Kept { request, of }));
        self.reminded.retain(|one| self.owed.contains(one));
        if self.is_left_in_peace() {
            return;
        }
        let me = self.me.and_then(|me| self.people.get(&me));
        let is_free = me.is_none_or(|me| me.status == Status::Available);
        for &(request, of) in &self.owed {
            if !self.reminded.insert((request, of)) {
                continue;
            }
            let Some(row) = self.requests.get(&request) else { continue };
            let is_late_call = matches!(of, Owed::Callback | Owed::LateFollowUp);
            notices.push(Notice::Owed {
                request,
                of,
                asker: self.people.get(&row.asker).map(|person| person.name.clone()).unwrap_or_default(),
                text: row.text.clone(),
                stays: is_late_call,
                sound: is_late_call && is_free,
            });
        }
    }

    /// Whom the server tells of an unwatched desk is told, once; later, if this is no time for it.
    fn warn(&mut self, notices: &mut Vec<Notice>) {
        let unwatched = self.unwatched();
        notices.extend(self.warned.difference(&unwatched).map(|&desk| Notice::Watched { desk }));
        self.warned.retain(|desk| unwatched.contains(desk));
        if self.is_left_in_peace() {
            return;
        }
        for desk in unwatched {
            if self.warned.insert(desk) {
                let name = self.desks.get(&desk).map(|row| row.name.clone()).unwrap_or_default();
                notices.push(Notice::Unwatched { desk, name });
            }
        }
    }

    /// The unwatched desks of which the server tells this person.
    fn unwatched(&self) -> BTreeSet<DeskId> {
        let tells = |desk: &&Desk| {
            desk.unwatched.as_ref().is_some_and(|row| self.me.is_some_and(|me| row.tells.contains(&me)))
        };
        self.desks.values().filter(tells).map(|desk| desk.id).collect()
    }

    /// Once for each time, like an answer.
    fn tell_unblocked(&mut self, anew: &Anew, notices: &mut Vec<Notice>) {
        let now: BTreeMap<_, _> =
            self.rows(anew).filter_map(|row| Some((row.id, self.unblocked_at(row)?))).collect();
        for (&request, at) in &now {
            if self.unblocked.get(&request) != Some(at) {
                let text = self.requests.get(&request).map(|row| row.text.clone()).unwrap_or_default();
                notices.push(Notice::Unblocked { request, text });
            }
        }
        self.unblocked.retain(|id, _| !anew.has(*id));
        self.unblocked.extend(now);
    }

    /// Since when nothing holds up what this person has or waits for.
    fn unblocked_at(&self, row: &Request) -> Option<Millis> {
        let me = self.me?;
        let is_mine = row.owner == Some(me) || row.asker == me || row.care.joined.contains(&me);
        row.care.unblocked_at.filter(|_| is_mine)
    }

    /// Quiet hours, or not working.
    fn is_left_in_peace(&self) -> bool {
        let me = self.me.and_then(|me| self.people.get(&me));
        me.is_some_and(|me| me.quiet_now || me.status == Status::Off)
    }

    /// Whom a message tells was decided by the server; in their quiet hours, and while they are off, it waits.
    fn tell_mentions(&mut self, notices: &mut Vec<Notice>) {
        if self.is_left_in_peace() {
            return;
        }
        for message in std::mem::take(&mut self.mentioned).into_values() {
            let author = message.author.and_then(|author| self.people.get(&author));
            let Message { id, request, text, mentions, .. } = message;
            notices.push(Notice::Mentioned {
                request,
                message: id,
                author: author.map(|person| person.name.clone()).unwrap_or_default(),
                text: if mentions.reason.is_empty() { text } else { mentions.reason },
            });
        }
    }

    fn look_what_is_owed(&mut self, anew: &Anew) {
        let mine = |row: &Request| {
            let reminders = row.care.reminders.iter().filter(|reminder| Some(reminder.person) == self.me);
            reminders.map(|reminder| (row.id, reminder.of)).collect::<Vec<_>>()
        };
        let now: Vec<_> = self.rows(anew).flat_map(mine).collect();
        self.owed.retain(|(id, _)| !anew.has(*id));
        self.owed.extend(now);
    }

    /// Takes the notes back that are no longer true. What somebody else takes and gives back is news once more.
    fn take_back(&mut self, anew: &Anew, notices: &mut Vec<Notice>) {
        let over = |id: &RequestId, said_pressing: bool| {
            self.requests
                .get(id)
                .is_none_or(|row| !self.waits_for_me(row) || said_pressing && !is_pressing(row))
        };
        let shown = |id: &RequestId| self.shown.get(id).map(|said| (*id, *said));
        let looked_at: Vec<_> = match anew {
            Anew::All => self.shown.iter().map(|(id, said)| (*id, *said)).collect(),
            Anew::These(ids) => ids.iter().filter_map(shown).collect(),
        };
        for (request, _) in looked_at.into_iter().filter(|(id, said)| over(id, *said)).collect::<Vec<_>>() {
            self.shown.remove(&request);
            notices.push(Notice::Over { request });
        }
        let owners: Vec<_> = self.rows(anew).map(|row| (row.id, row.owner, is_pressing(row))).collect();
        for (id, owner, is_pressing) in owners {
            match owner {
                // Giving back is one's own act.
                Some(owner) if Some(owner) == self.me => drop(self.told.insert(id, Loudness::Ring)),
                Some(_) => drop(self.told.remove(&id)),
                // What can wait now, and is pressing once more later, is said again then.
                None if !is_pressing => {
                    if let Some(told) = self.told.get_mut(&id) {
                        *told = (*told).min(Loudness::Banner);
                    }
                }
                None => {}
            }
        }
    }

    /// Quiet hours hold a request back, unless it is pressing and nobody else who was told watches.
    fn is_held(&self, request: &Request) -> bool {
        let quiet = self.me.and_then(|me| self.people.get(&me)).is_some_and(|me| me.quiet_now);
        if !quiet || !self.waits_for_me(request) {
            return false;
        }
        let watches = |person: &Person| {
            person.active
                && person.status == Status::Available
                && !person.quiet_now
                && self.here.contains(&person.id)
        };
        let mut others = self.people.values().filter(|person| {
            Some(person.id) != self.me
                && person.id != request.asker
                && self.told_of(request, person.id) > Loudness::Number
        });
        !is_pressing(request) || is_closed(request) || others.any(watches)
    }

    /// How loudly this person is told of the request, if it comes to that. While its desk is closed nobody is who is
    /// not free for it.
    fn loudness(&self, request: &Request) -> Loudness {
        let me = self.me.and_then(|me| self.people.get(&me));
        let is_free = me.is_none_or(|me| me.status == Status::Available && me.busy_until.is_none());
        let waits = self.waits_for_me(request) && (is_free || !is_closed(request));
        self.me.filter(|_| waits).map_or(Loudness::Number, |me| self.told_of(request, me))
    }

    /// Whom the alarm rings, and whom it gives a card; of a row older than alarms, whoever helps there.
    fn told_of(&self, request: &Request, person: PersonId) -> Loudness {
        let (rings, has_card) = match &request.care.alarm {
            Some(alarm) => (is_among(&alarm.rings, person), is_among(&alarm.cards, person)),
            None => (self.is_asked(request, person), false),
        };
        match request.urgency {
            _ if !rings && !has_card => Loudness::Number,
            _ if is_pressing(request) && rings => Loudness::Ring,
            _ if is_pressing(request) => Loudness::Card,
            Urgency::Whenever => Loudness::Number,
            _ => Loudness::Banner,
        }
    }

    fn learn(&mut self, entity: &Entity, notices: &mut Vec<Notice>) {
        match entity {
            Entity::Person(person) => drop(self.people.insert(person.id, person.clone())),
            Entity::Desk(desk) => drop(self.desks.insert(desk.id, desk.clone())),
            Entity::Request(request) => {
                let before = self.requests.insert(request.id, request.clone());
                notices.extend(self.clip_wanted(before.as_ref(), request));
            }
            Entity::Message(message) => {
                if message.deleted {
                    self.mentioned.remove(&message.id);
                }
                if self.messages.insert(message.id) {
                    // An answer to one's own question is told as that.
                    match self.answered(message) {
                        Some(answered) => notices.push(answered),
                        None if self.is_mentioned(message) => {
                            self.mentioned.insert(message.id, message.clone());
                        }
                        None => {}
                    }
                }
            }
            Entity::Call(call) => self.call(call, notices),
            Entity::Org(_) | Entity::Attachment(_) | Entity::Clip(_) | Entity::Invite(_) => {}
        }
    }

    fn asked(&self, request: &Request) -> Option<Notice> {
        let status = self.me.and_then(|me| self.people.get(&me)).map_or(Status::Available, |me| me.status);
        let is_in_meeting =
            self.me.and_then(|me| self.people.get(&me)).is_some_and(|me| me.busy_until.is_some());
        let loudness = self.loudness(request);
        let shows = match loudness {
            Loudness::Number => false,
            Loudness::Banner => status == Status::Available && !is_in_meeting,
            Loudness::Card | Loudness::Ring => status != Status::Off,
        };
        shows.then(|| Notice::Asked {
            request: request.id,
            asker: self.people.get(&request.asker).map(|person| person.name.clone()).unwrap_or_default(),
            text: request.text.clone(),
            live: loudness >= Loudness::Card,
            sound: loudness == Loudness::Ring && status == Status::Available,
        })
    }

    fn is_mentioned(&self, message: &Message) -> bool {
        let tells = |me| is_among(&message.mentions.tells, me);
        !message.deleted && message.author != self.me && self.me.is_some_and(tells)
    }

    fn answered(&self, message: &Message) -> Option<Notice> {
        let turn = matches!(message.kind, MessageKind::Answered | MessageKind::AskedBack);
        let awaits = |request: &Request, me| request.asker == me || request.care.joined.contains(&me);
        let mine =
            self.requests.get(&message.request).zip(self.me).is_some_and(|(request, me)| awaits(request, me));
        (turn && mine && message.author != self.me).then_some(Notice::Answered { message: message.id })
    }

    /// Asked for again after the asker had the turn, it is told again.
    fn clip_wanted(&self, before: Option<&Request>, now: &Request) -> Option<Notice> {
        let wanted = |row: &Request| row.clip_wanted_by.filter(|_| row.state == RequestState::WaitingAsker);
        let by = wanted(now)?;
        let is_news = before.and_then(wanted) != Some(by);
        (is_news && Some(now.asker) == self.me).then_some(Notice::ClipWanted { request: now.id, by })
    }

    fn call(&mut self, call: &Call, notices: &mut Vec<Notice>) {
        let rings = call.state == CallState::Ringing && Some(call.callee) == self.me;
        if rings {
            if self.ringing.insert(call.id, !call.silent).is_none() {
                self.rings_anew |= !call.silent;
                notices.push(Notice::Rings { call: call.id });
            }
        } else {
            self.hush(call.id, notices);
        }
    }

    fn hush(&mut self, call: CallId, notices: &mut Vec<Notice>) {
        if self.ringing.remove(&call).is_some() && self.ringing.is_empty() {
            notices.push(Notice::RingOver);
        }
    }

    /// One bell for all calls.
    fn ring_bell(&mut self, notices: &mut Vec<Notice>) {
        let rings = self.ringing.values().any(|may_be_heard| *may_be_heard);
        let rings_anew = std::mem::take(&mut self.rings_anew) && rings;
        if rings != self.bell || rings_anew {
            self.bell = rings;
            notices.push(Notice::Bell { rings });
        }
    }

    /// Nobody has it, and this person may take it: they help there, or the alarm called them from elsewhere.
    fn waits_for_me(&self, request: &Request) -> bool {
        request.state == RequestState::Open
            && request.owner.is_none()
            && Some(request.asker) != self.me
            && self
                .me
                .is_some_and(|me| self.is_asked(request, me) || self.told_of(request, me) > Loudness::Number)
    }

    /// Whether it was asked of this person: privately, or as one who helps at its desk.
    fn is_asked(&self, request: &Request, person: PersonId) -> bool {
        match &request.private_with {
            Some(people) => people.contains(&person),
            None => self
                .desks
                .get(&request.desk)
                .is_some_and(|desk| is_among(&desk.helpers, person) || desk.owner == person),
        }
    }

    fn count_anew(&mut self, anew: &Anew, notices: &mut Vec<Notice>) {
        let waits = |request: &&Request| {
            let my_turn = Some(request.asker) == self.me
                && matches!(request.state, RequestState::WaitingAsker | RequestState::Answered);
            my_turn || self.waits_for_me(request)
        };
        let now: Vec<_> = self.rows(anew).filter(waits).map(|row| row.id).collect();
        match anew {
            Anew::All => self.waiting.clear(),
            Anew::These(ids) => {
                for id in ids {
                    self.waiting.remove(id);
                }
            }
        }
        self.waiting.extend(now);
        let count = self.waiting.len();
        if count != self.count {
            self.count = count;
            notices.push(Notice::Waiting { count });
        }
    }
}

impl Anew {
    /// What has to be looked at again after `changes`.
    fn after(changes: &[Change]) -> Self {
        let mut these = BTreeSet::new();
        for change in changes {
            match change {
                Change::Put(Entity::Person(_) | Entity::Desk(_)) | Change::Gone(EntityRef::Desk(_)) => {
                    return Self::All;
                }
                Change::Put(Entity::Request(row)) => drop(these.insert(row.id)),
                Change::Gone(EntityRef::Request(id)) => drop(these.insert(*id)),
                Change::Put(_) | Change::Gone(_) => {}
            }
        }
        Self::These(these)
    }

    fn has(&self, id: RequestId) -> bool {
        match self {
            Self::All => true,
            Self::These(ids) => ids.contains(&id),
        }
    }
}

fn is_among(people: &Helpers, person: PersonId) -> bool {
    match people {
        Helpers::Everyone => true,
        Helpers::These { people } => people.contains(&person),
    }
}

/// Its desk is closed: the alarm has not begun.
fn is_closed(request: &Request) -> bool {
    request.care.alarm.as_ref().is_some_and(|alarm| alarm.step == AlarmStep::Closed)
}

/// A customer waits, or many are concerned.
fn is_pressing(request: &Request) -> bool {
    request.urgency == Urgency::Live || request.care.critical.is_some()
}

#[cfg(test)]
mod tests;
