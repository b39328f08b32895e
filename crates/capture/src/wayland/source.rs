//! Keeping the recorder's picture up to date with what PipeWire brings.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deskside_codec::convert::{self, Paint};
use deskside_frame::{I420, Rect};

use super::portal::{self, Portal};
use super::stream::{Pictures, Shared};
use super::{notices, token};
use crate::place::Place;
use crate::{Area, CaptureError, Notice, Shot, Source, Target, Update, View};

/// Nearly every desktop sends the first picture at once; those that do not wait for something to change.
const FIRST: Duration = Duration::from_millis(1_500);
/// Nobody looked for so long: it was a pause.
const PAUSE: Duration = Duration::from_millis(500);
/// After a pause, pictures that were still on their way when it ended are let pass.
const STALE: Duration = Duration::from_millis(150);

/// What the person chose in the desktop's dialog.
pub struct WaylandSource {
    // Ended in this order: pictures before what grants them.
    _pictures: Pictures,
    _portal: Portal,
    shared: Arc<Shared>,
    /// For the next recording, once this one has shown something.
    token: Option<String>,
    target: Target,
    /// The size of what is shared.
    shown: (u32, u32),
    /// Where it lies in the picture; `None` while the target lies outside of what is shared.
    place: Option<Place>,
    canvas: (u32, u32),
    masks: Vec<Area>,
    masks_are_new: bool,
    /// The whole picture must be painted anew.
    all: bool,
    to_tell: Vec<Notice>,
    looked: Option<Instant>,
    wait_until: Option<Instant>,
    /// There was no picture yet, and the person has to know.
    nothing_yet: bool,
}

impl WaylandSource {
    /// Asks for what to record, and waits for its first picture.
    pub fn open(view: &View) -> Result<WaylandSource, CaptureError> {
        match view.target {
            Target::Display(1) | Target::Region(_) => {}
            Target::Display(_) => return Err(CaptureError::ChosenThere("a display")),
            Target::Window(_) => return Err(CaptureError::ChosenThere("a window")),
        }
        let shared = Arc::new(Shared::default());
        let (portal, granted) = portal::ask(view.cursor, token::take(), shared.clone())?;
        let remote = granted.remote.ok_or(CaptureError::Withdrawn)?;
        let pictures = Pictures::read(remote, granted.node, shared.clone())?;
        let size = shared.first(FIRST)?;
        let canvas = match view.canvas {
            Some(canvas) => canvas,
            None => Place::canvas_of(area(view.target, size))?,
        };
        let place = Place::of(area(view.target, size), whole(size), canvas)?;
        Ok(WaylandSource {
            _pictures: pictures,
            _portal: portal,
            shared,
            token: granted.token,
            target: view.target,
            shown: size,
            place: Some(place),
            canvas,
            masks: view.masks.clone(),
            masks_are_new: false,
            all: true,
            to_tell: notices(granted.pointer || !view.cursor),
            looked: None,
            wait_until: None,
            nothing_yet: false,
        })
    }

    /// The picture as it is, with nothing painted over.
    pub fn shot(&self) -> Result<Shot, CaptureError> {
        let state = self.shared.look();
        let Some(screen) = &state.screen else {
            let why = "the desktop sends no picture before something changes on the screen";
            return Err(CaptureError::Unreachable(why.to_owned()));
        };
        let shown = area(self.target, screen.size()).intersection(&whole(screen.size()));
        let shown = shown.ok_or(CaptureError::Nothing)?;
        let part = shown.within(&whole(screen.size())).ok_or(CaptureError::Nothing)?;
        let picture = screen.picture().crop(part).ok_or(CaptureError::Nothing)?;
        let bgra = (0..picture.height()).flat_map(|y| picture.row(y)).copied().collect();
        Ok(Shot { area: shown, bgra })
    }

    /// What is shared has another size now.
    fn resize(&mut self, size: (u32, u32), notices: &mut Vec<Notice>) {
        self.shown = size;
        self.all = true;
        self.place = Place::of(area(self.target, size), whole(size), self.canvas).ok();
        notices.push(match &self.place {
            Some(place) => Notice::Resized { width: size.0, height: size.1, cut: place.cut() },
            None => Notice::NoPicture,
        });
    }

    /// Whether pictures may be older than the end of a pause.
    fn is_stale(&mut self, now: Instant) -> bool {
        if self.looked.replace(now).is_some_and(|before| now.duration_since(before) > PAUSE) {
            self.wait_until = Some(now + STALE);
        }
        self.wait_until.is_some_and(|until| now < until)
    }
}

impl Source for WaylandSource {
    fn size(&self) -> (u32, u32) {
        self.canvas
    }

    fn update(&mut self, picture: &mut I420) -> Result<Update, CaptureError> {
        let mut update = Update { notices: std::mem::take(&mut self.to_tell), ..Update::default() };
        if self.is_stale(Instant::now()) {
            return Ok(update);
        }
        let shared = self.shared.clone();
        let mut state = shared.look();
        if let Some(end) = &state.end {
            return Err(end.clone().into());
        }
        let Some(screen) = &mut state.screen else {
            if !std::mem::replace(&mut self.nothing_yet, true) {
                update.notices.push(Notice::NothingYet);
            }
            return Ok(update);
        };
        if screen.size() != self.shown {
            self.resize(screen.size(), &mut update.notices);
        }
        let changed = screen.take_changed();
        let Some(place) = self.place else { return Ok(update) };
        let masks: Vec<Rect> = self.masks.iter().filter_map(|mask| place.on_canvas(mask)).collect();
        if std::mem::take(&mut self.masks_are_new) {
            update.changed.extend(&masks);
        }
        let whole_picture = Rect::whole(self.canvas.0, self.canvas.1);
        let changed: Vec<Rect> = if self.all {
            convert::fill(picture, whole_picture, Paint::BLACK);
            vec![place.seen_on_canvas()]
        } else {
            let on_desktop = |rect: &Rect| Area::new(rect.x as i32, rect.y as i32, rect.width, rect.height);
            changed.iter().filter_map(|rect| place.on_canvas(&on_desktop(rect))).collect()
        };
        let part = place.seen.within(&whole(self.shown)).and_then(|part| screen.picture().crop(part));
        let part = part.ok_or(CaptureError::Nothing)?;
        for rect in &changed {
            let of = Rect::new(rect.x - place.at.0, rect.y - place.at.1, rect.width, rect.height);
            convert::update(picture, place.at, &part, of);
        }
        // Nothing more is read from the desktop, which may go on.
        drop(state);
        for mask in masks {
            convert::fill(picture, mask, Paint::COVER);
        }
        match std::mem::take(&mut self.all) {
            true => update.changed = vec![whole_picture],
            false => update.changed.extend(changed),
        }
        Ok(update)
    }

    fn set_masks(&mut self, masks: &[Area]) {
        // What was covered is shown again from the screen.
        self.all = true;
        self.masks = masks.to_vec();
        self.masks_are_new = true;
    }
}

impl Drop for WaylandSource {
    /// A choice that led to nothing, or that the person took back, is not remembered: the next recording asks.
    fn drop(&mut self) {
        let went_well = {
            let state = self.shared.look();
            state.end.is_none() && state.screen.is_some()
        };
        if went_well && let Some(token) = self.token.take() {
            token::keep(&token);
        }
    }
}

/// The target in coordinates of what is shared.
fn area(target: Target, size: (u32, u32)) -> Area {
    match target {
        Target::Region(area) => area,
        Target::Display(_) | Target::Window(_) => whole(size),
    }
}

fn whole(size: (u32, u32)) -> Area {
    Area::new(0, 0, size.0, size.1)
}
