//! What a source must know of the desktop besides pixels: where its target lies, what must not be seen, what changed.
//!
//! Everything comes as events on one connection. Reading them is split from grabbing so that the caller can read
//! before and after a grab, and treat the picture as taken at the worst moment in between.

use std::time::Instant;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};
use x11rb::protocol::randr::{ConnectionExt as _, NotifyMask};
use x11rb::protocol::xfixes::ConnectionExt as _;
use x11rb::protocol::xproto::ConnectionExt as _;

use deskside_frame::Rect;

use super::census::Census;
use super::cursor::Cursor;
use super::hairline::Hairline;
use super::link::{Link, gone, lost};
use super::{clicks, list};
use crate::past::Past;
use crate::place::Place;
use crate::rings::Rings;
use crate::stack::Stack;
use crate::{Area, CaptureError, DenyList, Notice, Target};

/// The desktop as one source sees it.
pub struct Scene {
    /// The connection.
    pub link: Link,
    /// Where the target lies.
    pub place: Place,
    /// The desktop's size.
    pub desktop: Area,
    /// The pointer.
    pub cursor: Cursor,
    /// Rings around pressed buttons, if they are wanted.
    pub rings: Option<Rings>,
    /// The line around the target, if it is wanted.
    pub hairline: Option<Hairline>,
    target: Target,
    census: Census,
    stack: Stack,
    /// What collects damage, and what it is read from; `None`: the server tells of none.
    damage: Option<(u32, u32)>,
    moved: bool,
    /// Where windows were seen that may turn out to be secret.
    past: Past,
    /// Whether the target is there and visible.
    pub present: bool,
}

/// What came of reading the events.
pub struct Followed {
    /// What must not be seen in a picture that was taken since the reading before.
    pub covers: Vec<Area>,
    /// Whether a further picture would show more: `covers` hides windows that may be harmless.
    pub doubtful: bool,
    /// Whether something may have moved the target; [`Scene::settle`] finds out.
    pub moved: bool,
}

impl Scene {
    /// Begins to follow a target of the desktop. The size of the picture is `canvas`, or else the target's own. A line is
    /// around it from the first [`Scene::outline`] on, if one is wanted.
    pub fn open(
        link: Link,
        target: Target,
        deny: DenyList,
        canvas: Option<(u32, u32)>,
        hairline: bool,
    ) -> Result<Scene, CaptureError> {
        link.extensions()?;
        // Listen before looking, so that a change in between is heard.
        let mask = NotifyMask::SCREEN_CHANGE | NotifyMask::CRTC_CHANGE | NotifyMask::OUTPUT_CHANGE;
        gone(link.x.randr_select_input(link.root(), mask))?;
        let damage = if link.tells_damage() { Some(collect(&link)?) } else { None };
        let cursor = Cursor::watch(&link)?;
        let hairline = if hairline { Some(Hairline::make(&link)?) } else { None };
        let own: &[u32] = hairline.as_ref().map_or(&[], |hairline| hairline.windows());
        let (census, stack) = Census::take(&link, deny, own)?;
        let desktop = link.whole()?;
        let area = locate(&link, target)?;
        // What lies off the desktop needs no room in the picture, except for a window, which may move.
        let area = match target {
            Target::Window(_) => area,
            _ => area.intersection(&desktop).ok_or(CaptureError::Nothing)?,
        };
        let canvas = match canvas {
            Some((width, height)) => (width & !1, height & !1),
            None => Place::canvas_of(area)?,
        };
        let place = Place::of(area, desktop, canvas)?;
        Ok(Scene {
            link,
            place,
            desktop,
            cursor,
            rings: None,
            hairline,
            target,
            census,
            stack,
            damage,
            moved: false,
            past: Past::default(),
            present: true,
        })
    }

    /// The area that a grabber should cover: all of it for a window, which moves, and else no more than is recorded.
    pub fn grab_area(&self) -> Area {
        if matches!(self.target, Target::Window(_)) { self.desktop } else { self.place.seen }
    }

    /// The parts of the desktop that must not be seen, as of the last event.
    pub fn covers(&self) -> Vec<Area> {
        let mut covers = self.stack.denied();
        if let Target::Window(id) = self.target {
            covers.extend(self.above_the_window(id as u32));
        }
        covers.retain(|area| area.intersection(&self.place.seen).is_some());
        covers
    }

    /// Whether a denied window is to be seen now, as against merely a window above the recorded one.
    pub fn denies(&self) -> bool {
        self.stack.denied().iter().any(|area| area.intersection(&self.place.seen).is_some())
    }

    /// Reads every event up to now, and asks windows that came or changed. Gives what must not be seen in any state
    /// from before the first event to after the last, where a window that came or changed counts as one that must not.
    pub fn follow(&mut self) -> Result<Followed, CaptureError> {
        self.link.sync()?;
        self.read()
    }

    /// Asks for everything that one look needs, in one round trip: what was painted on since the last look, in areas of
    /// the desktop, where the pointer is, and every event up to now. Call it before the grab, never after: what is
    /// painted in between is then told once too often instead of never.
    pub fn look(&mut self) -> Result<Vec<Area>, CaptureError> {
        let region = match self.damage {
            Some((damage, region)) => {
                gone(self.link.x.damage_subtract(damage, x11rb::NONE, region))?;
                Some(gone(self.link.x.xfixes_fetch_region(region))?)
            }
            None => None,
        };
        let pointer = gone(self.link.x.query_pointer(self.link.root()))?;
        let painted = region.map(|region| region.reply().map_err(lost)).transpose()?;
        let pointer = pointer.reply().map_err(lost)?;
        // The server answers in order, so with the last answer every event from before it is here.
        self.cursor.place(&pointer);
        self.read()?;
        let areas = painted.map(|region| region.rectangles).unwrap_or_default();
        Ok(areas.iter().map(|r| Area::new(r.x.into(), r.y.into(), r.width.into(), r.height.into())).collect())
    }

    /// Whether [`Scene::look`] tells what was painted on. Where it does not, pictures have to be compared.
    pub fn tells_damage(&self) -> bool {
        self.damage.is_some()
    }

    fn read(&mut self) -> Result<Followed, CaptureError> {
        let mut covers = self.covers();
        let now = Instant::now();
        while let Some(event) = gone(self.link.x.poll_for_event())? {
            self.cursor.hear(&event);
            if let Some(rings) = &mut self.rings
                && clicks::is_press(&event)
            {
                rings.press();
            }
            match &event {
                Event::RandrNotify(_) | Event::RandrScreenChangeNotify(_) => self.moved = true,
                Event::ConfigureNotify(e) if e.window == self.link.root() => self.moved = true,
                _ => {}
            }
            if let Some(happening) = self.census.read(&self.link, &event) {
                let is_line =
                    self.hairline.as_ref().is_some_and(|line| line.windows().contains(&happening.to()));
                self.moved |= !is_line && matches!(self.target, Target::Window(_));
                self.stack.follow(happening);
                covers.extend(self.covers());
                self.past.saw(&self.stack, now);
            }
        }
        let unknown = self.stack.unknown();
        for top in &unknown {
            self.census.ask(&self.link, *top, &mut self.stack)?;
        }
        self.past.saw(&self.stack, now);
        Ok(Followed { covers, doubtful: !unknown.is_empty(), moved: self.moved })
    }

    /// What of the picture must not have been seen lately, as turned out since the last call.
    pub fn regrets(&mut self) -> Vec<Rect> {
        self.past.regrets(&self.place, Instant::now())
    }

    /// Looks again where the target lies, if anything may have moved it. Tells whether it did.
    pub fn settle(&mut self, notices: &mut Vec<Notice>) -> Result<bool, CaptureError> {
        if !std::mem::take(&mut self.moved) {
            return Ok(false);
        }
        let desktop = self.link.whole()?;
        let area = match locate(&self.link, self.target) {
            Ok(area) => area,
            Err(CaptureError::NoWindow(_)) => return self.missing(Notice::WindowClosed, notices),
            Err(CaptureError::NoDisplay(_)) => return self.missing(Notice::NoPicture, notices),
            Err(error) => return Err(error),
        };
        let Ok(place) = Place::of(area, desktop, self.place.canvas) else {
            return self.missing(Notice::NoPicture, notices);
        };
        let back = !std::mem::replace(&mut self.present, true);
        if place == self.place && desktop == self.desktop {
            return Ok(back);
        }
        let size = (area.width, area.height);
        if size != (self.place.target.width, self.place.target.height) {
            notices.push(Notice::Resized { width: size.0, height: size.1, cut: place.cut() });
        }
        self.place = place;
        self.desktop = desktop;
        self.past.moved(Instant::now());
        Ok(true)
    }

    /// Draws the line around the target where that is now, and returns when it is there.
    pub fn outline(&mut self) -> Result<(), CaptureError> {
        let is_shown = match self.target {
            Target::Window(id) => self.stack.is_shown(self.census.holder(id as u32).unwrap_or(id as u32)),
            _ => true,
        };
        let Some(hairline) = &mut self.hairline else { return Ok(()) };
        let around = (self.present && is_shown).then_some(self.place.seen);
        hairline.follow(&self.link, around, self.desktop)?;
        hairline.stay_above(&self.link, self.stack.uppermost())
    }

    fn missing(&mut self, why: Notice, notices: &mut Vec<Notice>) -> Result<bool, CaptureError> {
        if std::mem::replace(&mut self.present, false) {
            notices.push(why);
        }
        Ok(false)
    }

    /// What hides the recorded window: all that lies above it but does not belong to the same program. Its menus and
    /// dialogs are windows of the same connection to the server, which their ids tell.
    fn above_the_window(&self, id: u32) -> Vec<Area> {
        let client = !self.link.x.setup().resource_id_mask;
        let top = self.census.holder(id).unwrap_or(id);
        let same_program = |other: u32| other & client == id & client;
        self.stack.above(top, self.place.seen, same_program)
    }
}

/// Lets the server collect what is painted on.
fn collect(link: &Link) -> Result<(u32, u32), CaptureError> {
    let id = || link.x.generate_id().map_err(|error| CaptureError::Gone(error.to_string()));
    let (damage, region) = (id()?, id()?);
    gone(link.x.damage_create(damage, link.root(), ReportLevel::NON_EMPTY))?;
    gone(link.x.xfixes_create_region(region, &[]))?;
    Ok((damage, region))
}

/// Where a target lies now.
fn locate(link: &Link, target: Target) -> Result<Area, CaptureError> {
    match target {
        Target::Region(area) => Ok(area),
        Target::Display(number) => {
            let displays = list::displays(link)?;
            let display = displays.into_iter().find(|display| display.number == number);
            display.map(|display| display.area).ok_or(CaptureError::NoDisplay(number))
        }
        Target::Window(id) => {
            let window = u32::try_from(id).map_err(|_| CaptureError::NoWindow(id))?;
            list::area(link, window)?.ok_or(CaptureError::NoWindow(id))
        }
    }
}
