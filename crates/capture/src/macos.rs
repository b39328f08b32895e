//! macOS: windows and pointer from the window server, pictures through scrap's display streams.
//!
//! Written from the system's documentation, type-checked on Linux and **never run**: docs/platforms.md. Everything is
//! in points, the unit in which the system says where windows are; a Retina display is therefore recorded at the size
//! that it looks like. The system draws the pointer. Titles, and pictures of other programs' windows, are told only to
//! programs that a person allowed to record the screen.

#[cfg(feature = "scrap")]
mod stream;

use std::collections::HashMap;
use std::ffi::c_void;
use std::time::Duration;

use deskside_frame::Bgra;
use objc2_core_foundation::{CFDictionary, CFNumber, CFString, CFType, CGPoint, CGRect, CGSize};
use objc2_core_graphics::{
    CGDisplayBounds, CGDisplayIsMain, CGError, CGEvent, CGEventSource, CGEventSourceStateID, CGEventType,
    CGGetActiveDisplayList, CGMouseButton, CGPreflightScreenCaptureAccess,
    CGRectMakeWithDictionaryRepresentation, CGRequestScreenCaptureAccess, CGWindowListCopyWindowInfo,
    CGWindowListOption, kCGNullWindowID, kCGWindowAlpha, kCGWindowBounds, kCGWindowLayer, kCGWindowName,
    kCGWindowNumber, kCGWindowOwnerName, kCGWindowOwnerPID,
};

use crate::polled::{Drawn, Looked, Pointer, System};
use crate::{Area, CaptureError, Display, Window};
#[cfg(feature = "scrap")]
use stream::Stream;

/// Corners of windows are round: a window this small may hide nothing.
const ROUND: u32 = 12;
/// More displays than this are not looked at.
const MOST: usize = 16;
/// The event that stands for all kinds of input.
const ANY_INPUT: CGEventType = CGEventType(u32::MAX);

/// A connection to the window server.
pub struct MacOs {
    #[cfg(feature = "scrap")]
    streams: HashMap<String, Stream>,
    #[cfg(not(feature = "scrap"))]
    streams: HashMap<String, ()>,
    with_pointer: bool,
}

impl System for MacOs {
    fn connect() -> Result<Self, CaptureError> {
        if !CGPreflightScreenCaptureAccess() {
            // Shows the system's question once; what is answered counts from the next start on.
            CGRequestScreenCaptureAccess();
            return Err(CaptureError::NotAllowed);
        }
        Ok(Self { streams: HashMap::new(), with_pointer: false })
    }

    fn displays(&self) -> Result<Vec<Display>, CaptureError> {
        let mut ids = [0; MOST];
        let mut count = 0;
        // SAFETY: the room is told, and both outlive the call.
        let done = unsafe { CGGetActiveDisplayList(MOST as u32, ids.as_mut_ptr(), &raw mut count) };
        if done != CGError::Success {
            return Err(CaptureError::Unreachable("the displays can't be listed".to_owned()));
        }
        let mut found: Vec<Display> = ids[..(count as usize).min(MOST)]
            .iter()
            .map(|id| Display {
                number: 0,
                name: id.to_string(),
                area: of(CGDisplayBounds(*id)),
                primary: CGDisplayIsMain(*id),
            })
            .collect();
        found.sort_by_key(|display| (display.area.x, display.area.y));
        for (at, display) in found.iter_mut().enumerate() {
            display.number = at + 1;
        }
        Ok(found)
    }

    fn drawn(&self) -> Result<Vec<Drawn>, CaptureError> {
        Ok(listed()?.into_iter().map(|(drawn, _)| drawn).collect())
    }

    fn active(&self) -> Option<u32> {
        // Layer 0 is that of ordinary windows, and the uppermost of them has the keyboard.
        let listed = listed().ok()?;
        let (drawn, _) = listed.iter().find(|(_, layer)| *layer == 0)?;
        u32::try_from(drawn.window.id).ok()
    }

    fn idle(&self) -> Option<Duration> {
        let state = CGEventSourceStateID::CombinedSessionState;
        Duration::try_from_secs_f64(CGEventSource::seconds_since_last_event_type(state, ANY_INPUT)).ok()
    }

    fn pointer(&self) -> Option<Pointer> {
        let event = CGEvent::new(None)?;
        let CGPoint { x, y } = CGEvent::location(Some(&event));
        Some(Pointer { at: (x.floor() as i32, y.floor() as i32), image: None })
    }

    fn is_pressed(&self) -> bool {
        let state = CGEventSourceStateID::CombinedSessionState;
        [CGMouseButton::Left, CGMouseButton::Right, CGMouseButton::Center]
            .into_iter()
            .any(|button| CGEventSource::button_state(state, button))
    }

    fn draw_pointer(&mut self, on: bool) {
        self.with_pointer = on;
        self.streams.clear();
    }

    #[cfg(not(feature = "scrap"))]
    fn look(&mut self, _: &Display, _: &mut dyn FnMut(&Bgra<'_>)) -> Result<Looked, CaptureError> {
        Err(CaptureError::NoBackend)
    }

    #[cfg(feature = "scrap")]
    fn look(&mut self, display: &Display, show: &mut dyn FnMut(&Bgra<'_>)) -> Result<Looked, CaptureError> {
        let known = self.streams.get(&display.name).is_some_and(|stream| stream.area() == display.area);
        if !known {
            match Stream::open(display, self.with_pointer) {
                Some(stream) => self.streams.insert(display.name.clone(), stream),
                None => return Ok(Looked::Lost),
            };
        }
        Ok(self.streams.get(&display.name).map_or(Looked::Lost, |stream| stream.look(show)))
    }
}

/// Everything on the screen, the uppermost first, with its layer.
fn listed() -> Result<Vec<(Drawn, i64)>, CaptureError> {
    let list = CGWindowListCopyWindowInfo(CGWindowListOption::OptionOnScreenOnly, kCGNullWindowID)
        .ok_or_else(|| CaptureError::Gone("the window server does not answer".to_owned()))?;
    let mut found = Vec::new();
    for at in 0..list.count() {
        // SAFETY: the index is within the array, whose entries are dictionaries and live as long as it does.
        let entry = unsafe { list.value_at_index(at).cast::<CFDictionary>().as_ref() };
        found.extend(entry.and_then(describe));
    }
    Ok(found)
}

fn describe(entry: &CFDictionary) -> Option<(Drawn, i64)> {
    // SAFETY: the keys are constants of the system.
    let keys = unsafe {
        (
            kCGWindowNumber,
            kCGWindowOwnerPID,
            kCGWindowLayer,
            kCGWindowAlpha,
            kCGWindowName,
            kCGWindowOwnerName,
            kCGWindowBounds,
        )
    };
    let id = number(entry, keys.0)?.as_i64()?;
    let pid = number(entry, keys.1)?.as_i64()?;
    let layer = number(entry, keys.2)?.as_i64()?;
    let alpha = number(entry, keys.3).and_then(|alpha| alpha.as_f64()).unwrap_or(1.0);
    let title = text(entry, keys.4).unwrap_or_default();
    let class = text(entry, keys.5).unwrap_or_default();
    let bounds = value(entry, keys.6)?.downcast_ref::<CFDictionary>()?;
    let mut rect = CGRect { origin: CGPoint { x: 0.0, y: 0.0 }, size: CGSize { width: 0.0, height: 0.0 } };
    // SAFETY: the rectangle outlives the call.
    let is_known = unsafe { CGRectMakeWithDictionaryRepresentation(Some(bounds), &raw mut rect) };
    let area = of(rect);
    if !is_known || area.is_empty() || alpha == 0.0 {
        return None;
    }
    let own = pid == i64::from(std::process::id()) || class.eq_ignore_ascii_case("deskside");
    // Menus and the like have shapes of their own.
    let opaque = alpha >= 1.0 && layer == 0 && area.width > 2 * ROUND && area.height > 2 * ROUND;
    let pid = u32::try_from(pid).ok();
    let window = Window { id: u64::try_from(id).ok()?, title, class, area, pid };
    Some((Drawn { window, opaque, own }, layer))
}

fn value<'a>(entry: &'a CFDictionary, key: &CFString) -> Option<&'a CFType> {
    // SAFETY: what comes is an object that the dictionary holds.
    unsafe { entry.value(std::ptr::from_ref(key).cast::<c_void>()).cast::<CFType>().as_ref() }
}

fn number<'a>(entry: &'a CFDictionary, key: &CFString) -> Option<&'a CFNumber> {
    value(entry, key)?.downcast_ref::<CFNumber>()
}

fn text(entry: &CFDictionary, key: &CFString) -> Option<String> {
    Some(value(entry, key)?.downcast_ref::<CFString>()?.to_string())
}

fn of(rect: CGRect) -> Area {
    let (left, top) = (rect.origin.x.floor(), rect.origin.y.floor());
    let (right, bottom) =
        ((rect.origin.x + rect.size.width).ceil(), (rect.origin.y + rect.size.height).ceil());
    Area::new(left as i32, top as i32, (right - left).max(0.0) as u32, (bottom - top).max(0.0) as u32)
}
