//! Printing what can be recorded.

use std::process::ExitCode;

use deskside_capture::{Area, CaptureError, desktop, microphone};
use serde_json::{Value, json};

use super::refuse;

pub fn displays(as_json: bool) -> ExitCode {
    print(as_json, desktop().and_then(|desktop| desktop.displays()), |display| {
        let main = if display.primary { ", main" } else { "" };
        let line = format!("{}  {}  {}{main}", display.number, display.name, place(&display.area));
        let value = json!({
            "number": display.number, "name": display.name, "primary": display.primary, "area": area(&display.area),
        });
        (line, value)
    })
}

pub fn windows(as_json: bool) -> ExitCode {
    print(as_json, desktop().and_then(|desktop| desktop.windows()), |window| {
        let line = format!("{:#x}  {}  {}  {}", window.id, place(&window.area), window.class, window.title);
        let value = json!({
            "id": window.id, "title": window.title, "class": window.class, "pid": window.pid,
            "area": area(&window.area),
        });
        (line, value)
    })
}

pub fn mics(as_json: bool) -> ExitCode {
    print(as_json, microphone::inputs(), |input| {
        let default = if input.default { "* " } else { "  " };
        let line = format!("{default}{}  {}", input.name, input.label);
        let value = json!({
            "name": input.name, "label": input.label, "default": input.default, "monitor": input.monitor,
        });
        (line, value)
    })
}

fn print<T>(
    as_json: bool,
    found: Result<Vec<T>, CaptureError>,
    describe: impl Fn(&T) -> (String, Value),
) -> ExitCode {
    let found = match found {
        Ok(found) => found,
        Err(error) => return refuse("capture", &error, "", as_json),
    };
    let described = found.iter().map(describe);
    if as_json {
        println!("{}", Value::Array(described.map(|(_, value)| value).collect()));
    } else {
        described.for_each(|(line, _)| println!("{line}"));
    }
    ExitCode::SUCCESS
}

fn place(area: &Area) -> String {
    format!("{}x{}{:+}{:+}", area.width, area.height, area.x, area.y)
}

fn area(area: &Area) -> Value {
    json!({ "x": area.x, "y": area.y, "width": area.width, "height": area.height })
}
