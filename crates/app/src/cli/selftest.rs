//! Printing how well this machine records.

use std::process::ExitCode;
use std::time::Duration;

use deskside_capture::microphone::Choice;

use super::{SelfTest, refuse};
use crate::selftest::{Report, Test, run};

/// Exit code 0 also when something is not as it should be: the report says so, and the report is what is wanted.
pub fn selftest(arguments: &SelfTest) -> ExitCode {
    let mic = match arguments.mic.as_deref() {
        None => None,
        Some("default") => Some(Choice::Default),
        Some(name) => Some(Choice::Named(name.to_owned())),
    };
    let test = Test {
        length: Duration::from_secs(arguments.seconds.into()),
        mic,
        keep: arguments.keep.clone(),
        fault: Duration::from_millis(arguments.fault_ms),
    };
    if !arguments.json {
        eprintln!(
            "Recording a flash and a beep for {} seconds. Nothing leaves this machine.",
            arguments.seconds
        );
    }
    match run(&test) {
        Ok(report) if arguments.json => {
            println!("{}", serde_json::json!(report));
            ExitCode::SUCCESS
        }
        Ok(report) => {
            print(&report);
            ExitCode::SUCCESS
        }
        Err(error) => refuse(error.code(), &error, error.hint(), arguments.json),
    }
}

fn print(report: &Report) {
    let machine = &report.machine;
    println!("Deskside {} on {}", machine.deskside, machine.system);
    println!("{} cores, {}, load {:.1}", machine.cores, machine.processor, machine.load);
    for offer in &report.offers {
        println!("{:<16} {}  {}", offer.name, if offer.there { "yes" } else { "no " }, offer.detail);
    }
    let row = |name: &str, value: String| println!("{name:<16} {value}");
    row("encoder", report.encoder.clone());
    row("picture", format!("{}x{}", report.size.0, report.size.1));
    row("start", format!("{:.0} ms", report.start_ms));
    row("pictures", format!("{:.1} a second, {} lost of {}", report.fps, report.lost, report.pictures));
    row("processor", format!("{:.2} s a second", report.cpu_per_s));
    row("size", format!("{:.1} MB a minute", report.mb_per_min));
    row("stop to file", format!("{:.0} ms", report.stop_ms));
    row("flashes", format!("{} of {}", report.flashes.1, report.flashes.0));
    match &report.microphone {
        Some(microphone) => {
            row("beeps", format!("{} of {}, by {microphone}", report.beeps.1, report.beeps.0))
        }
        None => row("beeps", "no sound was recorded".to_owned()),
    }
    if let Some(offset) = report.av_offset_ms {
        let drift = report.av_drift_ms_per_min.map(|drift| format!(", drift {drift:+.1} ms a minute"));
        let worst = report.av_worst_ms.map(|worst| format!(", {worst:+.1} ms at worst"));
        let more = [worst.unwrap_or_default(), drift.unwrap_or_default()].concat();
        row("sound is later", format!("{offset:+.1} ms{more}"));
    }
    if !report.notes.is_empty() {
        row("notes", report.notes.join(", "));
    }
    println!();
    if report.troubles.is_empty() {
        println!("All is well.");
    }
    for trouble in &report.troubles {
        println!("! {trouble}");
    }
}
