//! What a person should be told although they look elsewhere. Loudness follows the request: a customer waiting is a
//! note with sound, *today* a silent banner unless one is on a call, *whenever* only a number; an answer reaches the
//! asker as a card; a call rings. Nobody is told of their own act, nor of what was there when the app started. In quiet hours a request is held
//! back while somebody else watches the desk; the moment nobody does, a waiting customer is told.

use std::collections::{BTreeMap, BTreeSet};

use deskside_protocol::{
    Entity, EntityRef,
    entity::{Call, Desk, Message, Person, Request},
    feed::{Change, Here},
    id::{CallId, DeskId, MessageId, PersonId, RequestId},
    values::{CallState, Helpers, MessageKind, RequestState, Status, Urgency},
};

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Somebody asks at a desk one helps at.
    Asked {
        /// Which request.
        request: RequestId,
        /// Who asks.
        asker: String,
        /// The words.
        text: String,
        /// A customer waits: the note stays until it is [`Notice::Over`].
        live: bool,
        /// Whether it may be heard.
        sound: bool,
    },
    /// Nobody waits there any more: somebody took it, or it was withdrawn.
    Over {
        /// Which request.
        request: RequestId,
    },
    /// One's own request was answered, or asked back.
    Answered {
        /// With which message.
        message: MessageId,
    },
    /// Somebody calls.
    Rings {
        /// Which call.
        call: CallId,
    },
    /// No call rings any more.
    RingOver,
    /// How many requests wait for this person.
    Waiting {
        /// Unclaimed at one's desks, and own ones whose turn it is.
        count: usize,
    },
}

/// What is known so far.
#[derive(Debug, Default)]
pub struct Watch {
    me: Option<PersonId>,
    people: BTreeMap<PersonId, Person>,
    desks: BTreeMap<DeskId, Desk>,
    requests: BTreeMap<RequestId, Request>,
    messages: BTreeSet<MessageId>,
    ringing: BTreeSet<CallId>,
    told: BTreeSet<RequestId>,
    here: BTreeSet<PersonId>,
    /// Those whose note may still be there.
    shown: BTreeSet<RequestId>,
    count: usize,
}

impl Watch {
    /// Begins anew with everything there is; only what rings now and the number are told.
    pub fn begin(&mut self, me: PersonId, entities: &[Entity]) -> Vec<Notice> {
        let rang = !self.ringing.is_empty();
        let here = std::mem::take(&mut self.here);
        let shown = std::mem::take(&mut self.shown);
        *self = Self { me: Some(me), count: usize::MAX, here, ..Self::default() };
        let mut notices = Vec::new();
        for entity in entities {
            self.learn(entity, &mut notices);
        }
        self.told = self.requests.keys().copied().collect();
        notices.retain(|notice| matches!(notice, Notice::Rings { .. }));
        if rang && self.ringing.is_empty() {
            notices.push(Notice::RingOver);
        }
        // What waits is in the new picture; an old note may say what is no longer true.
        notices.extend(shown.into_iter().map(|request| Notice::Over { request }));
        self.count_anew(&mut notices);
        notices
    }

    /// What these changes mean for this person.
    pub fn changed(&mut self, changes: &[Change]) -> Vec<Notice> {
        let mut notices = Vec::new();
        for change in changes {
            match change {
                Change::Put(entity) => self.learn(entity, &mut notices),
                Change::Gone(EntityRef::Request(id)) => drop(self.requests.remove(id)),
                Change::Gone(EntityRef::Call(id)) => self.hush(*id, &mut notices),
                Change::Gone(_) => {}
            }
        }
        // After all of them: a request and its desk may come in any order.
        self.tell_fresh(&mut notices);
        self.count_anew(&mut notices);
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
        self.tell_fresh(&mut notices);
        notices
    }

    fn tell_fresh(&mut self, notices: &mut Vec<Notice>) {
        let fresh: Vec<_> = self
            .requests
            .values()
            .filter(|row| !self.told.contains(&row.id) && !self.is_held(row))
            .cloned()
            .collect();
        for request in fresh {
            self.told.insert(request.id);
            if let Some(notice) = self.asked(&request) {
                self.shown.insert(request.id);
                notices.push(notice);
            }
        }
        let waits = |id: &RequestId| self.requests.get(id).is_some_and(|row| self.waits_for_helpers(row));
        let over: Vec<_> = self.shown.iter().copied().filter(|id| !waits(id)).collect();
        for request in over {
            self.shown.remove(&request);
            notices.push(Notice::Over { request });
        }
    }

    /// Quiet hours hold a request back, unless a customer waits and nobody else watches.
    fn is_held(&self, request: &Request) -> bool {
        let quiet = self.me.and_then(|me| self.people.get(&me)).is_some_and(|me| me.quiet_now);
        if !quiet || !self.waits_for_helpers(request) {
            return false;
        }
        let helps = |person: PersonId| match &request.private_with {
            Some(people) => people.contains(&person),
            None => self.desks.get(&request.desk).is_some_and(|desk| helps_at(desk, person)),
        };
        let watches = |person: &Person| {
            person.active
                && person.status == Status::Available
                && !person.quiet_now
                && self.here.contains(&person.id)
        };
        let mut others = self
            .people
            .values()
            .filter(|person| Some(person.id) != self.me && person.id != request.asker && helps(person.id));
        request.urgency != Urgency::Live || others.any(watches)
    }

    fn learn(&mut self, entity: &Entity, notices: &mut Vec<Notice>) {
        match entity {
            Entity::Person(person) => drop(self.people.insert(person.id, person.clone())),
            Entity::Desk(desk) => drop(self.desks.insert(desk.id, desk.clone())),
            Entity::Request(request) => drop(self.requests.insert(request.id, request.clone())),
            Entity::Message(message) => {
                if self.messages.insert(message.id) {
                    notices.extend(self.answered(message));
                }
            }
            Entity::Call(call) => self.call(call, notices),
            Entity::Org(_) | Entity::Attachment(_) | Entity::Clip(_) | Entity::Invite(_) => {}
        }
    }

    fn asked(&self, request: &Request) -> Option<Notice> {
        let live = request.urgency == Urgency::Live;
        let status = self.me.and_then(|me| self.people.get(&me)).map_or(Status::Available, |me| me.status);
        let loud = match request.urgency {
            Urgency::Live => status != Status::Off,
            Urgency::Today => status == Status::Available,
            Urgency::Whenever => false,
        };
        (loud && self.waits_for_helpers(request)).then(|| Notice::Asked {
            request: request.id,
            asker: self.people.get(&request.asker).map(|person| person.name.clone()).unwrap_or_default(),
            text: request.text.clone(),
            live,
            sound: live && status == Status::Available,
        })
    }

    fn answered(&self, message: &Message) -> Option<Notice> {
        let turn = matches!(message.kind, MessageKind::Answered | MessageKind::AskedBack);
        let mine = self.requests.get(&message.request).is_some_and(|request| Some(request.asker) == self.me);
        (turn && mine && message.author != self.me).then_some(Notice::Answered { message: message.id })
    }

    fn call(&mut self, call: &Call, notices: &mut Vec<Notice>) {
        let rings = call.state == CallState::Ringing && Some(call.callee) == self.me;
        if rings {
            if self.ringing.insert(call.id) {
                notices.push(Notice::Rings { call: call.id });
            }
        } else {
            self.hush(call.id, notices);
        }
    }

    fn hush(&mut self, call: CallId, notices: &mut Vec<Notice>) {
        if self.ringing.remove(&call) && self.ringing.is_empty() {
            notices.push(Notice::RingOver);
        }
    }

    fn waits_for_helpers(&self, request: &Request) -> bool {
        request.state == RequestState::Open
            && request.owner.is_none()
            && Some(request.asker) != self.me
            && match &request.private_with {
                Some(people) => self.me.is_some_and(|me| people.contains(&me)),
                None => self.desks.get(&request.desk).is_some_and(|desk| self.helps(desk)),
            }
    }

    fn helps(&self, desk: &Desk) -> bool {
        self.me.is_some_and(|me| helps_at(desk, me))
    }

    fn count_anew(&mut self, notices: &mut Vec<Notice>) {
        let waits = |request: &&Request| {
            let my_turn = Some(request.asker) == self.me
                && matches!(request.state, RequestState::WaitingAsker | RequestState::Answered);
            my_turn || self.waits_for_helpers(request)
        };
        let count = self.requests.values().filter(waits).count();
        if count != self.count {
            self.count = count;
            notices.push(Notice::Waiting { count });
        }
    }
}

fn helps_at(desk: &Desk, person: PersonId) -> bool {
    match &desk.helpers {
        Helpers::Everyone => true,
        Helpers::These { people } => people.contains(&person) || desk.owner == person,
    }
}

#[cfg(test)]
mod tests {
    use deskside_protocol::{Millis, values::Audience};

    use super::*;

    fn desk(owner: PersonId, helpers: Helpers) -> Desk {
        Desk {
            id: DeskId::fresh(),
            name: "Phones help".to_owned(),
            purpose: String::new(),
            owner,
            helpers,
            audience: Audience::Open,
            hours: Vec::new(),
            zone: String::new(),
            provider: None,
            review_before_upload: false,
            closed: false,
            service: Default::default(),
            hours_since: None,
            earlier_hours: Vec::new(),
            rota: Vec::new(),
            gaps: Vec::new(),
            history: Vec::new(),
        }
    }

    fn request(desk: DeskId, asker: PersonId, urgency: Urgency) -> Request {
        Request {
            id: RequestId::fresh(),
            desk,
            asker,
            owner: None,
            text: "refund after port-out?".to_owned(),
            urgency,
            ticket: None,
            private_with: None,
            state: RequestState::Open,
            asked_at: Millis(0),
            first_response_at: None,
            answered_at: None,
            solved_at: None,
            touched_at: Millis(0),
            clip_wanted_by: None,
            thanked: false,
            archived: false,
            care: Default::default(),
        }
    }

    fn put(entity: Entity) -> Vec<Change> {
        vec![Change::Put(entity)]
    }

    #[test]
    fn a_helper_hears_of_a_waiting_customer_once() {
        let (me, ana) = (PersonId::fresh(), PersonId::fresh());
        let desk = desk(ana, Helpers::These { people: vec![me] });
        let old = request(desk.id, ana, Urgency::Live);
        let mut watch = Watch::default();
        let begun = watch.begin(me, &[Entity::Desk(desk.clone()), Entity::Request(old)]);
        assert_eq!(begun, [Notice::Waiting { count: 1 }], "what was there is not told, only counted");
        let new = request(desk.id, ana, Urgency::Live);
        let told = watch.changed(&put(Entity::Request(new.clone())));
        let expected = Notice::Asked {
            request: new.id,
            asker: String::new(),
            text: new.text.clone(),
            live: true,
            sound: true,
        };
        assert_eq!(told, [expected, Notice::Waiting { count: 2 }]);
        assert_eq!(watch.changed(&put(Entity::Request(new.clone()))), [], "the same again is no news");
        let whenever = request(desk.id, ana, Urgency::Whenever);
        assert_eq!(watch.changed(&put(Entity::Request(whenever))), [Notice::Waiting { count: 3 }]);
        let taken = Request { owner: Some(ana), ..new.clone() };
        let over = watch.changed(&put(Entity::Request(taken)));
        assert_eq!(over, [Notice::Over { request: new.id }, Notice::Waiting { count: 2 }], "its card goes");
    }

    #[test]
    fn a_private_question_is_told_to_whom_it_is_for() {
        let (me, ana) = (PersonId::fresh(), PersonId::fresh());
        let desk = desk(ana, Helpers::Everyone);
        let mut watch = Watch::default();
        watch.begin(me, &[Entity::Desk(desk.clone())]);
        let private =
            |with| Request { private_with: Some(vec![with]), ..request(desk.id, ana, Urgency::Live) };
        assert_eq!(watch.changed(&put(Entity::Request(private(PersonId::fresh())))), []);
        let told = watch.changed(&put(Entity::Request(private(me))));
        assert!(matches!(told[0], Notice::Asked { live: true, .. }), "{told:?}");
    }

    fn person(id: PersonId, quiet_now: bool) -> Person {
        Person {
            id,
            name: "Somebody".to_owned(),
            email: "somebody@numbra.example".to_owned(),
            role: deskside_protocol::values::Role::Agent,
            active: true,
            status: Status::Available,
            status_at: Millis(0),
            phone: String::new(),
            call_link: String::new(),
            quiet: None,
            quiet_now,
            status_until: None,
            status_unconfirmed: false,
            asked_solved_at: None,
            profile: Default::default(),
        }
    }

    #[test]
    fn quiet_hours_hold_a_waiting_customer_back_only_while_somebody_else_watches() {
        let (me, ana, sam) = (PersonId::fresh(), PersonId::fresh(), PersonId::fresh());
        let desk = desk(sam, Helpers::These { people: vec![me] });
        let here = |connected| [Here { person: sam, connected, idle: false }];
        let mut watch = Watch::default();
        let people = [person(me, true), person(ana, false), person(sam, false)].map(Entity::Person);
        watch.begin(me, &[&people[..], &[Entity::Desk(desk.clone())]].concat());
        watch.present(&here(true));
        let live = request(desk.id, ana, Urgency::Live);
        let counted = watch.changed(&put(Entity::Request(live.clone())));
        assert_eq!(counted, [Notice::Waiting { count: 1 }], "Sam watches");
        let told = watch.present(&here(false));
        assert!(
            matches!(&told[..], [Notice::Asked { request, live: true, .. }] if *request == live.id),
            "{told:?}"
        );
        assert_eq!(watch.present(&here(true)), [], "told once");
        let today = watch.changed(&put(Entity::Request(request(desk.id, ana, Urgency::Today))));
        assert_eq!(today, [Notice::Waiting { count: 2 }], "what can wait waits");
        let over = watch.changed(&put(Entity::Person(person(me, false))));
        assert!(matches!(&over[..], [Notice::Asked { live: false, .. }]), "and is told when they are over");
    }

    #[test]
    fn nobody_is_told_of_their_own_act_or_of_other_desks() {
        let (me, ana) = (PersonId::fresh(), PersonId::fresh());
        let (mine, other) = (desk(ana, Helpers::Everyone), desk(ana, Helpers::These { people: vec![ana] }));
        let mut watch = Watch::default();
        watch.begin(me, &[Entity::Desk(mine.clone()), Entity::Desk(other.clone())]);
        assert_eq!(watch.changed(&put(Entity::Request(request(mine.id, me, Urgency::Live)))), []);
        assert_eq!(watch.changed(&put(Entity::Request(request(other.id, ana, Urgency::Live)))), []);
    }

    #[test]
    fn an_answer_reaches_the_asker() {
        let (me, ana) = (PersonId::fresh(), PersonId::fresh());
        let desk = desk(ana, Helpers::These { people: vec![ana] });
        let asked = request(desk.id, me, Urgency::Today);
        let mut watch = Watch::default();
        watch.begin(me, &[Entity::Desk(desk), Entity::Request(asked.clone())]);
        let answer = |author| Message {
            id: MessageId::fresh(),
            request: asked.id,
            author: Some(author),
            kind: MessageKind::Answered,
            text: "yes".to_owned(),
            attachments: Vec::new(),
            clip: None,
            moment: None,
            at: Millis(0),
            deleted: false,
        };
        let theirs = answer(ana);
        assert_eq!(
            watch.changed(&put(Entity::Message(theirs.clone()))),
            [Notice::Answered { message: theirs.id }]
        );
        assert_eq!(watch.changed(&put(Entity::Message(theirs))), [], "an edited answer is not a new one");
        assert_eq!(watch.changed(&put(Entity::Message(answer(me)))), []);
    }
}
