//! Screens of an agent, drawn from a seed: a list of tickets, a form, a table, a conversation; with cards and accounts
//! among many other numbers. What must be found is known, because it was drawn here.

#![allow(dead_code, reason = "shared by a test and a measuring program, which use different parts")]

#[path = "canvas.rs"]
pub mod canvas;
#[path = "numbers.rs"]
pub mod numbers;

use ab_glyph::FontVec;
use canvas::{Canvas, Colour, Hand};
use deskside_domain::masking::{self, Kind};
use deskside_ocr::Area;
use numbers::Dice;

/// Fonts that come with the packages `fonts-dejavu-core` and `fonts-liberation`: of the kinds that desktops use.
pub const FONTS: [(&str, &str); 3] = [
    ("DejaVu Sans", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"),
    ("Liberation Sans", "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf"),
    ("DejaVu Sans Mono", "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf"),
];

/// How a screen looks.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub font: usize,
    pub percent: u32,
    pub dark: bool,
}

/// All twelve: three fonts, two sizes, light and dark.
pub fn looks() -> Vec<Look> {
    let each = |at: usize| Look {
        font: at / 4,
        percent: if at.is_multiple_of(2) { 100 } else { 150 },
        dark: at / 2 % 2 == 1,
    };
    (0..12).map(each).collect()
}

/// A number that was drawn and must be found.
#[derive(Clone, Debug)]
pub struct Truth {
    pub kind: Kind,
    pub text: String,
    pub area: Area,
}

pub struct Screen {
    pub canvas: Canvas,
    pub truths: Vec<Truth>,
}

pub fn fonts() -> Vec<FontVec> {
    FONTS
        .iter()
        .map(|(name, file)| {
            let bytes =
                std::fs::read(file).unwrap_or_else(|error| panic!("{name} is needed ({file}): {error}"));
            FontVec::try_from_vec(bytes).expect("a font")
        })
        .collect()
}

struct Theme {
    ground: Colour,
    panel: Colour,
    line: Colour,
    text: Colour,
    soft: Colour,
    bar: Colour,
    on_bar: Colour,
    field: Colour,
}

const LIGHT: Theme = Theme {
    ground: [246, 247, 249],
    panel: [255, 255, 255],
    line: [214, 218, 224],
    text: [31, 35, 41],
    soft: [104, 112, 122],
    bar: [28, 62, 110],
    on_bar: [240, 244, 250],
    field: [255, 255, 255],
};
const DARK: Theme = Theme {
    ground: [22, 24, 29],
    panel: [31, 34, 41],
    line: [62, 67, 77],
    text: [226, 229, 234],
    soft: [150, 157, 168],
    bar: [12, 13, 16],
    on_bar: [222, 226, 232],
    field: [24, 26, 32],
};
const WORDS: [&str; 36] = [
    "invoice",
    "customer",
    "asks",
    "for",
    "the",
    "second",
    "month",
    "credit",
    "note",
    "was",
    "sent",
    "twice",
    "please",
    "check",
    "contract",
    "number",
    "again",
    "before",
    "refund",
    "line",
    "moved",
    "router",
    "not",
    "reachable",
    "since",
    "Monday",
    "called",
    "back",
    "SEPA",
    "mandate",
    "missing",
    "Tariff",
    "XL",
    "SIM",
    "ordered",
    "OK",
];

/// Draws the screen of a seed.
pub fn screen(seed: u64, look: Look, fonts: &[FontVec]) -> Screen {
    let mut dice = Dice::new(seed);
    let theme = if look.dark { DARK } else { LIGHT };
    let mut pen = Pen {
        canvas: Canvas::new(1920, 1080, theme.ground),
        truths: Vec::new(),
        font: &fonts[look.font],
        whole: dice.chance(2),
        zoom: look.percent as f32 / 100.0,
    };
    pen.bar(&theme, &mut dice);
    pen.tickets(&theme, &mut dice);
    pen.facts(&theme, &mut dice);
    pen.form(&theme, &mut dice);
    pen.table(&theme, &mut dice);
    pen.talk(&theme, &mut dice);
    Screen { canvas: pen.canvas, truths: pen.truths }
}

struct Pen<'a> {
    canvas: Canvas,
    truths: Vec<Truth>,
    font: &'a FontVec,
    whole: bool,
    zoom: f32,
}

impl Pen<'_> {
    fn px(&self, points: f32) -> u32 {
        (points * self.zoom).round() as u32
    }

    fn plate(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        let area = Area { x: self.px(x), y: self.px(y), width: self.px(width), height: self.px(height) };
        self.canvas.fill(area, colour);
    }

    fn frame(&mut self, x: f32, y: f32, width: f32, height: f32, colour: Colour) {
        let area = Area { x: self.px(x), y: self.px(y), width: self.px(width), height: self.px(height) };
        self.canvas.frame(area, self.px(1.0).max(1), colour);
    }

    /// Writes at points, and remembers what must be found in it.
    fn write(&mut self, x: f32, base: f32, size: f32, colour: Colour, text: &str) -> f32 {
        let hand = Hand { font: self.font, size: size * self.zoom, colour, whole: self.whole };
        let base = base * self.zoom;
        let mut at = 0;
        let mut pen = (x * self.zoom).round();
        for find in masking::find(text, &[]) {
            pen = self.canvas.write(hand, pen, base, &text[at..find.at.start]).0;
            let number = &text[find.at.clone()];
            let (next, ink) = self.canvas.write(hand, pen, base, number);
            let is_whole =
                ink.is_some_and(|ink| ink.x + ink.width < 1920 && ink.y + ink.height < 1080) && next < 1918.0;
            if let (true, Some(area)) = (is_whole, ink) {
                self.truths.push(Truth { kind: find.kind, text: number.to_owned(), area });
            }
            (pen, at) = (next, find.at.end);
        }
        self.canvas.write(hand, pen, base, &text[at..]).0 / self.zoom
    }

    fn bar(&mut self, theme: &Theme, dice: &mut Dice) {
        self.plate(0.0, 0.0, 1920.0, 40.0, theme.bar);
        self.write(16.0, 25.0, 14.0, theme.on_bar, "Service desk");
        let text = format!("Ticket #{} · {}", 100_000 + dice.below(900_000), numbers::date(dice));
        self.write(180.0, 25.0, 13.0, theme.on_bar, &text);
        self.plate(700.0, 8.0, 90.0, 24.0, [52, 120, 246]);
        self.write(716.0, 24.0, 12.0, [255, 255, 255], "Take over");
    }

    fn tickets(&mut self, theme: &Theme, dice: &mut Dice) {
        self.plate(0.0, 40.0, 250.0, 1040.0, theme.panel);
        self.plate(249.0, 40.0, 1.0, 1040.0, theme.line);
        for row in 0..18 {
            let y = 62.0 + row as f32 * 54.0;
            let title = phrase(dice, 3);
            self.write(16.0, y, 13.0, theme.text, &title);
            let under = match dice.below(4) {
                0 => numbers::other(dice),
                1 => format!("{}, {}", phrase(dice, 2), numbers::date(dice)),
                _ => phrase(dice, 4),
            };
            self.write(16.0, y + 19.0, 11.5, theme.soft, &under);
            self.plate(0.0, y + 30.0, 250.0, 1.0, theme.line);
        }
    }

    fn facts(&mut self, theme: &Theme, dice: &mut Dice) {
        self.write(
            274.0,
            78.0,
            20.0,
            theme.text,
            &format!("Refund for order {}", 100_000 + dice.below(900_000)),
        );
        for row in 0..8 {
            let y = 112.0 + row as f32 * 24.0;
            let (label, value) = match row {
                0 => ("Order", numbers::other(dice)),
                1 => ("Customer", format!("K-{}", 10_000 + dice.below(90_000))),
                2 => ("Phone", numbers::phone(dice)),
                3 => ("E-mail", numbers::email(dice)),
                4 => ("Account", numbers::iban(dice)),
                5 => ("Device", numbers::other(dice)),
                6 if dice.chance(2) => ("Card", numbers::card(dice)),
                _ => ("Reference", numbers::other(dice)),
            };
            self.write(274.0, y, 12.0, theme.soft, label);
            self.write(370.0, y, 13.0, theme.text, &value);
        }
    }

    fn form(&mut self, theme: &Theme, dice: &mut Dice) {
        let (x, y) = (274.0, 330.0);
        self.plate(x - 10.0, y - 24.0, 480.0, 150.0, theme.panel);
        self.frame(x - 10.0, y - 24.0, 480.0, 150.0, theme.line);
        self.write(x, y, 12.0, theme.soft, "Card number");
        if dice.chance(4) {
            // A box for each group.
            let number = loop {
                let number = numbers::card(dice);
                if number.len() == 19 && number.matches([' ', '-']).count() == 3 {
                    break number.replace('-', " ");
                }
            };
            let mut area: Option<Area> = None;
            for (at, group) in number.split(' ').enumerate() {
                let left = x + at as f32 * 62.0;
                self.frame(left, y + 8.0, 52.0, 28.0, theme.line);
                let hand =
                    Hand { font: self.font, size: 14.0 * self.zoom, colour: theme.text, whole: self.whole };
                let (_, ink) = self.canvas.write(
                    hand,
                    ((left + 8.0) * self.zoom).round(),
                    (y + 27.0) * self.zoom,
                    group,
                );
                area = ink.map(|ink| area.map_or(ink, |area| canvas::around(area, ink)));
            }
            self.truths.extend(area.map(|area| Truth { kind: Kind::Card, text: number, area }));
        } else {
            self.plate(x, y + 8.0, 260.0, 30.0, theme.field);
            self.frame(x, y + 8.0, 260.0, 30.0, theme.line);
            let value = if dice.chance(3) { numbers::other(dice) } else { numbers::card(dice) };
            self.write(x + 10.0, y + 28.0, 14.0, theme.text, &value);
        }
        self.frame(x, y + 64.0, 120.0, 30.0, theme.line);
        self.write(x, y + 58.0, 12.0, theme.soft, "Valid until");
        self.write(x + 10.0, y + 84.0, 14.0, theme.text, "09/28");
        self.plate(x + 300.0, y + 64.0, 90.0, 30.0, [36, 128, 76]);
        self.write(x + 318.0, y + 84.0, 13.0, [255, 255, 255], "Charge");
        let code = format!("CVC: {}", 100 + dice.below(900));
        self.write(x + 150.0, y + 84.0, 13.0, theme.text, &code);
    }

    fn table(&mut self, theme: &Theme, dice: &mut Dice) {
        const COLUMNS: [f32; 4] = [0.0, 136.0, 306.0, 420.0];
        let (x, y) = (274.0, 500.0);
        for (column, head) in ["Date", "Reference", "Amount", "Paid with"].iter().enumerate() {
            self.write(x + COLUMNS[column], y, 12.0, theme.soft, head);
        }
        for row in 0..9 {
            let base = y + 24.0 + row as f32 * 23.0;
            self.plate(x - 4.0, base - 16.0, 590.0, 1.0, theme.line);
            let cells = [
                numbers::date(dice),
                numbers::other(dice),
                numbers::amount(dice),
                if dice.chance(8) {
                    numbers::card(dice)
                } else {
                    format!("Visa **** {}", 1000 + dice.below(9000))
                },
            ];
            for (column, cell) in cells.iter().enumerate() {
                self.write(x + COLUMNS[column], base, 12.5, theme.text, cell);
            }
        }
    }

    fn talk(&mut self, theme: &Theme, dice: &mut Dice) {
        let x = 900.0;
        self.plate(x - 20.0, 56.0, 1000.0, 1000.0, theme.panel);
        let mut y = 84.0;
        for turn in 0..9 {
            let bubble = if turn % 2 == 0 { theme.panel } else { theme.ground };
            self.plate(x - 10.0, y - 20.0, 470.0, 66.0, bubble);
            let sentence = match dice.below(7) {
                0 => format!("{} {} {}", phrase(dice, 2), numbers::card(dice), phrase(dice, 2)),
                1 => format!("{} {}, {}", phrase(dice, 2), numbers::other(dice), phrase(dice, 1)),
                2 => format!("{} {}", phrase(dice, 2), numbers::email(dice)),
                3 => format!("{} {} {}", phrase(dice, 2), numbers::phone(dice), phrase(dice, 1)),
                _ => phrase(dice, 8),
            };
            self.write(x, y, 13.0, theme.text, &phrase(dice, 8));
            self.write(x, y + 19.0, 13.0, theme.text, &sentence);
            self.write(
                x,
                y + 38.0,
                11.0,
                theme.soft,
                &format!("{} · {}", phrase(dice, 1), numbers::date(dice)),
            );
            y += 74.0;
        }
    }
}

fn phrase(dice: &mut Dice, count: usize) -> String {
    (0..count).map(|_| dice.one(&WORDS)).collect::<Vec<_>>().join(" ")
}

/// Whether `boxes` leave nothing of `area` to be seen.
pub fn is_covered(area: Area, boxes: &[Area]) -> bool {
    let right = area.x + area.width;
    let holds = |one: &Area, x: u32| {
        one.x <= x && x < one.x + one.width && one.y <= area.y && area.y + area.height <= one.y + one.height
    };
    (area.x..right).all(|x| boxes.iter().any(|one| holds(one, x)))
}

pub fn overlap(one: Area, other: Area) -> bool {
    one.x < other.x + other.width
        && other.x < one.x + one.width
        && one.y < other.y + other.height
        && other.y < one.y + one.height
}
