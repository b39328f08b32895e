//! Keeping a picture of a target up to date, at the cost of what changed and no more.
//!
//! One look: ask for damage, pointer and events, grab, read events again, convert the damaged rectangles, cover what
//! must not be seen in any state between the two readings, draw clicks and pointer. Nothing is grabbed when nothing
//! changed, and then a look is one round trip to the server.

use std::time::{Duration, Instant};

use deskside_codec::convert::{self, Paint};
use deskside_frame::{Bgra, I420, Rect};

use super::grab::Grabber;
use super::hairline::{Hairline, Inside};
use super::link::Link;
use super::past::HINDSIGHT;
use super::rings::Rings;
use super::scene::Scene;
use crate::{Area, CaptureError, DenyList, Notice, Shot, Source, Target, Update, View};

/// Blue, green and red of what lies over something that must not be seen: a grey no one takes for a fault.
const COVER: [u8; 3] = [0x44; 3];
/// More rectangles than this are joined: each costs a fixed effort.
const MOST_RECTS: usize = 24;
/// A target that moves again and again while it is grabbed is shown at the next look, and so on.
const TRIES: usize = 3;

/// A watched target of an X server.
pub struct X11Source {
    scene: Scene,
    grabber: Grabber,
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
        if view.rings {
            scene.rings = Rings::watch(&scene.link)?;
        }
        let grabber = Grabber::open(&scene.link, scene.grab_area())?;
        Ok(X11Source {
            scene,
            grabber,
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
        let damage = self.scene.look()?;
        self.settle(&mut update.notices)?;
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
            draw_over(&self.scene, &area, cursor.map(|(area, _)| area), &screen, &covered, picture);
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

/// Areas that hold the same pixels and do not overlap: what lies over each other is drawn together.
fn apart(mut areas: Vec<Area>) -> Vec<Area> {
    let mut at = 0;
    while at < areas.len() {
        match (at + 1..areas.len()).find(|other| areas[at].intersection(&areas[*other]).is_some()) {
            Some(other) => {
                let (one, other) = (areas[at], areas.swap_remove(other));
                let (x, y) = (one.x.min(other.x), one.y.min(other.y));
                let (right, bottom) = (one.right().max(other.right()), one.bottom().max(other.bottom()));
                areas[at] = Area::new(x, y, (right - x) as u32, (bottom - y) as u32);
                at = 0;
            }
            None => at += 1,
        }
    }
    areas
}

/// Draws clicks and the pointer, as far as they lie in `area`, over a copy of what is below them, because the screen's
/// own pixels are not ours to draw on.
fn draw_over(
    scene: &Scene,
    area: &Area,
    cursor: Option<Area>,
    screen: &Bgra<'_>,
    covered: &[Rect],
    picture: &mut I420,
) {
    let place = &scene.place;
    let Some(patch) = area.within(&place.seen).map(|rect| rect.even()) else { return };
    let Some(below) = screen.crop(patch) else { return };
    let mut pixels: Vec<u8> = (0..below.height()).flat_map(|y| below.row(y)).copied().collect();
    let width = below.width();
    let corner = (place.at.0 + patch.x, place.at.1 + patch.y);
    let on_canvas = Rect::new(corner.0, corner.1, width, below.height());
    for cover in covered.iter().filter_map(|cover| cover.intersection(&on_canvas)) {
        let row = |y: u32| ((y - corner.1) * width + cover.x - corner.0) as usize * 4;
        for y in cover.y..cover.bottom() {
            for pixel in pixels[row(y)..][..cover.width as usize * 4].chunks_exact_mut(4) {
                pixel[..3].copy_from_slice(&COVER);
            }
        }
    }
    let on_desktop = (place.seen.x + patch.x as i32, place.seen.y + patch.y as i32);
    if let Some(rings) = &scene.rings {
        rings.draw(&mut pixels, width, on_desktop);
    }
    if let Some(cursor) = cursor {
        scene.cursor.draw(&mut pixels, width, on_desktop, &cursor);
    }
    if let Ok(patch) = Bgra::new(&pixels, width as usize * 4, width, on_canvas.height) {
        convert::update(picture, corner, &patch, Rect::whole(width, on_canvas.height));
    }
}

/// Fewer rectangles that hold the same pixels and not many more.
fn join(mut rects: Vec<Rect>) -> Vec<Rect> {
    let size = |rect: &Rect| u64::from(rect.width) * u64::from(rect.height);
    rects.retain(|rect| !rect.is_empty());
    let mut at = 0;
    while at < rects.len() {
        let near = (at + 1..rects.len()).find(|other| {
            let joined = size(&rects[at].union(&rects[*other]));
            joined * 4 <= (size(&rects[at]) + size(&rects[*other])) * 5
        });
        match near {
            Some(other) => {
                rects[at] = rects[at].union(&rects[other]);
                rects.swap_remove(other);
                at = 0;
            }
            None => at += 1,
        }
    }
    if rects.len() > MOST_RECTS {
        let all = rects.iter().fold(Rect::default(), |all, rect| all.union(rect));
        return vec![all];
    }
    rects
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
    for cover in covers.iter().filter_map(|cover| cover.within(&area)) {
        for y in cover.y..cover.bottom() {
            let start = (y * area.width + cover.x) as usize * 4;
            for pixel in bgra[start..][..cover.width as usize * 4].chunks_exact_mut(4) {
                pixel[..3].copy_from_slice(&COVER);
            }
        }
    }
    Ok(Shot { area, bgra })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joining_loses_no_pixel() {
        let near = vec![Rect::new(0, 0, 10, 10), Rect::new(10, 0, 10, 10), Rect::new(500, 500, 2, 2)];
        let joined = join(near);
        assert_eq!(joined, [Rect::new(0, 0, 20, 10), Rect::new(500, 500, 2, 2)]);
        let many: Vec<Rect> = (0..200).map(|n| Rect::new(n * 9 % 640, n * 7, 2, 2)).collect();
        let joined = join(many.clone());
        assert!(joined.len() <= MOST_RECTS);
        for rect in many {
            assert!(joined.iter().any(|join| join.intersection(&rect) == Some(rect)), "{rect:?} was lost");
        }
    }
}
