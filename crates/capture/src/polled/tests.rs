//! A desktop made of rectangles: what is seen of it is compared with a model that paints everything anew.

use std::cell::RefCell;

use super::*;
use crate::Rule;

const SECRET: u32 = 0xfe_01fd;
const COVERED: u32 = 0x44_4444;

type Happening = Box<dyn FnOnce(&mut World)>;

#[derive(Default)]
struct World {
    displays: Vec<Display>,
    /// The uppermost first, with their colours.
    windows: Vec<(Drawn, u32)>,
    pointer: Option<Pointer>,
    pressed: bool,
    lost: bool,
    /// The next look is told that nothing is new.
    rests: bool,
    /// What happens while a display is looked at.
    meanwhile: Option<Happening>,
    /// What the line was last asked to be around, if it ever was.
    surrounded: Option<Option<Area>>,
}

impl World {
    fn colour(&self, x: i32, y: i32, is_denied: impl Fn(&Drawn) -> bool) -> u32 {
        let found = self.windows.iter().find(|(drawn, _)| drawn.window.area.contains(x, y));
        found.map_or(0x10_2030, |(drawn, colour)| if is_denied(drawn) { COVERED } else { *colour })
    }
}

#[derive(Clone)]
struct Fake(Rc<RefCell<World>>);

thread_local! {
    /// The desktop of this test.
    static HERE: Fake = world();
}

impl System for Fake {
    fn connect() -> Result<Self, CaptureError> {
        Ok(HERE.with(Fake::clone))
    }

    fn displays(&self) -> Result<Vec<Display>, CaptureError> {
        Ok(self.0.borrow().displays.clone())
    }

    fn drawn(&self) -> Result<Vec<Drawn>, CaptureError> {
        Ok(self.0.borrow().windows.iter().map(|(drawn, _)| drawn.clone()).collect())
    }

    fn active(&self) -> Option<u32> {
        Some(12)
    }

    fn idle(&self) -> Option<Duration> {
        Some(Duration::from_secs(7))
    }

    fn pointer(&self) -> Option<Pointer> {
        self.0.borrow().pointer.clone()
    }

    fn is_pressed(&self) -> bool {
        self.0.borrow().pressed
    }

    fn surround(&mut self, seen: Option<Area>, _: Area) {
        self.0.borrow_mut().surrounded = Some(seen);
    }

    fn look(&mut self, display: &Display, show: &mut dyn FnMut(&Bgra<'_>)) -> Result<Looked, CaptureError> {
        let mut world = self.0.borrow_mut();
        if world.lost {
            return Ok(Looked::Lost);
        }
        if std::mem::replace(&mut world.rests, false) {
            return Ok(Looked::Same);
        }
        let Area { x, y, width, height } = display.area;
        let colours = (y..y + height as i32).flat_map(|y| (x..x + width as i32).map(move |x| (x, y)));
        let pixels: Vec<u8> =
            colours.flat_map(|(x, y)| world.colour(x, y, |_| false).to_le_bytes()).collect();
        show(&Bgra::new(&pixels, width as usize * 4, width, height).unwrap());
        if let Some(happens) = world.meanwhile.take() {
            happens(&mut world);
        }
        Ok(Looked::New)
    }
}

fn window(id: u64, area: Area, title: &str) -> Drawn {
    let window =
        Window { id, title: title.to_owned(), class: "program".to_owned(), area, pid: Some(id as u32 / 10) };
    Drawn { window, opaque: true, own: false }
}

fn world() -> Fake {
    let display = |number: usize, area: Area| Display { number, name: String::new(), area, primary: false };
    let displays = vec![display(1, Area::new(0, 0, 160, 120)), display(2, Area::new(160, -20, 96, 80))];
    Fake(Rc::new(RefCell::new(World { displays, ..World::default() })))
}

fn view(target: Target) -> View {
    let rule = Rule { class: None, title: Some("*vault*".to_owned()) };
    View {
        target,
        cursor: true,
        deny: DenyList::of(vec![rule]),
        masks: Vec::new(),
        rings: true,
        canvas: None,
        hairline: false,
    }
}

struct Eye {
    fake: Fake,
    source: PolledSource<Fake>,
    picture: I420,
    now: Instant,
}

impl Eye {
    fn of(fake: &Fake, view: &View) -> Eye {
        let source = PolledSource::open(fake.clone(), view).unwrap();
        let (width, height) = source.size();
        let picture = I420::black(width, height).unwrap();
        Eye { fake: fake.clone(), source, picture, now: Instant::now() }
    }

    fn look(&mut self) -> Update {
        self.now += Duration::from_millis(33);
        let before = self.picture.clone();
        let update = self.source.look(&mut self.picture, self.now).unwrap();
        let (width, height) = self.source.size();
        for y in 0..height {
            for x in 0..width {
                let is_told = update
                    .changed
                    .iter()
                    .any(|rect| x >= rect.x && x < rect.right() && y >= rect.y && y < rect.bottom());
                let at = (y * width + x) as usize;
                assert!(
                    is_told || self.picture.y()[at] == before.y()[at],
                    "{x},{y} changed and nobody says so"
                );
            }
        }
        update
    }

    /// What a look brings when nothing happened for a while.
    fn rest(&mut self) -> Update {
        self.look();
        self.now += STALE;
        self.look()
    }

    fn shows(&self, colour: u32) -> bool {
        let paint = paint(colour);
        let (width, height) = self.source.size();
        (0..height).any(|y| (0..width).any(|x| self.at(x, y) == paint))
    }

    fn at(&self, x: u32, y: u32) -> (u8, u8, u8) {
        let (colour, width) =
            ((y / 2 * self.source.size().0.div_ceil(2) + x / 2) as usize, self.source.size().0);
        (self.picture.y()[(y * width + x) as usize], self.picture.u()[colour], self.picture.v()[colour])
    }
}

fn paint(colour: u32) -> (u8, u8, u8) {
    let [blue, green, red, _] = colour.to_le_bytes();
    let Paint { y, u, v } = Paint::of(blue, green, red);
    (y, u, v)
}

/// A sequence that is the same in every run.
fn chance(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

#[test]
fn after_any_course_the_picture_is_what_a_model_paints_and_never_shows_a_secret() {
    let targets = [
        Target::Display(1),
        Target::Display(2),
        Target::Region(Area::new(100, -20, 120, 100)),
        Target::Window(10),
    ];
    for (seed, target) in (0..12).flat_map(|seed| targets.map(|target| (seed, target))) {
        let mut dice = seed * 7 + 1;
        let fake = world();
        fake.0.borrow_mut().windows.push((window(10, Area::new(20, 20, 80, 60), "ticket"), 0x20_8040));
        let mut eye = Eye::of(&fake, &view(target));
        for step in 0..60 {
            let happens = happening(&mut dice);
            if chance(&mut dice, 2) == 0 {
                fake.0.borrow_mut().meanwhile = Some(Box::new(happens));
            } else {
                happens(&mut fake.0.borrow_mut());
            }
            eye.look();
            assert!(!eye.shows(SECRET), "seed {seed}, {target:?}, step {step} shows the secret");
        }
        fake.0.borrow_mut().meanwhile = None;
        eye.rest();
        assert_eq!(eye.rest().changed, [], "nothing happens and nothing changes");
        compare(&eye, target, seed);
    }
}

/// Something that happens to a window that is not the recorded one, or to that one's place.
fn happening(dice: &mut u64) -> impl FnOnce(&mut World) + 'static + use<> {
    let (what, id) = (chance(dice, 5), 11 + chance(dice, 6));
    let (x, y) = (chance(dice, 240) as i32 & !1, (chance(dice, 120) as i32 - 20) & !1);
    let (width, height) = ((chance(dice, 80) as u32 + 2) & !1, (chance(dice, 60) as u32 + 2) & !1);
    let (colour, is_secret) = (0x20_0000 + chance(dice, 0xffff) as u32, chance(dice, 3) == 0);
    move |world| {
        let title = if is_secret { "my vault" } else { "letter" };
        let at = world.windows.iter().position(|(drawn, _)| drawn.window.id == id);
        match (what, at) {
            (0, Some(at)) => drop(world.windows.remove(at)),
            (1, Some(at)) => {
                let window = world.windows.remove(at);
                world.windows.insert(0, window);
            }
            (2, Some(at)) => world.windows[at].0.window.area = Area::new(x, y, width, height),
            (3, _) => {
                let target = world.windows.iter_mut().find(|(drawn, _)| drawn.window.id == 10);
                target.unwrap().0.window.area = Area::new(x, y.max(0), 80, 60);
            }
            (_, Some(at)) => {
                // Whoever becomes a letter again shows one first.
                let (drawn, shown) = &mut world.windows[at];
                *shown = if is_secret { SECRET } else { colour };
                drawn.window.title = title.to_owned();
            }
            (_, None) => {
                let colour = if is_secret { SECRET } else { colour };
                world.windows.insert(0, (window(id, Area::new(x, y, width, height), title), colour));
            }
        }
    }
}

fn compare(eye: &Eye, target: Target, seed: u64) {
    let world = eye.fake.0.borrow();
    let place = eye.source.place;
    let is_denied = |drawn: &Drawn| {
        let is_foreign = matches!(target, Target::Window(id) if drawn.window.id / 10 != id / 10);
        let above = world.windows.iter().position(|(drawn, _)| drawn.window.id == 10);
        let own = world.windows.iter().position(|(other, _)| other.window.id == drawn.window.id);
        drawn.window.title.contains("vault") || is_foreign && own < above
    };
    for y in 0..place.canvas.1 {
        for x in 0..place.canvas.0 {
            let on =
                (place.seen.x + x as i32 - place.at.0 as i32, place.seen.y + y as i32 - place.at.1 as i32);
            let is_seen = place.seen.contains(on.0, on.1);
            if is_seen && !world.displays.iter().any(|display| display.area.contains(on.0, on.1)) {
                // No display shows it; covers may lie there.
                continue;
            }
            let wanted = if is_seen { world.colour(on.0, on.1, is_denied) } else { 0 };
            assert_eq!(eye.at(x, y), paint(wanted), "seed {seed}, {target:?}: {x},{y} is {on:?}");
        }
    }
}

#[test]
fn what_turns_out_to_be_secret_is_told_with_all_its_places() {
    let fake = world();
    fake.0.borrow_mut().windows.push((window(11, Area::new(10, 10, 20, 20), "loading"), SECRET));
    let mut eye = Eye::of(&fake, &view(Target::Display(1)));
    eye.look();
    assert!(eye.shows(SECRET), "nobody can know it yet");
    fake.0.borrow_mut().windows[0].0.window.area = Area::new(60, 10, 20, 20);
    assert!(eye.look().hidden.is_empty());
    fake.0.borrow_mut().windows[0].0.window.title = "the vault".to_owned();
    let mut update = eye.look();
    update.hidden.sort_by_key(|rect| rect.x);
    assert_eq!(update.hidden, [Rect::new(10, 10, 20, 20), Rect::new(60, 10, 20, 20)]);
    assert_eq!(update.notices, [Notice::Covered]);
    assert!(!eye.shows(SECRET));
    let update = eye.look();
    assert!(update.hidden.is_empty() && update.notices.is_empty(), "told once");
}

#[test]
fn pointer_and_rings_are_drawn_and_leave_no_trace() {
    let fake = world();
    let mut eye = Eye::of(&fake, &view(Target::Display(1)));
    let image = Image { width: 4, height: 4, hot: (1, 1), pixels: vec![0xffff_ffff; 16] };
    fake.0.borrow_mut().pointer = Some(Pointer { at: (80, 60), image: Some(Rc::new(image)) });
    eye.look();
    let clean = paint(0x10_2030);
    assert_ne!(eye.at(80, 60), clean);
    fake.0.borrow_mut().pressed = true;
    eye.look();
    assert_ne!(eye.at(80, 60 - 20), clean, "a ring around the press");
    fake.0.borrow_mut().pressed = false;
    fake.0.borrow_mut().pointer = None;
    eye.now += Duration::from_secs(1);
    eye.look();
    for y in 0..120 {
        for x in 0..160 {
            assert_eq!(eye.at(x, y), clean, "{x},{y}");
        }
    }
}

#[test]
fn masks_displays_that_go_and_windows_that_close_leave_nothing_uncovered() {
    let fake = world();
    fake.0.borrow_mut().windows.push((window(10, Area::new(20, 20, 80, 60), "ticket"), 0x20_8040));
    let mut eye = Eye::of(&fake, &view(Target::Window(10)));
    eye.look();
    eye.source.set_masks(&[Area::new(20, 20, 10, 10)]);
    eye.look();
    assert_eq!(eye.at(4, 4), paint(COVERED));
    fake.0.borrow_mut().windows.clear();
    eye.source.set_masks(&[Area::new(40, 20, 10, 10)]);
    let update = eye.look();
    assert_eq!(update.notices, [Notice::WindowClosed]);
    assert_eq!((eye.at(24, 4), eye.at(60, 30)), (paint(COVERED), paint(0x20_8040)), "it stays, masked");
    assert!(eye.look().notices.is_empty(), "said once");

    let mut eye = Eye::of(&fake, &view(Target::Display(2)));
    eye.look();
    fake.0.borrow_mut().displays.pop();
    assert_eq!(eye.look().notices, [Notice::NoPicture]);
    let gone = Eye::of(&fake, &view(Target::Display(1)));
    assert!(PolledSource::open(gone.fake, &view(Target::Display(2))).is_err());
}

#[test]
fn a_display_that_shows_nothing_is_told_and_a_locked_one_keeps_its_picture() {
    let fake = world();
    fake.0.borrow_mut().lost = true;
    let mut eye = Eye::of(&fake, &view(Target::Display(1)));
    assert_eq!(eye.look().notices, [Notice::NothingYet]);
    fake.0.borrow_mut().lost = false;
    eye.look();
    assert_eq!(eye.at(5, 5), paint(0x10_2030));
    fake.0.borrow_mut().lost = true;
    assert_eq!(eye.look(), Update::default());
    assert_eq!(eye.at(5, 5), paint(0x10_2030));
}

#[test]
fn a_desktop_lists_what_people_know() {
    let desktop = PolledDesktop::<Fake>::connect().unwrap();
    let fake = HERE.with(Fake::clone);
    let own = Drawn { own: true, ..window(11, Area::new(0, 0, 50, 50), "Deskside") };
    let ticket = window(12, Area::new(0, 0, 90, 90), "ticket");
    let dock = window(13, Area::new(0, 90, 160, 30), "");
    fake.0.borrow_mut().windows = [own, ticket.clone(), dock].map(|drawn| (drawn, 0x20_8040)).into();
    fake.0.borrow_mut().pointer = Some(Pointer { at: (20, 20), image: None });
    assert_eq!(desktop.windows().unwrap(), std::slice::from_ref(&ticket.window));
    assert_eq!(desktop.window_at_pointer().unwrap(), Some(ticket.window.clone()));
    assert_eq!(desktop.active_window().unwrap(), Some(ticket.window));
    assert_eq!(desktop.displays().unwrap().len(), 2);
    assert_eq!(desktop.whole().unwrap(), Target::Region(Area::new(0, -20, 256, 140)));
    assert_eq!(desktop.idle(), Some(Duration::from_secs(7)));
    let shot = desktop.shot(Target::Display(1), &DenyList::empty()).unwrap();
    assert_eq!(shot.bgra[..3], crate::over::COVER, "Deskside's own windows are in no picture");
    let mut source = desktop.open(&view(Target::Display(1))).unwrap();
    let mut picture = I420::black(160, 120).unwrap();
    assert!(!source.update(&mut picture).unwrap().changed.is_empty());
    fake.0.borrow_mut().rests = true;
    assert!(source.update(&mut picture).unwrap().changed.is_empty());
}

#[test]
fn a_shot_is_covered_and_of_the_size_asked_for() {
    let fake = world();
    fake.0.borrow_mut().windows.push((window(11, Area::new(10, 10, 20, 20), "the vault"), SECRET));
    let area = Area::new(4, 6, 60, 40);
    let shot = PolledSource::open(fake, &view(Target::Region(area))).unwrap().shot().unwrap();
    assert_eq!(shot.area, area);
    let at = |x: i32, y: i32| {
        let at = ((y - 6) * 60 + x - 4) as usize * 4;
        u32::from_le_bytes([shot.bgra[at], shot.bgra[at + 1], shot.bgra[at + 2], 0])
    };
    assert_eq!((at(10, 10), at(29, 29), at(30, 30)), (COVERED, COVERED, 0x10_2030));
}

#[test]
fn the_line_goes_with_the_window_and_nobody_has_one_who_did_not_ask() {
    let fake = world();
    let at = Area::new(20, 20, 60, 40);
    fake.0.borrow_mut().windows.push((window(11, at, "letter"), 0x22_66_44));
    let mut eye = Eye::of(&fake, &view(Target::Window(11)));
    eye.look();
    assert_eq!(fake.0.borrow().surrounded, None);

    let mut eye = Eye::of(&fake, &View { hairline: true, ..view(Target::Window(11)) });
    let surrounded = |eye: &Eye| eye.fake.0.borrow().surrounded;
    eye.look();
    assert_eq!(surrounded(&eye), Some(Some(at)));
    let moved = Area::new(40, 30, 60, 40);
    fake.0.borrow_mut().windows[0].0.window.area = moved;
    eye.look();
    assert_eq!(surrounded(&eye), Some(Some(moved)));
    fake.0.borrow_mut().windows.clear();
    eye.look();
    assert_eq!(surrounded(&eye), Some(None), "the window is closed");
}
