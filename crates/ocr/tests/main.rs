//! Numbers on drawn screens are found by the real engine; `cargo xtask bench ocr` measures the same on many more.

#[path = "support/screens.rs"]
mod screens;

use std::os::unix::fs::PermissionsExt as _;

use deskside_domain::{masking::Kind, org::ExemptNumber};
use deskside_ocr::{Area, Engine, Found, Picture, Trouble, look};
use screens::{
    canvas::{Canvas, Hand},
    fonts, is_covered, looks, overlap, screen,
};

fn engine() -> Engine {
    Engine::find().expect("tesseract is installed: `cargo xtask setup`")
}

fn masked(found: &[Found]) -> Vec<Area> {
    found.iter().filter(|one| one.kind.is_masked()).map(|one| one.area).collect()
}

#[test]
fn on_every_kind_of_screen_no_card_stays_readable_and_little_else_is_covered() {
    let (fonts, mut missed, mut falses, mut cards) = (fonts(), Vec::new(), Vec::new(), 0);
    for (seed, how) in looks().into_iter().enumerate() {
        let seed = 7000 + seed as u64;
        let drawn = screen(seed, how, &fonts);
        let found = look(&engine(), drawn.canvas.picture(), &[], || true, |_| {}).expect("a look");
        let boxes = masked(&found);
        let truths: Vec<_> = drawn.truths.iter().filter(|truth| truth.kind.is_masked()).collect();
        cards += truths.iter().filter(|truth| truth.kind == Kind::Card).count();
        missed.extend(
            truths
                .iter()
                .filter(|truth| !is_covered(truth.area, &boxes))
                .map(|truth| (seed, (*truth).clone())),
        );
        let is_true = |area: &Area| truths.iter().any(|truth| overlap(truth.area, *area));
        falses.extend(boxes.iter().filter(|area| !is_true(area)).map(|area| (seed, *area)));
    }
    assert!(cards >= 24, "the screens show {cards} cards");
    assert!(missed.is_empty(), "readable: {missed:?}");
    assert!(falses.len() <= 1, "covered without a reason: {falses:?}");
}

/// A white picture with some lines, each forty pixels below the one before.
fn page(lines: &[&str]) -> Canvas {
    let fonts = fonts();
    let mut canvas = Canvas::new(640, 40 * lines.len() as u32 + 40, [255, 255, 255]);
    for (at, line) in lines.iter().enumerate() {
        let hand = Hand { font: &fonts[0], size: 14.0, colour: [20, 20, 20], whole: true };
        canvas.write(hand, 20.0, 40.0 * (at as f32 + 1.0), line);
    }
    canvas
}

fn kinds(canvas: &Canvas, exempt: &[ExemptNumber]) -> Vec<Kind> {
    let mut found = look(&engine(), canvas.picture(), exempt, || true, |_| {}).expect("a look");
    found.sort_by_key(|one| one.area.y);
    found.iter().map(|one| one.kind).collect()
}

#[test]
fn what_is_found_is_told_by_its_kind_and_registered_order_numbers_are_left_alone() {
    let page = page(&[
        "Card 4111 1111 1111 1111",
        "Account DE89 3704 0044 0532 0130 00",
        "CVC: 123",
        "Phone +49 30 1234567",
        "anna.keller@example.com",
        "Order 4000 0012 3456 7899",
    ]);
    let first = [Kind::Card, Kind::Iban, Kind::Code, Kind::Phone, Kind::Email];
    assert_eq!(kinds(&page, &[]), [&first[..], &[Kind::Card]].concat());
    let exempt = [ExemptNumber { prefix: "40000012".to_owned(), digits: 16 }];
    assert_eq!(kinds(&page, &exempt), first);
}

#[test]
fn an_engine_that_is_missing_dies_or_says_nothing_is_an_error_and_never_a_picture_without_numbers() {
    let page = page(&["Card 4111 1111 1111 1111"]);
    let folder = std::env::temp_dir().join(format!("deskside-ocr-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let script = |name: &str, text: &str| {
        let file = folder.join(name);
        std::fs::write(&file, text).expect("a script");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("executable");
        Engine::at(file)
    };
    for engine in [
        Engine::at(folder.join("nothing here")),
        script("dies", "#!/bin/sh\nexit 1\n"),
        script("silent", "#!/bin/sh\ncat >/dev/null\n"),
    ] {
        let looked = look(&engine, page.picture(), &[], || true, |_| {});
        assert!(matches!(looked, Err(Trouble::Engine(_))), "{engine:?} gave {looked:?}");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
    let short = Picture { rgb: &[0; 5], width: 2, height: 1 };
    assert!(matches!(look(&engine(), short, &[], || true, |_| {}), Err(Trouble::Malformed { .. })));
}

#[test]
fn a_look_that_nobody_wants_any_more_ends_and_leaves_no_engine_behind() {
    let folder = std::env::temp_dir().join(format!("deskside-ocr-ended-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    // It says that it runs, and then nothing for as long as anybody would wait.
    let file = folder.join("hangs");
    std::fs::write(&file, format!("#!/bin/sh\ntouch '{}'/$$\nexec sleep 600\n", folder.display()))
        .expect("a script");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let running = || {
        let entries = std::fs::read_dir(&folder).expect("the folder").filter_map(Result::ok);
        let ids = entries.filter_map(|entry| entry.file_name().to_string_lossy().parse::<u32>().ok());
        ids.collect::<Vec<_>>()
    };
    let page = page(&["Card 4111 1111 1111 1111", "Account DE89 3704 0044 0532 0130 00"]);
    let goes_on = || running().len() < 3;
    let looked = look(&Engine::at(&file), page.picture(), &[], goes_on, |_| {});
    assert!(matches!(looked, Err(Trouble::Ended)), "{looked:?}");
    for id in running() {
        assert!(!std::path::Path::new(&format!("/proc/{id}")).exists(), "process {id} is still there");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}
