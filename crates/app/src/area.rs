//! What can be recorded, as the screens see it, and what the recorder makes of it.

use std::collections::BTreeSet;

use deskside_capture::{DenyList, Desktop, Rule, Target, microphone};
use deskside_client::Trouble;
use deskside_protocol::Code;
use serde::{Deserialize, Serialize};

/// A kind of area.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaKind {
    /// A monitor.
    Display,
    /// A window.
    Window,
    /// A part of the desktop.
    Region,
}

/// Something that can be recorded; in physical pixels of the desktop.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Area {
    /// What it is.
    pub kind: AreaKind,
    /// `Display 1`, or the window's title.
    pub name: String,
    /// The display's number or the window's id; empty for a region.
    pub id: String,
    /// Left.
    pub x: i32,
    /// Top.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// A microphone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mic {
    /// Names it.
    pub id: String,
    /// Shown.
    pub name: String,
}

impl Area {
    /// What the recorder is told. Refused as `invalid` if the id makes no sense.
    pub fn target(&self) -> Result<Target, Trouble> {
        let invalid = |_| Trouble::refused(Code::Invalid, "this area names nothing that can be recorded");
        Ok(match self.kind {
            AreaKind::Display => Target::Display(self.id.parse().map_err(invalid)?),
            AreaKind::Window => Target::Window(self.id.parse().map_err(invalid)?),
            AreaKind::Region => {
                Target::Region(deskside_capture::Area::new(self.x, self.y, self.width, self.height))
            }
        })
    }
}

/// Displays, then windows, the uppermost first. Deskside's own windows are left out.
pub fn areas(desktop: &dyn Desktop) -> Result<Vec<Area>, Trouble> {
    let mut areas = Vec::new();
    for display in desktop.displays().map_err(no_screen)? {
        areas.push(area(
            AreaKind::Display,
            // Nobody knows which it will be.
            if display.area.is_empty() {
                "The screen or window that you choose".to_owned()
            } else {
                format!("Display {}", display.number)
            },
            display.number as u64,
            display.area,
        ));
    }
    for window in desktop.windows().map_err(no_screen)? {
        if window.pid != Some(std::process::id()) {
            areas.push(area(AreaKind::Window, window.title, window.id, window.area));
        }
    }
    Ok(areas)
}

fn area(kind: AreaKind, name: String, id: u64, at: deskside_capture::Area) -> Area {
    Area { kind, name, id: id.to_string(), x: at.x, y: at.y, width: at.width, height: at.height }
}

/// The microphones there are; none when the sound system can't be asked.
pub fn mics() -> Vec<Mic> {
    match microphone::inputs() {
        Ok(inputs) => {
            let heard = inputs.into_iter().filter(|input| !input.monitor);
            heard.map(|input| Mic { id: input.name, name: input.label }).collect()
        }
        Err(error) => {
            tracing::warn!(%error, "no microphones");
            Vec::new()
        }
    }
}

/// The deny-list that Deskside comes with, and what the organisation adds: parts of a title or class.
pub fn deny_list(of_the_organisation: &[String]) -> DenyList {
    let mut rules = DenyList::default().rules().to_vec();
    let words: BTreeSet<_> =
        of_the_organisation.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    for word in words {
        let pattern = format!("*{word}*");
        rules.push(Rule { class: Some(pattern.clone()), title: None });
        rules.push(Rule { class: None, title: Some(pattern) });
    }
    DenyList::of(rules)
}

/// The screen can't be had.
pub fn no_screen(error: deskside_capture::CaptureError) -> Trouble {
    let mut problem = deskside_protocol::Problem::new(Code::Unavailable, "the screen can't be seen");
    problem.detail = Some(error.to_string());
    Trouble::from(problem)
}
