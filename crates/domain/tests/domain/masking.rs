//! The one vector file that the UI's matcher passes too, and what must hold for any text.

use deskside_domain::{
    masking::{Choice, Kind, card, code, digits, find, iban, mask, mask_as},
    org::ExemptNumber,
};
use proptest::prelude::*;
use serde_json::Value;

fn vectors() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/vectors/masking.json");
    let text = std::fs::read_to_string(path).expect("the vectors are in the repository");
    serde_json::from_str(&text).expect("the vectors are JSON")
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Card => "card",
        Kind::Code => "code",
        Kind::Iban => "iban",
        Kind::Phone => "phone",
        Kind::Email => "email",
    }
}

fn exemptions(case: &Value) -> Vec<ExemptNumber> {
    let exemption = |value: &Value| ExemptNumber {
        prefix: value["prefix"].as_str().expect("a prefix").to_owned(),
        digits: u8::try_from(value["digits"].as_u64().expect("digits")).expect("few digits"),
    };
    case["exempt"].as_array().into_iter().flatten().map(exemption).collect()
}

fn readable(case: &Value) -> Vec<String> {
    let name = |value: &Value| value.as_str().expect("an IBAN").to_owned();
    case["readable"].as_array().into_iter().flatten().map(name).collect()
}

#[test]
fn every_case_of_the_vector_file_is_masked_as_it_says() {
    let vectors = vectors();
    let cases = vectors["cases"].as_array().expect("cases");
    assert!(cases.len() >= 40, "only {} cases", cases.len());
    for case in cases {
        let text = case["text"].as_str().expect("a text");
        let readable = readable(case);
        let choice = Choice { readable: &readable, contacts: case["contacts"] == true };
        let masked = mask_as(text, &exemptions(case), choice);
        assert_eq!(masked.text, case["masked"].as_str().expect("masked"), "{}", case["name"]);
        let twice = mask_as(&masked.text, &exemptions(case), choice);
        assert_eq!(twice.text, masked.text, "twice is once: {}", case["name"]);
        let found: Vec<(&str, &str)> =
            masked.finds.iter().map(|find| (kind(find.kind), &text[find.at.clone()])).collect();
        let expected: Vec<(&str, &str)> = case["finds"]
            .as_array()
            .expect("finds")
            .iter()
            .map(|find| (find["kind"].as_str().expect("a kind"), find["text"].as_str().expect("a text")))
            .collect();
        assert_eq!(found, expected, "{}", case["name"]);
    }
}

#[test]
fn the_tables_are_those_of_the_vector_file() {
    let rules = &vectors()["rules"];
    let issuers: Vec<Value> = card::ISSUERS
        .iter()
        .map(|issuer| {
            let (name, from, to, lengths) = (issuer.name, issuer.from, issuer.to, issuer.lengths);
            serde_json::json!({ "name": name, "from": from, "to": to, "lengths": lengths })
        })
        .collect();
    assert_eq!(rules["issuers"], Value::from(issuers));
    let structures: serde_json::Map<String, Value> = iban::STRUCTURES
        .iter()
        .map(|(country, structure)| ((*country).into(), (*structure).into()))
        .collect();
    assert_eq!(rules["iban"], Value::from(structures));
    assert_eq!(rules["code_words"], serde_json::json!(code::WORDS));
    assert_eq!(rules["code_between"], serde_json::json!(code::BETWEEN));
    assert_eq!(rules["code_between_at_most"], code::MOST_BETWEEN);
    assert_eq!(rules["digits"], serde_json::json!(digits::ZEROS));
    assert_eq!(rules["separators"], serde_json::json!(digits::SEPARATORS));
    assert_eq!(rules["separators_between_groups"], digits::MOST_BETWEEN);
}

/// A number of `length` digits that begins with `start` and passes Luhn, found by trying the last digit.
fn card_number(start: &str, length: usize, filler: u64) -> String {
    let filler = format!("{filler:019}");
    let body: String = start.chars().chain(filler.chars()).take(length - 1).collect();
    (0..10)
        .map(|last| format!("{body}{last}"))
        .find(|number| {
            let sum: u32 = number
                .chars()
                .rev()
                .enumerate()
                .map(|(place, char)| {
                    let value = char.to_digit(10).expect("a digit") * if place % 2 == 0 { 1 } else { 2 };
                    value / 10 + value % 10
                })
                .sum();
            sum.is_multiple_of(10)
        })
        .expect("one of ten digits passes")
}

/// The IBAN of a country with these letters and digits (ISO 13616).
fn iban_number(country: &str, bban: &str) -> String {
    let digits = format!("{bban}{country}00");
    let rest = digits.chars().fold(0, |rest, char| {
        let value = char.to_digit(36).expect("a letter or a digit");
        (rest * if value < 10 { 10 } else { 100 } + value) % 97
    });
    format!("{country}{:02}{bban}", 98 - rest)
}

proptest! {
    /// Whatever is written: no panic, masking twice is masking once, finds lie in order without overlap.
    #[test]
    fn masking_is_stable(text in "[a-zA-Z0-9 ,.:/()+@\\-\n\u{a0}\u{ff10}-\u{ff19}äß😀]{0,80}|\\PC{0,60}") {
        let masked = mask(&text, &[]);
        prop_assert_eq!(&mask(&masked.text, &[]).text, &masked.text);
        let mut from = 0;
        for find in find(&text, &[]) {
            prop_assert!(find.at.start >= from && find.at.end > find.at.start);
            prop_assert!(text.get(find.at.clone()).is_some(), "not at the edges of characters");
            from = find.at.end;
        }
    }

    /// No card of any issuer survives, however it is grouped and whatever words stand around it.
    #[test]
    fn no_card_number_survives(
        issuer in 0..card::ISSUERS.len(),
        length in any::<prop::sample::Index>(),
        filler in any::<u64>(),
        group in 1usize..7,
        separator in prop::sample::select(vec!["", " ", "-", ".", " - ", "\u{a0}"]),
        before in "[a-zA-Z ]{0,10}",
        after in "[a-zA-Z ,]{0,10}",
    ) {
        let issuer = card::ISSUERS[issuer];
        let number = card_number(issuer.from, *length.get(issuer.lengths), filler);
        let groups: Vec<&str> =
            number.as_bytes().chunks(group).map(|group| std::str::from_utf8(group).expect("digits")).collect();
        let text = format!("{before}{}{after}", groups.join(separator));
        let masked = mask(&text, &[]);
        prop_assert!(masked.text.contains("[card]"), "{} -> {}", text, masked.text);
        prop_assert!(!masked.text.contains(|char: char| char.is_ascii_digit()), "{}", masked.text);
    }

    /// Whatever is named as readable: what an IBAN that stayed shows is no card and no code, alone or with what
    /// stands beside it. Without the letters of its country its digits are read like any others.
    #[test]
    fn nothing_but_an_iban_stays_readable_under_its_name(
        bban in prop::sample::select(vec!["411111111111111100", "370400440532013000", "555555555555444400", "370400440532014111"]),
        sizes in prop::collection::vec(1usize..6, 22),
        separator in prop::sample::select(vec!["", " ", "-", " - "]),
        before in "(cvv |[0-9]{2,4} |4111 1111 |[a-z]{3} ){0,2}",
        after in "( [0-9]{4}| 1111 1111 1111| cvv| 123 cvv|, [a-z]{3}){0,3}",
    ) {
        let number = iban_number("DE", bban);
        let mut groups = Vec::new();
        let mut rest = number.as_str();
        for size in sizes {
            let (group, more) = rest.split_at(size.min(rest.len()));
            groups.push(group);
            rest = more;
        }
        groups.retain(|group| !group.is_empty());
        let text = format!("{before}{}{after}", groups.join(separator));
        let named = [number];
        let masked = mask_as(&text, &[], Choice { readable: &named, contacts: false }).text;
        let stripped = masked.replace(['D', 'E'], "x");
        let sensitive = find(&stripped, &[]).into_iter().any(|find| matches!(find.kind, Kind::Card | Kind::Code));
        prop_assert!(!sensitive, "{} -> {}", text, masked);
        prop_assert_eq!(&mask_as(&masked, &[], Choice { readable: &named, contacts: false }).text, &masked);
    }

    /// An IBAN with one digit changed is none: the check digits find every such slip (ISO 7064).
    #[test]
    fn an_iban_with_a_slip_is_none(place in 4usize..22, by in 1u8..10) {
        let mut iban = b"DE89370400440532013000".to_vec();
        iban[place] = b'0' + (iban[place] - b'0' + by) % 10;
        let text = String::from_utf8(iban).expect("ASCII");
        prop_assert!(!find(&text, &[]).iter().any(|find| find.kind == Kind::Iban), "{}", text);
    }
}
