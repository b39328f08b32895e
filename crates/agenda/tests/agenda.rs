//! Calendar files as the common calendars write them, and files that nobody should have to survive.

use deskside_agenda::{Unreadable, busy, meeting_at};
use deskside_domain::{Time, calendar::Span, time::DAY};

fn at(text: &str) -> Time {
    Time(text.parse::<jiff::Timestamp>().expect("an instant").as_millisecond())
}

fn span(from: &str, to: &str) -> Span {
    Span { from: at(from), to: at(to) }
}

fn file(entries: &str) -> String {
    let zone = "BEGIN:VTIMEZONE\nTZID:W. Europe Standard Time\nBEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\n\
                TZOFFSETTO:+0100\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\nEND:STANDARD\nBEGIN:DAYLIGHT\n\
                DTSTART:16010101T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nRRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\n\
                END:DAYLIGHT\nEND:VTIMEZONE";
    format!("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n{zone}\n{entries}\nEND:VCALENDAR\n")
        .replace('\n', "\r\n")
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\nDTSTAMP:20260101T000000Z\n{lines}\nEND:VEVENT")
}

/// Busy times of the week from Monday, 2026-06-08.
#[track_caller]
fn week(entries: &str) -> Vec<Span> {
    let monday = at("2026-06-08T00:00+02");
    let busy = busy(&file(entries), "Europe/Berlin", monday, monday.plus(7 * DAY)).expect("a calendar");
    assert_eq!(busy.unread, 0);
    busy.spans
}

#[test]
fn meetings_in_utc_in_a_zone_and_in_none() {
    let entries = [
        event("UID:1\nDTSTART:20260608T070000Z\nDTEND:20260608T080000Z\nSUMMARY:Nobody reads this"),
        event("UID:2\nDTSTART;TZID=Europe/Berlin:20260609T090000\nDTEND;TZID=Europe/Berlin:20260609T093000"),
        event("UID:3\nDTSTART;TZID=W. Europe Standard Time:20260610T090000\nDURATION:PT45M"),
        event("UID:4\nDTSTART:20260611T090000\nDTEND:20260611T100000"),
        event("UID:5\nDTSTART;VALUE=DATE:20260612\nDTEND;VALUE=DATE:20260613"),
    ];
    let expected = [
        span("2026-06-08T09:00+02", "2026-06-08T10:00+02"),
        span("2026-06-09T09:00+02", "2026-06-09T09:30+02"),
        span("2026-06-10T09:00+02", "2026-06-10T09:45+02"),
        span("2026-06-11T09:00+02", "2026-06-11T10:00+02"),
        span("2026-06-12T00:00+02", "2026-06-13T00:00+02"),
    ];
    assert_eq!(week(&entries.join("\n")), expected);
}

#[test]
fn what_is_free_cancelled_or_a_task_takes_no_time() {
    let when = "DTSTART:20260608T070000Z\nDTEND:20260608T080000Z";
    let entries = [
        event(&format!("UID:1\n{when}\nTRANSP:TRANSPARENT")),
        event(&format!("UID:2\n{when}\nSTATUS:CANCELLED")),
        event(&format!("UID:3\n{when}\nX-MICROSOFT-CDO-BUSYSTATUS:FREE")),
        format!("BEGIN:VTODO\nUID:4\n{when}\nEND:VTODO"),
    ];
    assert_eq!(week(&entries.join("\n")), []);
}

#[test]
fn a_series_with_a_moved_and_a_cancelled_meeting() {
    let zone = ";TZID=Europe/Berlin:";
    let series = |uid: &str| {
        event(&format!(
            "UID:{uid}\nDTSTART{zone}20240101T090000\nDTEND{zone}20240101T091500\n\
             RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE\nEXDATE{zone}20260609T090000"
        ))
    };
    let moved = |uid: &str, hour: &str| {
        event(&format!(
            "UID:{uid}\nRECURRENCE-ID{zone}20260610T090000\nDTSTART{zone}20260610T{hour}0000\nDTEND{zone}20260610T{hour}1500"
        ))
    };
    // Two series at the same time, each moved to another.
    let entries = [series("a"), moved("a", "11"), series("b"), moved("b", "14")];
    let expected = [
        span("2026-06-08T09:00+02", "2026-06-08T09:15+02"),
        span("2026-06-10T11:00+02", "2026-06-10T11:15+02"),
        span("2026-06-10T14:00+02", "2026-06-10T14:15+02"),
    ];
    assert_eq!(week(&entries.join("\n")), expected);
}

#[test]
fn meetings_that_touch_or_overlap_are_one_stretch_with_its_true_ends() {
    let entries = [
        event("UID:1\nDTSTART:20260607T120000Z\nDTEND:20260607T230000Z"),
        event("UID:2\nDTSTART:20260607T225900Z\nDTEND:20260608T003000Z"),
        event("UID:3\nDTSTART:20260608T003000Z\nDTEND:20260608T010000Z"),
    ];
    let spans = week(&entries.join("\n"));
    assert_eq!(spans, [span("2026-06-07T14:00+02", "2026-06-08T03:00+02")]);
    assert_eq!(meeting_at(&spans, at("2026-06-08T02:59+02")), Some(spans[0]));
    assert_eq!(meeting_at(&spans, at("2026-06-08T03:00+02")), None);
}

#[test]
fn an_absence_of_days_is_the_same_one_whenever_it_is_looked_at() {
    let entries = [
        event("UID:1\nDTSTART;VALUE=DATE:20260608\nDTEND;VALUE=DATE:20260613"),
        event("UID:2\nDTSTART:20260601T070000Z\nDTEND:20260601T080000Z"),
        event("UID:3\nDTSTART:20260620T070000Z\nDTEND:20260620T080000Z"),
    ];
    let file = file(&entries.join("\n"));
    for now in ["2026-06-08T00:00+02", "2026-06-10T11:20+02", "2026-06-12T23:59+02"].map(at) {
        let found = busy(&file, "Europe/Berlin", now, now.plus(DAY)).expect("a calendar");
        assert_eq!(found.spans, [span("2026-06-08T00:00+02", "2026-06-13T00:00+02")], "{now:?}");
    }
}

#[test]
fn what_repeats_is_followed_as_far_as_was_asked() {
    // A hundred meetings of every day: followed to the end of all days they would be too much.
    let every_day =
        |uid: usize| event(&format!("UID:{uid}\nDTSTART:20240101T070000Z\nDURATION:PT15M\nRRULE:FREQ=DAILY"));
    let entries: Vec<String> = (0..100).map(every_day).collect();
    let spans = week(&entries.join("\n"));
    assert_eq!(spans.len(), 7);
    assert_eq!(spans[6], span("2026-06-14T09:00+02", "2026-06-14T09:15+02"));
    // What has an end, or counts, is over when it says.
    let entries = [
        event("UID:1\nDTSTART:20260601T070000Z\nDURATION:PT15M\nRRULE:FREQ=DAILY;UNTIL=20260609T070000Z"),
        event("UID:2\nDTSTART:20260601T090000Z\nDURATION:PT15M\nRRULE:FREQ=DAILY;COUNT=9"),
        event("UID:3\nDTSTART:20100601T110000Z\nDURATION:PT15M\nRRULE:FREQ=DAILY;UNTIL=20200101T000000Z"),
        event("UID:4\nDTSTART:20270601T110000Z\nDURATION:PT15M\nRRULE:FREQ=DAILY"),
    ];
    let expected = [
        span("2026-06-08T09:00+02", "2026-06-08T09:15+02"),
        span("2026-06-08T11:00+02", "2026-06-08T11:15+02"),
        span("2026-06-09T09:00+02", "2026-06-09T09:15+02"),
        span("2026-06-09T11:00+02", "2026-06-09T11:15+02"),
    ];
    assert_eq!(week(&entries.join("\n")), expected);
}

#[test]
fn what_is_no_calendar_is_refused_and_says_what_to_do() {
    let read = |file: &str| busy(file, "Europe/Berlin", Time(0), Time(DAY));
    assert_eq!(read("<!doctype html><title>Sign in</title>"), Err(Unreadable::NotACalendar));
    assert_eq!(read(""), Err(Unreadable::NotACalendar));
    assert_eq!(read(&" ".repeat(deskside_agenda::MOST_BYTES + 1)), Err(Unreadable::TooLarge));
    assert!(Unreadable::NotACalendar.to_string().contains(".ics"));
}

#[test]
fn a_broken_entry_does_not_hide_the_others() {
    let entries =
        [event("UID:1\nSUMMARY:when?"), event("UID:2\nDTSTART:20260608T070000Z\nDTEND:20260608T080000Z")];
    let monday = at("2026-06-08T00:00+02");
    let busy =
        busy(&file(&entries.join("\n")), "Europe/Berlin", monday, monday.plus(DAY)).expect("a calendar");
    assert_eq!((busy.spans.len(), busy.unread), (1, 1));
}

/// Files that were cut, mixed up or made up: an answer or a refusal, and soon.
#[test]
fn no_file_is_too_strange() {
    let good = file(&[
        event("UID:1\nDTSTART;TZID=Europe/Berlin:20240101T090000\nDURATION:PT15M\nRRULE:FREQ=DAILY;INTERVAL=1;COUNT=900"),
        event("UID:2\nDTSTART;VALUE=DATE:20260101\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1\nEXDATE;VALUE=DATE:20260130"),
        event("UID:3\nDTSTART:00010101T000000Z\nDTEND:99991231T235959Z\nRDATE;VALUE=PERIOD:20260101T000000Z/P1D"),
    ]
    .join("\n"));
    let mut bits: u64 = 0x5eed;
    let mut random = |below: usize| {
        bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (bits >> 33) as usize % below
    };
    for round in 0..40 {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..=round % 8 {
            let place = random(bytes.len());
            match random(4) {
                0 => bytes.truncate(place.max(20)),
                1 => bytes[place] = b"0123456789-;:=TZP,\r\n"[random(20)],
                2 => {
                    let part: Vec<u8> = bytes[place..(place + 40).min(bytes.len())].to_vec();
                    bytes.splice(place..place, part);
                }
                _ => {
                    bytes.remove(place);
                }
            }
        }
        let file = String::from_utf8_lossy(&bytes);
        if let Ok(busy) = busy(&file, "Europe/Berlin", Time(0), Time(60 * 365 * DAY)) {
            assert!(busy.spans.windows(2).all(|pair| pair[0].to < pair[1].from), "round {round}");
        }
    }
}

/// The same as a week, for what costs much: nobody waits for it for ever, and no machine swells.
fn costs(entries: &[String]) -> Result<(usize, usize), Unreadable> {
    let monday = at("2026-06-08T00:00+02");
    let begun = std::time::Instant::now();
    let found = busy(&file(&entries.join("\n")), "Europe/Berlin", monday, monday.plus(7 * DAY));
    assert!(begun.elapsed().as_secs() < 60, "it took {:?}", begun.elapsed());
    found.map(|busy| (busy.spans.len(), busy.unread))
}

#[test]
fn a_file_that_describes_many_zones_for_many_meetings_costs_no_more_than_its_size() {
    let zone = "BEGIN:STANDARD\nDTSTART:16010101T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD";
    let zones = format!("BEGIN:VTIMEZONE\nTZID:Mars\n{}\nEND:VTIMEZONE", [zone; 8_000].join("\n"));
    let meeting = event("DTSTART;TZID=Mars:20260608T090000\nDTEND;TZID=Mars:20260608T100000");
    let entries = [vec![zones], vec![meeting; 8_000]].concat();
    assert_eq!(costs(&entries), Ok((1, 0)));
}

#[test]
fn what_repeats_more_often_than_meetings_do_is_not_followed() {
    let all = |most: u8| (0..most).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let (hours, minutes) = (all(24), all(60));
    let meeting = event("UID:0\nDTSTART:20260608T070000Z\nDTEND:20260608T080000Z");
    for rule in [
        "FREQ=SECONDLY".to_owned(),
        "FREQ=MINUTELY;INTERVAL=10".to_owned(),
        format!("FREQ=HOURLY;BYMINUTE={minutes}"),
        // One look of the library would find 31 million times.
        format!(
            "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR={hours};BYMINUTE={minutes};BYSECOND={minutes}"
        ),
    ] {
        let repeats = event(&format!("UID:1\nDTSTART:20000101T000000Z\nDURATION:PT1S\nRRULE:{rule}"));
        assert_eq!(costs(&[meeting.clone(), repeats]), Ok((1, 1)), "{rule}");
    }
}

#[test]
fn a_file_that_costs_too_much_is_not_read() {
    // A day that no year has: the library looks for it through ten thousand of them. All in one series.
    let never = |_| event("UID:1\nDTSTART:20260101T000000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30");
    assert_eq!(costs(&(0..5_000).map(never).collect::<Vec<_>>()), Err(Unreadable::TooMuch));
    let often =
        |uid: usize| event(&format!("UID:{uid}\nDTSTART:20240101T000000Z\nDURATION:PT1M\nRRULE:FREQ=HOURLY"));
    assert_eq!(costs(&(0..100).map(often).collect::<Vec<_>>()), Err(Unreadable::TooMuch));
}
