//! Desktops that are asked at every look instead of telling what happened: Windows and macOS.
//!
//! One look: ask for the windows, take the pictures of all displays that are seen, ask again, and cover what was secret
//! in either answer or lately. What changed is found by comparing tiles. Everything that can go wrong there is here, where a
//! desktop made of rectangles can try it on any machine; a [`System`] only answers questions. Rings and pointer are where
//! they are at the look.

use std::collections::VecDeque;
use std::rc::Rc;
use std::time::{Duration, Instant};

use deskside_codec::convert::{self, Paint};
use deskside_frame::{Bgra, I420, Rect};

use crate::over::{self, Over, apart, join};
use crate::past::{HINDSIGHT, Past};
use crate::place::Place;
use crate::pointer::Image;
use crate::rings::Rings;
use crate::stack::{Facts, Stack, Top};
use crate::tiles::{Order, Screen};
use crate::{
    Area, CaptureError, DenyList, Desktop, Display, Notice, Shot, Source, Target, Update, View, Window,
};

/// A picture may have been put together so long before it is handed over.
const STALE: Duration = Duration::from_millis(100);
/// A frozen picture waits so long for displays that have nothing to show yet.
const FIRST: Duration = Duration::from_millis(500);

/// What an operating system answers. Everything is in pixels of the desktop, of which displays show parts.
pub trait System: Sized {
    /// A connection of its own, used on the thread that made it.
    fn connect() -> Result<Self, CaptureError>;

    /// The displays, numbered from left to right and top to bottom.
    fn displays(&self) -> Result<Vec<Display>, CaptureError>;

    /// Everything that is drawn, the uppermost first.
    fn drawn(&self) -> Result<Vec<Drawn>, CaptureError>;

    /// The window that has the keyboard.
    fn active(&self) -> Option<u32>;

    /// How long nobody touched keyboard or mouse.
    fn idle(&self) -> Option<Duration>;

    /// The pointer, if there is one.
    fn pointer(&self) -> Option<Pointer>;

    /// Whether a mouse button is held down.
    fn is_pressed(&self) -> bool;

    /// Whether the pictures themselves are to have the pointer in them, where the system draws it.
    fn draw_pointer(&mut self, _on: bool) {}

    /// Puts the red line around what is seen, or takes it away, where the system can leave it out of its pictures.
    fn surround(&mut self, _seen: Option<Area>, _desktop: Area) {}

    /// Shows the display's picture if it may be another than at the last call.
    fn look(&mut self, display: &Display, show: &mut dyn FnMut(&Bgra<'_>)) -> Result<Looked, CaptureError>;
}

/// Where the pointer points and how it looks.
#[derive(Clone, Debug)]
pub struct Pointer {
    /// What it points at.
    pub at: (i32, i32),
    /// `None`: nothing is to be drawn, because it is hidden or because the system draws it.
    pub image: Option<Rc<Image>>,
}

/// A window as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// What people know of it; no title for menus, docks and the like.
    pub window: Window,
    /// Whether it hides what lies below it.
    pub opaque: bool,
    /// Whether it is Deskside's own.
    pub own: bool,
}

/// What came of looking at a display.
#[cfg_attr(not(feature = "scrap"), allow(dead_code, reason = "without scrap less is told"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// It is as it was.
    Same,
    /// It was shown.
    New,
    /// It can't be looked at now: it is locked, asleep, or another one by now.
    Lost,
}

/// The desktop behind a system.
pub struct PolledDesktop<S> {
    system: S,
}

impl<S: System + 'static> PolledDesktop<S> {
    /// Asks whether there is one.
    pub fn connect() -> Result<Self, CaptureError> {
        Ok(Self { system: S::connect()? })
    }
}

impl<S: System + 'static> Desktop for PolledDesktop<S> {
    fn displays(&self) -> Result<Vec<Display>, CaptureError> {
        self.system.displays()
    }

    fn windows(&self) -> Result<Vec<Window>, CaptureError> {
        let drawn = self.system.drawn()?.into_iter().filter(|drawn| !drawn.own);
        Ok(drawn.map(|drawn| drawn.window).filter(|window| !window.title.is_empty()).collect())
    }

    fn window_at_pointer(&self) -> Result<Option<Window>, CaptureError> {
        let Some(Pointer { at: (x, y), .. }) = self.system.pointer() else { return Ok(None) };
        Ok(self.windows()?.into_iter().find(|window| window.area.contains(x, y)))
    }

    fn active_window(&self) -> Result<Option<Window>, CaptureError> {
        let Some(active) = self.system.active() else { return Ok(None) };
        Ok(self.windows()?.into_iter().find(|window| window.id == u64::from(active)))
    }

    fn idle(&self) -> Option<Duration> {
        self.system.idle()
    }

    fn whole(&self) -> Result<Target, CaptureError> {
        desktop_of(&self.system.displays()?).map(Target::Region)
    }

    fn shot(&self, target: Target, deny: &DenyList) -> Result<Shot, CaptureError> {
        let view = View::still(target, deny);
        PolledSource::open(S::connect()?, &view)?.shot()
    }

    fn open(&self, view: &View) -> Result<Box<dyn Source>, CaptureError> {
        Ok(Box::new(PolledSource::open(S::connect()?, view)?))
    }
}

/// One answer to the question for the windows.
struct Reading {
    stack: Stack,
    /// Where the recorded window is; `None` when there is none, or it is closed.
    target: Option<Area>,
    /// What hides the recorded window.
    above: Vec<Area>,
}

/// A watched target.
pub struct PolledSource<S> {
    system: S,
    target: Target,
    deny: DenyList,
    screens: Vec<(Display, Option<Screen>)>,
    place: Place,
    /// The pixels under `place.seen`.
    seen: Vec<u8>,
    present: bool,
    masks: Vec<Area>,
    with_cursor: bool,
    hairline: bool,
    rings: Option<Rings>,
    was_pressed: bool,
    /// The whole picture must be painted anew.
    all: bool,
    past: Past,
    /// What was covered at the last looks.
    lately: VecDeque<(Instant, Vec<Area>)>,
    covered: Vec<Rect>,
    denied: bool,
    pointer: Option<(Area, Rc<Image>)>,
    /// Where something was drawn over the screen at the last look.
    drawn: Vec<Area>,
    nothing_yet: bool,
}

impl<S: System> PolledSource<S> {
    /// Begins to watch.
    pub fn open(mut system: S, view: &View) -> Result<Self, CaptureError> {
        system.draw_pointer(view.cursor);
        let displays = system.displays()?;
        let desktop = desktop_of(&displays)?;
        let area = match view.target {
            Target::Region(area) => area.intersection(&desktop).ok_or(CaptureError::Nothing)?,
            Target::Display(number) => display(&displays, number)?,
            Target::Window(id) => {
                let drawn = system.drawn()?;
                let found = drawn.iter().find(|drawn| drawn.window.id == id);
                found.ok_or(CaptureError::NoWindow(id))?.window.area
            }
        };
        let canvas = match view.canvas {
            Some((width, height)) => (width & !1, height & !1),
            None => Place::canvas_of(area)?,
        };
        let place = Place::of(area, desktop, canvas)?;
        let mut source = Self {
            system,
            target: view.target,
            deny: view.deny.clone(),
            screens: displays.into_iter().map(|display| (display, None)).collect(),
            place,
            seen: Vec::new(),
            present: true,
            masks: view.masks.clone(),
            with_cursor: view.cursor,
            hairline: view.hairline,
            rings: view.rings.then(Rings::default),
            was_pressed: true,
            all: true,
            past: Past::default(),
            lately: VecDeque::new(),
            covered: Vec::new(),
            denied: false,
            pointer: None,
            drawn: Vec::new(),
            nothing_yet: false,
        };
        source.make_room();
        Ok(source)
    }

    /// The picture as it is, covered.
    fn shot(mut self) -> Result<Shot, CaptureError> {
        let mut picture = I420::black(self.place.canvas.0, self.place.canvas.1)
            .map_err(|error| CaptureError::Gone(error.to_string()))?;
        let deadline = Instant::now() + FIRST;
        let shown = |source: &Self| {
            source.screens.iter().all(|(display, screen)| {
                screen.is_some() || display.area.intersection(&source.place.seen).is_none()
            })
        };
        loop {
            self.look(&mut picture, Instant::now())?;
            if shown(&self) || Instant::now() > deadline {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        if self.screens.iter().all(|(_, screen)| screen.is_none()) {
            return Err(CaptureError::Unreachable("the system shows no picture of the screen".to_owned()));
        }
        let area = self.place.seen;
        let covers: Vec<Area> = self.lately.iter().flat_map(|(_, covers)| covers).copied().collect();
        over::cover(&mut self.seen, &area, &covers);
        Ok(Shot { area, bgra: self.seen })
    }

    fn make_room(&mut self) {
        self.seen = vec![0; self.place.seen.width as usize * self.place.seen.height as usize * 4];
        self.all = true;
    }

    /// Asks for the windows.
    fn read(&mut self, now: Instant) -> Result<Reading, CaptureError> {
        let drawn = self.system.drawn()?;
        let tops = drawn.iter().rev().map(|drawn| {
            let denied = drawn.own || self.deny.denies(&drawn.window.class, &drawn.window.title);
            Top {
                id: drawn.window.id as u32,
                area: drawn.window.area,
                mapped: true,
                facts: Some(Facts { shows: true, opaque: drawn.opaque, denied }),
            }
        });
        let stack = Stack::new(tops.collect());
        self.past.saw(&stack, now);
        let mut reading = Reading { stack, target: None, above: Vec::new() };
        if let Target::Window(id) = self.target
            && let Some(found) = drawn.iter().find(|drawn| drawn.window.id == id)
        {
            reading.target = Some(found.window.area);
            // Its menus and dialogs are windows of the same program.
            let friends: Vec<u32> = drawn
                .iter()
                .filter(|drawn| drawn.window.pid.is_some() && drawn.window.pid == found.window.pid)
                .map(|drawn| drawn.window.id as u32)
                .collect();
            let is_friend = |other: u32| friends.contains(&other);
            reading.above = reading.stack.above(id as u32, found.window.area, is_friend);
        }
        Ok(reading)
    }

    /// Finds out where the target is now.
    fn settle(
        &mut self,
        reading: &Reading,
        now: Instant,
        notices: &mut Vec<Notice>,
    ) -> Result<(), CaptureError> {
        let displays = self.system.displays()?;
        if !displays.iter().eq(self.screens.iter().map(|(display, _)| display)) {
            self.screens = displays.iter().map(|display| (display.clone(), None)).collect();
            self.all = true;
        }
        let area = match self.target {
            Target::Region(area) => Ok(area),
            Target::Display(number) => display(&displays, number).map_err(|_| Notice::NoPicture),
            Target::Window(_) => reading.target.ok_or(Notice::WindowClosed),
        };
        let place = area.and_then(|area| {
            let desktop = desktop_of(&displays).map_err(|_| Notice::NoPicture)?;
            Place::of(area, desktop, self.place.canvas).map_err(|_| Notice::NoPicture)
        });
        match place {
            Err(why) => {
                if std::mem::replace(&mut self.present, false) {
                    notices.push(why);
                }
            }
            Ok(place) => {
                let was_away = !std::mem::replace(&mut self.present, true);
                if place != self.place {
                    let (before, after) = (self.place.target, place.target);
                    if (before.width, before.height) != (after.width, after.height) {
                        let (width, height) = (after.width, after.height);
                        notices.push(Notice::Resized { width, height, cut: place.cut() });
                    }
                    self.place = place;
                    self.past.moved(now);
                    self.make_room();
                }
                self.all |= was_away;
            }
        }
        Ok(())
    }

    /// Puts the line around what is recorded now; nowhere, while that is away.
    fn surround(&mut self) {
        if !self.hairline {
            return;
        }
        if let Ok(desktop) = desktop_of(self.screens.iter().map(|(display, _)| display)) {
            self.system.surround(self.present.then_some(self.place.seen), desktop);
        }
    }

    /// Takes the pictures of the displays that are seen; tells which parts of the desktop are others than before.
    fn take(&mut self) -> Result<Vec<Area>, CaptureError> {
        let mut damage = Vec::new();
        for (display, screen) in &mut self.screens {
            if display.area.intersection(&self.place.seen).is_none() {
                continue;
            }
            let looked = self.system.look(display, &mut |picture| match screen {
                Some(screen) if screen.size() == (picture.width(), picture.height()) => {
                    screen.show(picture, Order::Bgr, &[], None);
                }
                _ => *screen = Some(Screen::of(picture, Order::Bgr)),
            })?;
            if looked == Looked::New
                && let Some(screen) = screen
            {
                damage.extend(screen.take_changed().into_iter().map(|rect| {
                    let (x, y) = (display.area.x + rect.x as i32, display.area.y + rect.y as i32);
                    Area::new(x, y, rect.width, rect.height)
                }));
            }
        }
        Ok(damage)
    }

    /// Copies parts of the desktop from the displays' pictures to where the picture is made.
    fn gather(&mut self, parts: &[Area]) {
        let seen = self.place.seen;
        for (display, screen) in &self.screens {
            let Some(screen) = screen else { continue };
            let picture = screen.picture();
            let shown = Area::new(display.area.x, display.area.y, picture.width(), picture.height());
            for part in parts.iter().filter_map(|part| part.intersection(&seen)) {
                let Some(part) = part.intersection(&shown) else { continue };
                let (Some(from), Some(to)) = (part.within(&shown), part.within(&seen)) else { continue };
                let bytes = from.width as usize * 4;
                for row in 0..from.height {
                    let line = &picture.row(from.y + row)[from.x as usize * 4..][..bytes];
                    let at = ((to.y + row) * seen.width + to.x) as usize * 4;
                    self.seen[at..at + bytes].copy_from_slice(line);
                }
            }
        }
    }

    fn look(&mut self, picture: &mut I420, now: Instant) -> Result<Update, CaptureError> {
        let mut update = Update::default();
        let before = self.read(now)?;
        self.settle(&before, now, &mut update.notices)?;
        self.surround();
        let damage = if self.present { self.take()? } else { Vec::new() };
        let after = self.read(now)?;
        update.hidden = self.past.regrets(&self.place, now);
        let paint = Paint::COVER;
        let whole = Rect::whole(self.place.canvas.0, self.place.canvas.1);
        if !self.present || before.target != after.target {
            // Whatever was taken may be anyone's. What is shown stays, under its masks.
            self.all = true;
            for rect in self.masks.iter().filter_map(|mask| self.place.on_canvas(mask)) {
                convert::fill(picture, rect, paint);
                update.changed.push(rect);
            }
            return Ok(update);
        }
        if self.screens.iter().all(|(_, screen)| screen.is_none()) {
            if !std::mem::replace(&mut self.nothing_yet, true) {
                update.notices.push(Notice::NothingYet);
            }
            return Ok(update);
        }

        let denies = |reading: &Reading| {
            reading.stack.denied().iter().any(|area| area.intersection(&self.place.seen).is_some())
        };
        let denied = denies(&after);
        if denied && !std::mem::replace(&mut self.denied, denied) {
            update.notices.push(Notice::Covered);
        }
        self.denied = denied;
        self.lately.retain(|(at, _)| now.saturating_duration_since(*at) < STALE);
        let hidden = [&before, &after]
            .into_iter()
            .flat_map(|reading| reading.stack.denied().into_iter().chain(reading.above.iter().copied()));
        self.lately.push_back((now, hidden.collect()));
        let mut covered: Vec<Rect> = self
            .lately
            .iter()
            .flat_map(|(_, covers)| covers)
            .chain(&self.masks)
            .filter_map(|area| self.place.on_canvas(area))
            .collect();
        covered.sort_unstable_by_key(|rect| (rect.y, rect.x, rect.height, rect.width));
        covered.dedup();

        let pointer = self.system.pointer();
        let image = pointer.clone().filter(|_| self.with_cursor).and_then(|Pointer { at, image }| {
            let image = image?;
            Some((image.area(at), image))
        });
        let mut drawn: Vec<Area> = image.iter().map(|(area, _)| *area).collect();
        if let Some(rings) = &mut self.rings {
            let is_pressed = self.system.is_pressed();
            if is_pressed && !std::mem::replace(&mut self.was_pressed, is_pressed) {
                rings.press();
            }
            self.was_pressed = is_pressed;
            rings.look(pointer.map(|pointer| pointer.at), now);
            drawn.extend(rings.areas());
        }

        let mut changed: Vec<Rect> = Vec::new();
        if self.all {
            self.seen.fill(0);
            self.gather(&[self.place.seen]);
            convert::fill(picture, whole, Paint::BLACK);
            changed.push(self.place.seen_on_canvas());
        } else {
            self.gather(&damage);
            changed.extend(damage.iter().filter_map(|area| self.place.on_canvas(area)));
            if drawn != self.drawn || image != self.pointer {
                let moved = self.drawn.iter().chain(&drawn);
                changed.extend(moved.filter_map(|area| self.place.on_canvas(area)));
            }
            if covered != self.covered {
                changed.extend(self.covered.iter().chain(&covered));
            }
        }
        let changed = join(changed);
        if changed.is_empty() {
            return Ok(update);
        }
        let place = self.place;
        let screen =
            Bgra::new(&self.seen, place.seen.width as usize * 4, place.seen.width, place.seen.height)
                .map_err(|error| CaptureError::Gone(error.to_string()))?;
        for rect in &changed {
            let of = Area::new(rect.x as i32, rect.y as i32, rect.width, rect.height);
            let on = place.seen_on_canvas();
            if let Some(of) = of.within(&Area::new(on.x as i32, on.y as i32, on.width, on.height)) {
                convert::update(picture, place.at, &screen, of);
            }
        }
        for cover in &covered {
            convert::fill(picture, *cover, paint);
        }
        let image_at = image.as_ref().map(|(area, image)| (&**image, *area));
        let over = Over { image: image_at, rings: self.rings.as_ref(), covered: &covered };
        for area in apart(drawn.clone()) {
            over.draw(&area, &place, &screen, picture);
        }
        update.changed = if std::mem::take(&mut self.all) { vec![whole] } else { changed };
        self.covered = covered;
        self.drawn = drawn;
        self.pointer = image;
        Ok(update)
    }
}

impl<S: System> Source for PolledSource<S> {
    fn size(&self) -> (u32, u32) {
        self.place.canvas
    }

    fn update(&mut self, picture: &mut I420) -> Result<Update, CaptureError> {
        self.look(picture, Instant::now())
    }

    fn hindsight(&self) -> Duration {
        HINDSIGHT
    }

    fn set_masks(&mut self, masks: &[Area]) {
        self.masks = masks.to_vec();
        self.all = true;
    }
}

fn desktop_of<'a>(displays: impl IntoIterator<Item = &'a Display>) -> Result<Area, CaptureError> {
    let areas = displays.into_iter().map(|display| display.area);
    areas.reduce(|one, other| one.around(&other)).ok_or(CaptureError::Nothing)
}

fn display(displays: &[Display], number: usize) -> Result<Area, CaptureError> {
    let found = displays.iter().find(|display| display.number == number);
    found.map(|display| display.area).ok_or(CaptureError::NoDisplay(number))
}

#[cfg(test)]
mod tests;
