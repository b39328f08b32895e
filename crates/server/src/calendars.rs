//! Who is in a meeting: the calendars that people have named are read every quarter of an hour, and a person's row says
//! until when they are busy. What a meeting is about is never looked at. Of a file that lies elsewhere nothing is kept;
//! one that somebody gave instead of an address is kept as their secret. When somebody is busy later is in memory alone.
//!
//! Nobody waits for anybody: each calendar is read beside the others, and its owner is told when it is. Reading costs
//! what the file's author likes, so it is done away from the tasks that serve, one file at a time.

mod fetch;

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use deskside_domain::{
    Key, Read, Row, Time,
    calendar::Span,
    command::System,
    id::PersonId,
    person::{CalendarFile, calendar_secret},
    time::{DAY, MINUTE},
};
use deskside_ports::bus::Hint;
use sha2::{Digest as _, Sha256};
use tokio::{
    sync::{Semaphore, broadcast, broadcast::error::RecvError},
    task::{Id, JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

use self::fetch::Outside;
use crate::parts::Shared;

/// A calendar is read anew after this long.
const EVERY: i64 = 15 * MINUTE;
/// So far ahead it is looked at.
const AHEAD: i64 = DAY;
/// Calendars fetched at the same time.
const BESIDE: usize = 4;
/// So many times a person's calendar is read in [`WINDOW`]: whoever names addresses one after the other does not have
/// this server ask for them at that pace.
const MOST_READS: usize = 5;
/// About one a minute, and a few tries at once for whoever mistypes.
const WINDOW: i64 = 5 * MINUTE;
/// After something broke here.
const PAUSE: Duration = Duration::from_secs(60);

/// What was read of one calendar.
struct Known {
    /// Of what it was read: the hash of its address, or of the file.
    source: [u8; 32],
    read_at: Time,
    spans: Vec<Span>,
    file: CalendarFile,
    /// What the person's row was told last.
    told: Option<(Option<Span>, CalendarFile)>,
}

/// A calendar that is being read.
struct Reading {
    person: PersonId,
    source: [u8; 32],
    at: Time,
}

/// When to look again.
#[derive(Default)]
struct Next {
    at: Option<Time>,
    /// Something broke.
    trouble: bool,
}

/// Everybody's calendar.
struct Calendars {
    server: Shared,
    outside: Arc<Outside>,
    known: HashMap<PersonId, Known>,
    /// Whose calendar is to be looked at.
    due: HashSet<PersonId>,
    /// When whose was last begun to be read.
    begun: HashMap<PersonId, VecDeque<Time>>,
    reading: HashMap<Id, Reading>,
    readings: JoinSet<Result<Vec<Span>, CalendarFile>>,
    fetching: Arc<Semaphore>,
    following: Arc<Semaphore>,
}

/// Reads calendars, and says who is busy when a meeting begins or ends, until `stop`.
pub(crate) async fn run(server: Shared, stop: CancellationToken) {
    let mut hints = server.parts.bus.listen();
    let mut calendars = Calendars::new(server.clone());
    let mut everybody = true;
    loop {
        let next = tokio::select! {
            next = calendars.look(everybody) => next,
            () = stop.cancelled() => return,
        };
        everybody = false;
        let wait = async {
            match next.at {
                Some(at) => server.parts.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        let pause = async {
            match next.trouble {
                true => tokio::time::sleep(PAUSE).await,
                false => std::future::pending().await,
            }
        };
        tokio::select! {
            named = named(&mut hints) => match named {
                Some(person) => _ = calendars.due.insert(person),
                None => everybody = true,
            },
            Some(read) = calendars.readings.join_next_with_id() => calendars.keep(read),
            () = wait => {}
            () = pause => everybody = true,
            () = stop.cancelled() => return,
        }
    }
}

/// Who has named a calendar; `None`: perhaps anybody.
async fn named(hints: &mut broadcast::Receiver<Hint>) -> Option<PersonId> {
    loop {
        match hints.recv().await {
            Ok(Hint::Calendar(person)) => return Some(person),
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => return None,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

impl Calendars {
    fn new(server: Shared) -> Self {
        Self {
            outside: Arc::new(Outside::new(server.parts.settings.private_calendars)),
            server,
            known: HashMap::new(),
            due: HashSet::new(),
            begun: HashMap::new(),
            reading: HashMap::new(),
            readings: JoinSet::new(),
            fetching: Arc::new(Semaphore::new(BESIDE)),
            following: Arc::new(Semaphore::new(1)),
        }
    }

    /// Begins to read what is to be read, and tells what is to be told. What breaks for one breaks for nobody else.
    async fn look(&mut self, everybody: bool) -> Next {
        let now = self.server.now();
        let mut trouble = false;
        if everybody && let Err(error) = self.survey().await {
            tracing::warn!(error = format!("{error:#}"), "who has a calendar is not known");
            trouble = true;
        }
        let busy: HashSet<PersonId> = self.reading.values().map(|reading| reading.person).collect();
        let stale = self.known.iter().filter(|(_, known)| now.since(known.read_at) >= EVERY);
        let stale: Vec<PersonId> = stale.map(|(person, _)| *person).collect();
        self.due.extend(stale.into_iter().filter(|person| !busy.contains(person)));
        for person in self.due.iter().copied().filter(|person| !busy.contains(person)).collect::<Vec<_>>() {
            match self.look_at(person, now).await {
                Ok(true) => _ = self.due.remove(&person),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%person, error = format!("{error:#}"), "a calendar could not be looked at");
                    trouble = true;
                }
            }
        }
        trouble |= !self.tell(now).await;
        Next { at: self.next(now), trouble }
    }

    /// Who has a calendar at all.
    async fn survey(&mut self) -> anyhow::Result<()> {
        let state = self.server.parts.store.load(&[Read::People]).await?.state;
        let named = state.people().filter(|row| row.active && row.calendar != CalendarFile::None);
        self.due = named.map(|row| row.id).collect();
        self.known.retain(|person, _| self.due.contains(person));
        Ok(())
    }

    /// Begins to read a person's calendar if that is needed. False: it is, but not yet.
    async fn look_at(&mut self, person: PersonId, now: Time) -> anyhow::Result<bool> {
        let secret = Key::Secret(calendar_secret(person));
        let reads = [Key::Org, Key::Person(person), secret.clone()].map(Read::Row);
        let state = self.server.parts.store.load(&reads).await?.state;
        let row = state.person(person).ok().filter(|row| row.active && row.calendar != CalendarFile::None);
        let (Some(row), Some(Row::Secret(secret))) = (row, state.get(&secret)) else {
            self.known.remove(&person);
            return Ok(true);
        };
        let source: [u8; 32] = Sha256::digest(&secret.value).into();
        // What was read of another is nobody's any more.
        if self.known.get(&person).is_some_and(|known| known.source != source) {
            self.known.remove(&person);
        }
        if let Some(known) = self.known.get_mut(&person) {
            if row.calendar != CalendarFile::Unread && now.since(known.read_at) < EVERY {
                return Ok(true);
            }
            // Named once more: the row knows nothing of what it was told.
            if row.calendar == CalendarFile::Unread {
                known.told = None;
            }
        }
        let begun = self.begun.entry(person).or_default();
        begun.retain(|at| now.since(*at) < WINDOW);
        if begun.len() >= MOST_READS {
            return Ok(false);
        }
        begun.push_back(now);
        let zone = match row.profile.zone.as_str() {
            "" => state.org().map(|org| org.zone.clone()).unwrap_or_default(),
            zone => zone.to_owned(),
        };
        let read = read(
            secret.value.clone(),
            zone,
            now,
            self.outside.clone(),
            self.fetching.clone(),
            self.following.clone(),
        );
        let task = self.readings.spawn(read);
        self.reading.insert(task.id(), Reading { person, source, at: now });
        Ok(true)
    }

    fn keep(&mut self, read: Result<(Id, Result<Vec<Span>, CalendarFile>), JoinError>) {
        let (id, read) = match read {
            Ok(read) => read,
            Err(error) => (error.id(), Err(CalendarFile::NotACalendar)),
        };
        let Some(Reading { person, source, at }) = self.reading.remove(&id) else { return };
        // Another was named meanwhile.
        if self.due.contains(&person) {
            return;
        }
        let before = self.known.remove(&person).filter(|known| known.source == source);
        let (spans, file) = match read {
            Ok(spans) => (spans, CalendarFile::Read),
            // A server that is away for a while does not empty anybody's afternoon.
            Err(file) => (before.as_ref().map(|known| known.spans.clone()).unwrap_or_default(), file),
        };
        let told = before.and_then(|known| known.told);
        self.known.insert(person, Known { source, read_at: at, spans, file, told });
    }

    /// Tells people's rows what is new to them. False: something broke.
    async fn tell(&mut self, now: Time) -> bool {
        let mut all = true;
        for (person, known) in &mut self.known {
            let says = (deskside_agenda::meeting_at(&known.spans, now), known.file);
            if known.told == Some(says) {
                continue;
            }
            let (meeting, file) = says;
            let says_so = System::CalendarSays { person: *person, meeting, file };
            match self.server.decisions.system(says_so).await {
                Ok(_) => known.told = Some(says),
                Err(problem) => {
                    tracing::warn!(%person, %problem, "what a calendar says could not be told");
                    all = false;
                }
            }
        }
        all
    }

    /// When a meeting begins or ends next, or a calendar is to be read.
    fn next(&mut self, now: Time) -> Option<Time> {
        self.begun.retain(|_, begun| begun.back().is_some_and(|at| now.since(*at) < WINDOW));
        let waiting = self.due.iter().filter_map(|person| self.begun.get(person)?.front());
        let turns = self.known.values().flat_map(|known| {
            let turns = known.spans.iter().flat_map(|span| [span.from, span.to]);
            turns.chain([known.read_at.plus(EVERY)])
        });
        waiting.map(|at| at.plus(WINDOW)).chain(turns).filter(|at| *at > now).min()
    }
}

/// When the owner of this calendar is busy from now on.
async fn read(
    source: String,
    zone: String,
    now: Time,
    outside: Arc<Outside>,
    fetching: Arc<Semaphore>,
    following: Arc<Semaphore>,
) -> Result<Vec<Span>, CalendarFile> {
    let file = if source.starts_with("BEGIN:VCALENDAR") {
        source
    } else {
        let _turn = fetching.acquire().await;
        outside.fetch(&source).await?
    };
    let _turn = following.acquire().await;
    let busy = move || deskside_agenda::busy(&file, &zone, now, now.plus(AHEAD));
    // A file on which the reader breaks is none.
    let busy =
        tokio::task::spawn_blocking(busy).await.context("reading a calendar").unwrap_or_else(|error| {
            tracing::error!(error = format!("{error:#}"), "the reader of calendars broke");
            Err(deskside_agenda::Unreadable::NotACalendar)
        });
    busy.map(|busy| busy.spans).map_err(|_| CalendarFile::NotACalendar)
}
