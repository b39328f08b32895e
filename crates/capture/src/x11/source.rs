//! Keeping a picture of a target up to date, at the cost of what changed and no more.
//!
//! One look: ask for damage, pointer and events, grab, read events again, convert the damaged rectangles, cover what
//! must not be seen in any state between the two readings, draw clicks and pointer. Nothing is grabbed when nothing
//! changed, and then a look is one round trip to the server. A server that does not tell what changes is grabbed at every
//! look, and tiles are compared.

use std::time::{Duration, Instant};

use deskside_codec::convert::{self, Paint};
use deskside_frame::{I420, Rect};

use super::clicks;
use super::grab::Grabber;
use super::hairline::Hairline;
use super::link::Link;
use super::scene::Scene;
use crate::hairline::Inside;
use crate::over::{self, COVER, Over, apart, join};
use crate::past::HINDSIGHT;
use crate::rings::Rings;
use crate::tiles::{Order, Screen};
use crate::{Area, CaptureError, DenyList, Notice, Shot, Source, Target, Update, View};

/// A target that moves again and again while it is grabbed is shown at the next look, and so on.
const TRIES: usize = 3;

/// A watched target of an X server.
pub struct X11Source {
    scene: Scene,
    grabber: Grabber,
    /// What was seen last and where, if the server does not tell what changes.
    compared: Option<(Area, Screen)>,
    masks: Vec<Area>,
    /// The masks are others than those that are painted.
    masks_are_new: bool,
    with_cursor: bool,
    /// Where something was drawn over the screen at the last look.
    drawn: Vec<Area>,
    /// The whole picture must be painted anew.
    all: bool,
    covered: Vec<Rect>,
    denied: bool,
    told_no_memory: bool,
    paint: Paint,
}

impl X11Source {
    /// Begins to watch.
    pub fn open(link: Link, view: &View) -> Result<X11Source, CaptureError> {
        let mut scene = Scene::open(link, view.target, view.deny.clone(), view.canvas, view.hairline)?;
        if view.rings && clicks::watch(&scene.link)? {
            scene.rings = Some(Rings::default());
        }
        let grabber = Grabber::open(&scene.link, scene.grab_area())?;
        Ok(X11Source {
            scene,
            grabber,
            compared: None,
            masks: view.masks.clone(),
            masks_are_new: false,
            with_cursor: view.cursor,
            drawn: Vec::new(),
            all: true,
            covered: Vec::new(),
            denied: false,
            told_no_memory: false,
            paint: Paint::of(COVER[0], COVER[1], COVER[2]),
        })
    }

    /// Finds the target anew after something moved, and a grabber that fits.
    fn settle(&mut self, notices: &mut Vec<Notice>) -> Result<(), CaptureError> {
        if self.scene.settle(notices)? {
            self.all = true;
        }
        if self.scene.present && self.grabber.area() != self.scene.grab_area() {
            self.grabber = Grabber::open(&self.scene.link, self.scene.grab_area())?;
            self.all = true;
        }
        self.scene.outline()
    }

    /// Finds out what was painted on where the server does not tell. What is painted from now on is found the next time,
    /// also when it is in the picture already.
    fn compare(&mut self) -> Result<Vec<Area>, CaptureError> {
        self.grabber.grab(&self.scene.link)?;
        let (area, pixels) = (self.grabber.area(), self.grabber.last()?);
        let compared = match &mut self.compared {
            Some((before, compared)) if *before == area => {
                compared.show(&pixels, Order::Bgr, &[], None);
                compared
            }
            other => &mut other.insert((area, Screen::of(&pixels, Order::Bgr))).1,
        };
        let on_desktop =
            |rect: Rect| Area::new(area.x + rect.x as i32, area.y + rect.y as i32, rect.width, rect.height);
        Ok(compared.take_changed().into_iter().map(on_desktop).collect())
    }

    /// What must not be seen, in the picture.
    fn covers_on_canvas(&self, covers: &[Area]) -> Vec<Rect> {
        let place = &self.scene.place;
        let traces = self.scene.hairline.iter().flat_map(Hairline::traces);
        let mut rects: Vec<Rect> =
            covers.iter().chain(&self.masks).chain(traces).filter_map(|area| place.on_canvas(area)).collect();
        rects.sort_unstable_by_key(|rect| (rect.y, rect.x, rect.height, rect.width));
        rects.dedup();
        rects
    }

    /// Paints over what the masks hide, in whatever the picture shows; tells where. Also when nothing can be looked at
    /// any more: a window that was closed goes on in its last picture.
    fn paint_masks(&self, picture: &mut I420) -> Vec<Rect> {
        let rects: Vec<Rect> =
            self.masks.iter().filter_map(|area| self.scene.place.on_canvas(area)).collect();
        for rect in &rects {
            convert::fill(picture, *rect, self.paint);
        }
        rects
    }

    /// Where the line around the target lies in the picture, and what is shown there instead.
    fn lines_on_canvas(&self) -> Vec<(Rect, Rect)> {
        let place = &self.scene.place;
        let inside = self.scene.hairline.iter().flat_map(Hairline::inside);
        inside
            .filter_map(|Inside { line, beside }| Some((place.on_canvas(line)?, place.on_canvas(beside)?)))
            .collect()
    }
}

impl Source for X11Source {
    fn size(&self) -> (u32, u32) {
        self.scene.place.canvas
    }

    fn update(&mut self, picture: &mut I420) -> Result<Update, CaptureError> {
        let mut update = Update::default();
        if !self.grabber.is_shared() && !std::mem::replace(&mut self.told_no_memory, true) {
            update.notices.push(Notice::NoSharedMemory);
        }
        let mut damage = self.scene.look()?;
        self.settle(&mut update.notices)?;
        if !self.scene.tells_damage() && self.scene.present {
            damage = self.compare()?;
        }
        if std::mem::take(&mut self.masks_are_new) {
            update.changed = self.paint_masks(picture);
        }
        let cursor = if self.with_cursor { self.scene.cursor.look(&self.scene.link)? } else { None };
        let cursor_changed = cursor != self.scene.cursor.last;
        let mut drawn: Vec<Area> = cursor.iter().map(|(area, _)| *area).collect();
        if let Some(rings) = &mut self.scene.rings {
            rings.look(self.scene.cursor.pointer, Instant::now());
            drawn.extend(rings.areas());
        }
        update.hidden = self.scene.regrets();
        let touches = |area: &Area| area.intersection(&self.scene.place.seen).is_some();
        let to_do = self.all
            || damage.iter().any(touches)
            || ((cursor_changed || drawn != self.drawn) && drawn.iter().chain(&self.drawn).any(touches))
            || self.covers_on_canvas(&self.scene.covers()) != self.covered;
        if !to_do || !self.scene.present {
            return Ok(update);
        }

        let mut covers = None;
        for _ in 0..TRIES {
            self.grabber.grab(&self.scene.link)?;
            let followed = self.scene.follow()?;
            if followed.moved {
                // The pixels are of a place where the target was or was not: they may be anyone's.
                covers = None;
                self.settle(&mut update.notices)?;
                continue;
            }
            covers = Some(followed.covers);
            if !followed.doubtful {
                break;
            }
        }
        update.hidden.extend(self.scene.regrets());
        let Some(covers) = covers.filter(|_| self.scene.present) else {
            self.all = true;
            return Ok(update);
        };
        let place = self.scene.place;
        let covered = self.covers_on_canvas(&covers);
        let denied = self.scene.denies();
        if denied && !self.denied {
            update.notices.push(Notice::Covered);
        }
        self.denied = denied;

        let mut changed = std::mem::take(&mut update.changed);
        if self.all {
            convert::fill(picture, Rect::whole(place.canvas.0, place.canvas.1), Paint::BLACK);
            changed.push(place.seen_on_canvas());
        } else {
            changed.extend(damage.iter().filter_map(|area| place.on_canvas(area)));
            changed.extend(self.drawn.iter().chain(&drawn).filter_map(|area| place.on_canvas(area)));
            if covered != self.covered {
                changed.extend(self.covered.iter().chain(&covered));
            }
        }
        let lines = self.lines_on_canvas();
        for (line, beside) in &lines {
            if changed.iter().any(|rect| rect.intersection(&line.union(beside)).is_some()) {
                changed.push(*line);
            }
        }
        let changed = join(changed);

        let screen = self.grabber.last()?;
        let inside = place.seen.within(&self.grabber.area()).and_then(|rect| screen.crop(rect));
        let screen = inside.ok_or(CaptureError::Nothing)?;
        for rect in &changed {
            let of = Area::new(rect.x as i32, rect.y as i32, rect.width, rect.height);
            let on = place.seen_on_canvas();
            let seen = Area::new(on.x as i32, on.y as i32, on.width, on.height);
            if let Some(of) = of.within(&seen) {
                convert::update(picture, place.at, &screen, of);
            }
        }
        for cover in &covered {
            convert::fill(picture, *cover, self.paint);
        }
        for area in apart(drawn.clone()) {
            let image = self.scene.cursor.image.as_ref().zip(cursor.map(|(area, _)| area));
            let over = Over { image, rings: self.scene.rings.as_ref(), covered: &covered };
            over.draw(&area, &place, &screen, picture);
        }
        // Last, because everything above knows the line's own pixels only.
        for (line, beside) in lines {
            convert::repeat(picture, beside, line);
        }
        update.changed = if self.all { vec![Rect::whole(place.canvas.0, place.canvas.1)] } else { changed };
        self.all = false;
        self.covered = covered;
        self.drawn = drawn;
        self.scene.cursor.last = cursor;
        Ok(update)
    }

    fn hindsight(&self) -> Duration {
        HINDSIGHT
    }

    fn set_masks(&mut self, masks: &[Area]) {
        self.masks = masks.to_vec();
        self.masks_are_new = true;
    }
}

/// A frozen picture of a target, covered like a recording.
pub fn shot(link: Link, target: Target, deny: &DenyList) -> Result<Shot, CaptureError> {
    let mut scene = Scene::open(link, target, deny.clone(), None, false)?;
    // Odd sides are no matter here: no colour is shared between pixels.
    let area = scene.place.target.intersection(&scene.desktop).ok_or(CaptureError::Nothing)?;
    let mut grabber = Grabber::open(&scene.link, area)?;
    let mut covers = Vec::new();
    scene.follow()?;
    for _ in 0..TRIES {
        grabber.grab(&scene.link)?;
        let followed = scene.follow()?;
        covers = followed.covers;
        if !followed.doubtful && !followed.moved {
            break;
        }
    }
    let screen = grabber.last()?;
    let inside = area.within(&grabber.area()).and_then(|rect| screen.crop(rect));
    let screen = inside.ok_or(CaptureError::Nothing)?;
    let mut bgra: Vec<u8> = (0..screen.height()).flat_map(|y| screen.row(y)).copied().collect();
    over::cover(&mut bgra, &area, &covers);
    Ok(Shot { area, bgra })
}
