//! Search: finds what one may see, and nothing that is gone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "this is test code")]

use deskside_domain::{Row, State, id::*, request::RequestState};

use super::{
    Place,
    rows::{answer, desk, put, request, uuid},
};
use crate::store::{Match, Store, Visible};

fn everyone() -> Visible {
    Box::new(|_: &Row, _: &State| true)
}

async fn find(store: &dyn Store, query: &str) -> Vec<Match> {
    store.search(query, 10, everyone()).await.unwrap()
}

async fn found(store: &dyn Store, query: &str) -> Vec<RequestId> {
    find(store, query).await.iter().map(|hit| hit.request).collect()
}

fn ids(numbers: &[u64]) -> Vec<RequestId> {
    numbers.iter().map(|n| RequestId(uuid(*n))).collect()
}

/// Words in any case and form, beginnings, slips of the finger, codes; the better match first.
pub async fn words_are_found(place: &dyn Place) {
    let opened = place.open().await;
    put(
        &*opened.store,
        [
            Row::Desk(desk(10)),
            Row::Request(request(20, 10, "The printer prints empty pages after the update")),
            Row::Request(request(21, 10, "Customer can't log in, error AX-4711 on the last page")),
            Row::Request(request(22, 10, "Rückgabe: Gutschein für größere Bestellung")),
            Row::Request(request(23, 10, "Which form for a refund above 500 euro?")),
        ],
    )
    .await;
    drop(opened);
    let store = place.open().await.store;
    let store = &*store;
    assert_eq!(found(store, "PRINTING").await, ids(&[20]));
    assert_eq!(found(store, "custom").await, ids(&[21]), "the last word may be a beginning");
    assert_eq!(found(store, "prniter").await, ids(&[20]), "two letters swapped");
    assert_eq!(found(store, "prnter").await, ids(&[20]), "a letter too few");
    assert_eq!(found(store, "updatte").await, ids(&[20]), "a letter too many");
    assert_eq!(found(store, "ax 4711").await, ids(&[21]));
    assert_eq!(found(store, "AX-47").await, ids(&[21]), "a code that is still being typed");
    assert_eq!(found(store, "4711 printer pages").await[0], RequestId(uuid(21)), "codes come first");
    assert_eq!(found(store, "große bestell").await, ids(&[22]));
    assert_eq!(found(store, "printer empty page").await[0], RequestId(uuid(20)), "more words, better match");
    assert_eq!(found(store, "weather").await, ids(&[]));
    assert_eq!(found(store, "What is the Gutschein for").await, ids(&[22]), "no hit for \"the\" alone");
    for odd in ["", "   ", "\"", "a AND", "NEAR(", "*", "refund\"*^", "-", "text:refund", "\0", "\u{2}"] {
        find(store, odd).await;
    }
    let hit = &find(store, "gutschein").await[0];
    let marked: Vec<&str> = hit.marks.iter().map(|(from, to)| &hit.snippet[*from..*to]).collect();
    assert_eq!(marked, ["Gutschein"]);
    assert!(hit.snippet.contains("größere"), "{}", hit.snippet);
    assert_eq!((hit.message, hit.solved), (None, false));
}

/// What one may not see takes no place among the hits, however well it matches.
pub async fn permission_is_asked_inside(place: &dyn Place) {
    let store = place.open().await.store;
    put(&*store, [Row::Desk(desk(10)), Row::Desk(desk(11))]).await;
    for n in 0..60 {
        let hidden = request(100 + n, 11, "refund refund refund");
        put(&*store, [Row::Request(hidden)]).await;
    }
    for n in 20..25 {
        put(
            &*store,
            [Row::Request(request(n, 10, "how do I book a refund for an order that was paid in two parts"))],
        )
        .await;
    }
    let at_desk: Visible = Box::new(|row, state| {
        let request = row.request().and_then(|id| state.request(id).ok());
        let desk = request.and_then(|request| state.desk(request.desk).ok());
        desk.expect("what a row leads to is there").id == DeskId(uuid(10))
    });
    let hits = store.search("refund", 3, at_desk).await.unwrap();
    assert_eq!(hits.len(), 3);
    assert!(
        hits.iter().all(|hit| hit.snippet.contains("two parts") || hit.snippet.contains("book")),
        "{hits:?}"
    );
    let nobody: Visible = Box::new(|_, _| false);
    assert!(store.search("refund", 3, nobody).await.unwrap().is_empty());
}

/// Deleted words are gone with the answer to the deletion.
pub async fn erased_words_are_gone(place: &dyn Place) {
    let store = place.open().await.store;
    let store = &*store;
    put(store, [Row::Desk(desk(10)), Row::Request(request(20, 10, "the customer Rumpelstiltskin waits"))])
        .await;
    assert_eq!(found(store, "rumpelstiltskin").await, ids(&[20]));
    put(store, [Row::Request(request(20, 10, "the customer waits"))]).await;
    for query in ["rumpelstiltskin", "rumpel", "stiltsk"] {
        assert_eq!(found(store, query).await, ids(&[]), "{query}");
    }
    assert_eq!(found(store, "customer").await, ids(&[20]));
    put(store, [Row::Request(request(20, 10, ""))]).await;
    assert_eq!(found(store, "customer").await, ids(&[]));

    let mut withdrawn = request(21, 10, "never mind the parcel");
    put(store, [Row::Request(withdrawn.clone())]).await;
    assert_eq!(found(store, "parcel").await, ids(&[21]));
    withdrawn.state = RequestState::Withdrawn;
    put(store, [Row::Request(withdrawn)]).await;
    assert_eq!(found(store, "parcel").await, ids(&[]));
}

/// An answer is found once its asker said that it solved the request; each request is found once, archived ones too.
pub async fn accepted_answers_are_found(place: &dyn Place) {
    let store = place.open().await.store;
    let store = &*store;
    let asked = request(20, 10, "The till shows a red lamp");
    put(store, [Row::Desk(desk(10)), Row::Request(asked.clone())]).await;
    put(store, [Row::Message(answer(30, 20, "Hold the reset button for ten seconds"))]).await;
    assert_eq!(found(store, "reset button").await, ids(&[]), "nobody has accepted it yet");

    let solved =
        deskside_domain::request::Request { state: RequestState::Solved, archived: true, ..asked.clone() };
    put(store, [Row::Request(solved.clone())]).await;
    let hits = find(store, "reset button").await;
    assert_eq!(hits.len(), 1);
    assert_eq!(
        (hits[0].request, hits[0].message, hits[0].solved),
        (asked.id, Some(MessageId(uuid(30))), true)
    );
    assert_eq!(find(store, "lamp reset").await.len(), 1, "one request, one hit");

    put(store, [Row::Request(asked.clone())]).await;
    assert_eq!(found(store, "reset button").await, ids(&[]), "reopened: it did not help");
    put(store, [Row::Message(answer(31, 20, "Swap the cable")), Row::Request(solved)]).await;
    assert_eq!(found(store, "cable").await, ids(&[20]));
    let mut deleted = answer(31, 20, "");
    deleted.deleted = true;
    put(store, [Row::Message(deleted)]).await;
    assert_eq!(found(store, "cable").await, ids(&[]));
    assert_eq!(found(store, "reset button").await, ids(&[20]));
}
