//! How well and how fast numbers are found on drawn screens: three fonts, two sizes, light and dark. Prints one JSON
//! line per figure, and to the error output every miss. `SCREENS` says how many screens of each look (10).

#[path = "../tests/support/screens.rs"]
mod screens;

use std::time::Instant;

use deskside_domain::masking::Kind;
use deskside_ocr::{Engine, look};
use screens::{fonts, is_covered, looks, overlap, screen};
use serde_json::json;

fn main() {
    let count: u64 = std::env::var("SCREENS").ok().and_then(|count| count.parse().ok()).unwrap_or(10);
    let only = std::env::var("SEED").ok().and_then(|seed| seed.parse::<u64>().ok());
    let engine = Engine::find().expect("tesseract is installed");
    let fonts = fonts();
    let (mut times, mut firsts) = (Vec::new(), Vec::new());
    let mut seen = std::collections::BTreeMap::<Kind, (usize, usize)>::new();
    let (mut falses, mut all) = (0, 0);
    for (number, how) in looks().into_iter().enumerate() {
        for seed in 0..count {
            let seed = seed * 100 + number as u64;
            if only.is_some_and(|only| only != seed) {
                continue;
            }
            let drawn = screen(seed, how, &fonts);
            let began = Instant::now();
            let mut first = None;
            let found = look(
                &engine,
                drawn.canvas.picture(),
                &[],
                || true,
                |_| {
                    first.get_or_insert_with(|| began.elapsed());
                },
            )
            .expect("a look");
            times.push(began.elapsed().as_secs_f64() * 1000.0);
            firsts.extend(first.map(|first| first.as_secs_f64() * 1000.0));
            all += 1;
            let boxes: Vec<_> = found.iter().filter(|one| one.kind.is_masked()).map(|one| one.area).collect();
            for truth in &drawn.truths {
                let own: Vec<_> =
                    found.iter().filter(|one| one.kind == truth.kind).map(|one| one.area).collect();
                let covers = if truth.kind.is_masked() { &boxes } else { &own };
                let is_found = is_covered(truth.area, covers);
                let count = seen.entry(truth.kind).or_default();
                *count = (count.0 + usize::from(is_found), count.1 + 1);
                if !is_found {
                    eprintln!(
                        "missed in {seed} {how:?}: {:?} {:?} at {:?}",
                        truth.kind, truth.text, truth.area
                    );
                }
            }
            for one in found.iter().filter(|one| one.kind.is_masked()) {
                let is_true =
                    drawn.truths.iter().any(|truth| truth.kind.is_masked() && overlap(truth.area, one.area));
                if !is_true {
                    falses += 1;
                    eprintln!("false in {seed} {how:?}: {one:?}");
                }
            }
        }
    }
    times.sort_by(f64::total_cmp);
    firsts.sort_by(f64::total_cmp);
    let at = |values: &[f64], share: f64| {
        values.get(((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1))).copied()
    };
    let share = |kind: Kind| seen.get(&kind).map(|(found, all)| 100.0 * *found as f64 / *all as f64);
    let counted = |kind: Kind| seen.get(&kind).map_or(0, |(_, all)| *all);
    let bar = |name: &str, figure: Option<f64>, unit: &str, bar: &str, holds: bool| {
        println!(
            "{}",
            json!({ "name": name, "figure": figure, "unit": unit, "bar": bar, "holds": holds, "screens": all })
        );
    };
    let cards = share(Kind::Card);
    bar(
        &format!("card numbers covered, of {}", counted(Kind::Card)),
        cards,
        "%",
        ">= 99",
        cards.is_some_and(|share| share >= 99.0),
    );
    let rate = f64::from(falses) * 20.0 / f64::from(all);
    bar("false boxes per 20 screens", Some(rate), "boxes", "<= 1", rate <= 1.0);
    let slow = at(&times, 0.95);
    bar("time to look at 1920x1080, p95", slow, "ms", "<= 800", slow.is_some_and(|slow| slow <= 800.0));
    for (name, figure, unit) in [
        ("time to look, median", at(&times, 0.5), "ms"),
        ("time to the first find, median", at(&firsts, 0.5), "ms"),
        ("IBANs covered", share(Kind::Iban), "%"),
        ("security codes covered", share(Kind::Code), "%"),
        ("phone numbers outlined", share(Kind::Phone), "%"),
        ("e-mail addresses outlined", share(Kind::Email), "%"),
    ] {
        println!("{}", json!({ "name": name, "figure": figure, "unit": unit }));
    }
}
