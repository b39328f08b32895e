//! Printing how well this machine records.

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use deskside_capture::microphone::Choice;
use deskside_client::Trouble;

use super::{SelfTest, refuse};
use crate::selftest::{Report, Test, link, run};

/// Exit code 0 also when something is not as it should be: the report says so, and the report is what is wanted.
pub fn selftest(arguments: &SelfTest, profile: &Path) -> ExitCode {
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
    // Asked before anything is recorded: whoever reads where it will go can still say no.
    let server = arguments.link.then(|| link::server(profile));
    if !arguments.json {
        eprintln!("Recording a flash and a beep for {} seconds. {}", arguments.seconds, leaves(&server));
    }
    let report = run(&test).map(|mut report| {
        if let Some(server) = server {
            report.link(&server.and_then(|_| link::stop_to_link(profile)));
        }
        report
    });
    match report {
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

/// What leaves this machine, in a sentence.
fn leaves(server: &Option<Result<String, Trouble>>) -> String {
    match server {
        Some(Ok(server)) => format!(
            "That stays here; then {} seconds of the test card alone are sent to {server} and removed there again.",
            link::LENGTH.as_secs()
        ),
        None | Some(Err(_)) => "Nothing leaves this machine.".to_owned(),
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
    let unmeasured = || report.link_unmeasured.clone().unwrap_or_default();
    row("stop to link", report.link_ms.map_or_else(unmeasured, |ms| format!("{ms:.0} ms")));
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
