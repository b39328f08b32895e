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
};

use crate::support::{House, Person};

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

/// Serves the file to whoever asks, by plain HTTP.
async fn calendar_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = format!("http://{}/me.ics", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).await;
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", FILE.len());
            let _ = stream.write_all(format!("{head}{FILE}").as_bytes()).await;
        }
    });
    address
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_says_when_somebody_is_in_a_meeting_and_nobody_learns_what_about() {
    let (house, _ada, [mut sam, mut ana]) = House::with_team(["Sam", "Ana"]).await;
    ana.follows().await;
    let nonsense = sam.tries(SetCalendar { person: sam.id, source: "next week".into() }).await;
    assert_eq!(nonsense.expect_err("neither address nor file").code, Code::Invalid);
    sam.does(SetCalendar { person: sam.id, source: calendar_server().await }).await;
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
