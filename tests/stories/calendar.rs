//! Scenario 25, the part of it that is about who can be reached: a calendar that says when somebody is in a meeting,
//! and a status with an end that counts more.

use deskside_domain::time::{HOUR, MINUTE};
use deskside_ports::Clock as _;
use deskside_protocol::{
    Code, Entity, EntityRef, Millis, command::*, entity, id::PersonId, profile::CalendarFile, values::Status,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
    sync::watch,
};

use crate::support::{House, Person, within};

/// A meeting on the day of the stories, 11:00 to 11:20 in Berlin, and one that is free.
const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n\
    DTSTAMP:20260601T000000Z\r\nDTSTART:20260605T090000Z\r\nDTEND:20260605T092000Z\r\nSUMMARY:Salary talk\r\n\
    END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260601T000000Z\r\nDTSTART:20260605T100000Z\r\n\
    DTEND:20260605T110000Z\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

fn row(viewer: &Person, id: PersonId) -> entity::Person {
    match viewer.replica.get(&EntityRef::Person(id)) {
        Some(Entity::Person(person)) => person.clone(),
        other => panic!("no person: {other:?}"),
    }
}

/// Away for four days, from the day of the stories on.
const ABSENCE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:1\r\n\
    DTSTAMP:20260601T000000Z\r\nDTSTART:20260605T060000Z\r\nDTEND:20260609T060000Z\r\nSUMMARY:Sea\r\n\
    END:VEVENT\r\nEND:VCALENDAR\r\n";

/// Another server, which says the same to whoever asks, by plain HTTP.
struct Served {
    host: String,
    says: watch::Sender<&'static str>,
    asked: watch::Receiver<usize>,
}

impl Served {
    async fn start(says: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let host = format!("http://{}", listener.local_addr().expect("an address"));
        let (says, (count, asked)) = (watch::Sender::new(says), watch::channel(0));
        let file = says.subscribe();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let file = *file.borrow();
                let head =
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", file.len());
                let _ = stream.write_all(format!("{head}{file}").as_bytes()).await;
                count.send_modify(|count| *count += 1);
            }
        });
        Self { host, says, asked }
    }

    fn address(&self, name: &str) -> String {
        format!("{}/{name}.ics", self.host)
    }

    fn count(&self) -> usize {
        *self.asked.borrow()
    }

    async fn is_asked(&self, times: usize) {
        let mut asked = self.asked.clone();
        within("being asked", asked.wait_for(|count| *count >= times)).await.expect("it serves");
    }
}

/// A server that never answers.
async fn silent_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}/me.ics", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    address
}

async fn names(person: &mut Person, source: impl Into<String>) -> u64 {
    person.does(SetCalendar { person: person.id, source: source.into() }).await
}

fn is_read(viewer: &Person, id: PersonId) -> bool {
    row(viewer, id).calendar == CalendarFile::Read
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_says_when_somebody_is_in_a_meeting_and_nobody_learns_what_about() {
    let (house, _ada, [mut sam, mut ana]) = House::with_team(["Sam", "Ana"]).await;
    ana.follows().await;
    let nonsense = sam.tries(SetCalendar { person: sam.id, source: "next week".into() }).await;
    assert_eq!(nonsense.expect_err("neither address nor file").code, Code::Invalid);
    let served = Served::start(FILE).await;
    names(&mut sam, served.address("me")).await;
    ana.hears_until("the calendar to be read", |ana| row(ana, sam.id).calendar == CalendarFile::Read).await;
    assert_eq!(row(&ana, sam.id).busy_until, None, "it is 10:45");

    house.clock.turn(15 * MINUTE);
    let eleven = house.clock.now().0;
    ana.hears_until("the meeting", |ana| row(ana, sam.id).busy_until == Some(Millis(eleven + 20 * MINUTE)))
        .await;
    house.clock.turn(20 * MINUTE);
    ana.hears_until("its end", |ana| row(ana, sam.id).busy_until.is_none()).await;
    house.clock.turn(HOUR);

    // What Sam says of himself counts more, and ends when he said.
    let until = Millis(house.clock.now().0 + HOUR);
    sam.does(SetStatus { status: Status::Away, until: Some(until) }).await;
    ana.hears_until("away", |ana| row(ana, sam.id).status_until == Some(until)).await;
    house.clock.turn(HOUR);
    ana.hears_until("back", |ana| row(ana, sam.id).status == Status::Available).await;
    house.clock.turn(4 * HOUR);
    ana.hears_until("unconfirmed", |ana| row(ana, sam.id).status_unconfirmed).await;

    // Nothing of the file is told to anybody, nor where it is.
    let told = serde_json::to_string(&ana.snapshot().await).expect("serialises");
    assert!(!told.contains("Salary") && !told.contains("me.ics"), "{told}");

    // A file that was uploaded is read the same way; an address at which nothing is says so.
    sam.does(SetCalendar { person: sam.id, source: FILE.into() }).await;
    ana.hears_until("the file", |ana| row(ana, sam.id).calendar == CalendarFile::Read).await;
    sam.does(SetCalendar { person: sam.id, source: "http://127.0.0.1:9/me.ics".into() }).await;
    ana.hears_until("the trouble", |ana| row(ana, sam.id).calendar == CalendarFile::Unreachable).await;
    sam.does(SetCalendar { person: sam.id, source: String::new() }).await;
    ana.hears_until("none", |ana| row(ana, sam.id).calendar == CalendarFile::None).await;
    ana.verifies().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_that_they_are_there_is_believed_however_often_the_calendar_is_read() {
    let (house, _ada, [mut sam, mut ana]) = House::with_team(["Sam", "Ana"]).await;
    ana.follows().await;
    let served = Served::start(ABSENCE).await;
    names(&mut sam, served.address("sam")).await;
    // 2026-06-09 06:00 UTC, days behind what is looked at.
    let back = Some(Millis(1_780_984_800_000));
    ana.hears_until("the absence", |ana| row(ana, sam.id).busy_until == back).await;
    let seq = sam.does(SetStatus { status: Status::Available, until: None }).await;
    ana.reaches(seq).await;
    for times in [2, 3] {
        house.clock.turn(15 * MINUTE);
        served.is_asked(times).await;
    }
    served.says.send_replace("away");
    house.clock.turn(15 * MINUTE);
    ana.hears_until("the trouble", |ana| row(ana, sam.id).calendar == CalendarFile::NotACalendar).await;
    assert_eq!(row(&ana, sam.id).busy_until, None, "Sam knows better than his calendar");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_saved_again_is_read_again_and_not_faster_than_anybody_mistypes() {
    let (house, _ada, [mut sam, mut ana, mut ben]) = House::with_team(["Sam", "Ana", "Ben"]).await;
    ana.follows().await;
    let served = Served::start(FILE).await;
    for (times, name) in ["sam", "sam", "sem", "sam", "sam"].into_iter().enumerate() {
        let seq = names(&mut sam, served.address(name)).await;
        ana.reaches(seq).await;
        ana.hears_until("the calendar to be read", |ana| is_read(ana, sam.id)).await;
        served.is_asked(times + 1).await;
    }
    let seq = names(&mut sam, served.address("sim")).await;
    ana.reaches(seq).await;
    names(&mut ben, FILE).await;
    ana.hears_until("Ben's", |ana| is_read(ana, ben.id)).await;
    assert_eq!((served.count(), row(&ana, sam.id).calendar), (5, CalendarFile::Unread), "that is enough");
    house.clock.turn(5 * MINUTE);
    ana.hears_until("the last one", |ana| is_read(ana, sam.id)).await;
    served.is_asked(6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_calendar_that_does_not_answer() {
    let (mut house, _ada, [mut sam, mut ana, mut ben]) = House::with_team(["Sam", "Ana", "Ben"]).await;
    ana.follows().await;
    names(&mut ben, silent_server().await).await;
    names(&mut sam, FILE).await;
    let soon = std::time::Duration::from_secs(5);
    let read = ana.hears_until("Sam's calendar", |ana| is_read(ana, sam.id));
    tokio::time::timeout(soon, read).await.expect("before Ben's is given up");
    assert_eq!(row(&ana, ben.id).calendar, CalendarFile::Unread);
    drop((ana, sam, ben));
    tokio::time::timeout(soon, house.stop()).await.expect("a server that stops waits for no calendar");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_costs_too_much_is_refused_and_costs_nobody_else_anything() {
    let (house, _ada, [mut sam, mut ana, mut ben]) = House::with_team(["Sam", "Ana", "Ben"]).await;
    ana.follows().await;
    // A day that no year has, looked for again and again.
    let never = "BEGIN:VEVENT\r\nDTSTART:20260101T000000Z\r\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\nEND:VEVENT\r\n";
    names(&mut sam, format!("BEGIN:VCALENDAR\r\n{}END:VCALENDAR\r\n", never.repeat(8_000))).await;
    ana.hears_until("the refusal", |ana| row(ana, sam.id).calendar == CalendarFile::NotACalendar).await;
    names(&mut ben, FILE).await;
    ana.hears_until("Ben's", |ana| is_read(ana, ben.id)).await;
    drop(house);
}
