//! Asking windows what they are, and hearing what happens to them.
//!
//! A window manager puts a program's window into a frame of its own, sometimes two deep, so a window on the desktop
//! is judged by everything inside of it down to the program's own window.

use std::collections::HashMap;

use x11rb::protocol::Event;
use x11rb::protocol::shape::ConnectionExt as _;
use x11rb::protocol::xproto::{
    AtomEnum, ChangeWindowAttributesAux, ConnectionExt as _, EventMask, MapState, Place, WindowClass,
};

use super::link::{Link, gone, lost, may_be_gone, numbers};
use super::list;
use crate::stack::{Facts, Happening, Stack, Top};
use crate::{Area, CaptureError, DenyList};

/// Frames are at most this deep.
const DEPTH: usize = 3;
/// So many windows are looked at within one; programs with more hide nothing from us that way, they have a class.
const MOST: usize = 64;

/// Knows which window on the desktop holds which program's window, and whom to deny.
pub struct Census {
    deny: DenyList,
    /// From every window that was looked at to the one on the desktop that holds it.
    holders: HashMap<u32, u32>,
    shapes: bool,
    own_pid: u32,
}

impl Census {
    /// Takes stock of the desktop. Events that come from now on continue where it ends.
    /// `own` are windows that neither count as seen nor hide anything: the caller sees to them.
    pub fn take(link: &Link, deny: DenyList, own: &[u32]) -> Result<(Census, Stack), CaptureError> {
        let mask = EventMask::SUBSTRUCTURE_NOTIFY | EventMask::STRUCTURE_NOTIFY;
        let attributes = ChangeWindowAttributesAux::new().event_mask(mask);
        gone(link.x.change_window_attributes(link.root(), &attributes))?;
        let mut census =
            Census { deny, holders: HashMap::new(), shapes: link.has_shapes(), own_pid: std::process::id() };
        let children = gone(link.x.query_tree(link.root()))?.reply().map_err(lost)?.children;
        let mut tops = Vec::new();
        for id in children {
            let geometry = gone(link.x.get_geometry(id))?;
            let attributes = gone(link.x.get_window_attributes(id))?;
            let (Some(geometry), Some(attributes)) =
                (may_be_gone(geometry.reply())?, may_be_gone(attributes.reply())?)
            else {
                continue;
            };
            let border = geometry.border_width;
            let area = with_border(geometry.x, geometry.y, geometry.width, geometry.height, border);
            let mapped = attributes.map_state != MapState::UNMAPPED;
            tops.push(Top { id, area, mapped, facts: None });
        }
        let mut stack = Stack::new(tops);
        for id in own {
            stack.learn(*id, Facts { shows: false, opaque: false, denied: false });
        }
        for id in stack.unknown() {
            census.ask(link, id, &mut stack)?;
        }
        Ok((census, stack))
    }

    /// Asks a window on the desktop again. When it is gone by now, it stays unknown, and so unseen.
    pub fn ask(&mut self, link: &Link, top: u32, stack: &mut Stack) -> Result<(), CaptureError> {
        let geometry = gone(link.x.get_geometry(top))?;
        let Some(attributes) = may_be_gone(gone(link.x.get_window_attributes(top))?.reply())? else {
            return Ok(());
        };
        let Some(geometry) = may_be_gone(geometry.reply())? else { return Ok(()) };
        let border = geometry.border_width;
        stack.place(top, with_border(geometry.x, geometry.y, geometry.width, geometry.height, border));
        if self.shapes {
            gone(link.x.shape_select_input(top, true))?.ignore_error();
        }
        let shaped = self.shapes
            && may_be_gone(gone(link.x.shape_query_extents(top))?.reply())?
                .is_none_or(|extents| extents.bounding_shaped);
        let facts = Facts {
            shows: attributes.class != WindowClass::INPUT_ONLY,
            opaque: geometry.depth == link.screen.root_depth && !shaped,
            denied: self.denied(link, top)?,
        };
        stack.learn(top, facts);
        Ok(())
    }

    /// What an event says about the windows; nothing for all other events.
    pub fn read(&mut self, link: &Link, event: &Event) -> Option<Happening> {
        let root = link.root();
        let happening = match event {
            Event::CreateNotify(e) if e.parent == root => {
                Happening::Came(e.window, with_border(e.x, e.y, e.width, e.height, e.border_width))
            }
            Event::DestroyNotify(e) => {
                self.holders.retain(|window, top| *window != e.window && *top != e.window);
                self.inside(e.event, root, Happening::Left(e.window))?
            }
            Event::MapNotify(e) => self.inside(e.event, root, Happening::Mapped(e.window, true))?,
            Event::UnmapNotify(e) if e.event == root => Happening::Mapped(e.window, false),
            Event::ConfigureNotify(e) if e.event == root && e.window != root => {
                let area = with_border(e.x, e.y, e.width, e.height, e.border_width);
                Happening::Moved(e.window, area, Some(e.above_sibling).filter(|id| *id != 0))
            }
            Event::CirculateNotify(e) if e.event == root => {
                Happening::Circulated(e.window, e.place == Place::ON_TOP)
            }
            Event::ReparentNotify(e) if e.parent == root && e.event == root => {
                // Its size is not told; asking it, before anything is painted, finds that out.
                Happening::Came(e.window, Area::default())
            }
            // The frame that holds it from now on has changed as well; the frame hears of it by itself.
            Event::ReparentNotify(e) if e.event == root => Happening::Left(e.window),
            Event::ReparentNotify(e) => Happening::Changed(self.holder(e.event)?),
            Event::CreateNotify(e) => Happening::Changed(self.holder(e.parent)?),
            Event::PropertyNotify(e)
                if e.atom == link.names._NET_WM_NAME
                    || e.atom == link.names._NET_WM_PID
                    || e.atom == u32::from(AtomEnum::WM_NAME)
                    || e.atom == u32::from(AtomEnum::WM_CLASS) =>
            {
                Happening::Changed(self.holder(e.window)?)
            }
            Event::ShapeNotify(e) => Happening::Changed(self.holder(e.affected_window)?),
            _ => return None,
        };
        Some(happening)
    }

    /// The window on the desktop that holds `window`, which may be itself.
    pub fn holder(&self, window: u32) -> Option<u32> {
        self.holders.get(&window).copied()
    }

    /// An event that was told to the desktop is as it stands; told to a frame, the frame has changed.
    fn inside(&self, told_to: u32, root: u32, happening: Happening) -> Option<Happening> {
        if told_to == root {
            return Some(happening);
        }
        self.holder(told_to).map(Happening::Changed)
    }

    /// Whether the window or one inside of it must not be seen. Whoever is looked at tells us of changes.
    fn denied(&mut self, link: &Link, top: u32) -> Result<bool, CaptureError> {
        let mut denied = false;
        let mut level = vec![top];
        let mut looked_at = 0;
        for depth in 0..=DEPTH {
            let mut below = Vec::new();
            for window in level {
                looked_at += 1;
                if looked_at > MOST {
                    return Ok(denied);
                }
                self.holders.insert(window, top);
                // First listen, then read: a change in between is then heard.
                let mask = EventMask::PROPERTY_CHANGE | EventMask::SUBSTRUCTURE_NOTIFY;
                let attributes = ChangeWindowAttributesAux::new().event_mask(mask);
                gone(link.x.change_window_attributes(window, &attributes))?.ignore_error();
                let (title, class) = list::words(link, window)?;
                let pid = numbers(link, window, link.names._NET_WM_PID)?.first().copied();
                let own = pid == Some(self.own_pid) || class.eq_ignore_ascii_case("deskside");
                denied |= own || self.deny.denies(&class, &title);
                // What has a class is a program's own window; what it holds has nothing more to say.
                if class.is_empty() && depth < DEPTH {
                    let tree = may_be_gone(gone(link.x.query_tree(window))?.reply())?;
                    below.extend(tree.map(|tree| tree.children).unwrap_or_default());
                }
            }
            level = below;
        }
        Ok(denied)
    }
}

/// The area that a window takes with its border.
fn with_border(x: i16, y: i16, width: u16, height: u16, border: u16) -> Area {
    let border = u32::from(border) * 2;
    Area::new(x.into(), y.into(), u32::from(width) + border, u32::from(height) + border)
}
