//! Numbers as they stand on an agent's screen: cards and accounts of nobody, and many that are neither.

use deskside_domain::masking::{self, Kind, card::ISSUERS};

/// Numbers from a seed; the same every time.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    pub fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == 0
    }

    fn digits(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b'0' + self.below(10) as u8)).collect()
    }
}

/// A card number of some issuer, in one of the ways they are written.
pub fn card(dice: &mut Dice) -> String {
    // Those that agents see every day more often than the rest.
    let issuer = if dice.chance(3) {
        ISSUERS[dice.below(ISSUERS.len())]
    } else {
        ISSUERS[[0, 0, 1, 2, 3, 4, 5, 9][dice.below(8)]]
    };
    let length =
        if dice.chance(4) { issuer.lengths[dice.below(issuer.lengths.len())] } else { issuer.lengths[0] };
    loop {
        let from: usize = issuer.from.parse().expect("digits");
        let to: usize = issuer.to.parse().expect("digits");
        let mut number = format!("{}", from + dice.below(to - from + 1));
        number.push_str(&dice.digits(length - number.len()));
        let is_card = |text: &str| masking::find(text, &[]).iter().any(|find| find.kind == Kind::Card);
        if is_card(&number) {
            return grouped(dice, &number);
        }
    }
}

fn grouped(dice: &mut Dice, number: &str) -> String {
    let groups: &[usize] = match number.len() {
        15 => &[4, 6, 5],
        14 => &[4, 6, 4],
        _ => &[4, 4, 4, 4, 4],
    };
    let separator = match dice.below(8) {
        0 => "-",
        1 | 2 => "",
        3 => "  ",
        _ => " ",
    };
    let (mut parts, mut rest) = (Vec::new(), number);
    for group in groups {
        let (part, left) = rest.split_at((*group).min(rest.len()));
        parts.extend((!part.is_empty()).then_some(part));
        rest = left;
    }
    parts.join(separator)
}

/// An account number with good check digits.
pub fn iban(dice: &mut Dice) -> String {
    let (country, length) =
        [("DE", 18), ("AT", 16), ("ES", 20), ("BE", 12), ("NL", 10), ("PL", 24)][dice.below(6)];
    let mut body = dice.digits(length);
    if country == "NL" {
        body = format!("{}{body}", dice.one(&["INGB", "ABNA", "RABO"]));
    }
    let rest = format!("{body}{country}00").chars().fold(0, |rest: u32, char| {
        let value = char.to_digit(36).expect("a letter or a digit");
        (rest * if value < 10 { 10 } else { 100 } + value) % 97
    });
    let whole = format!("{country}{:02}{body}", 98 - rest);
    if dice.chance(3) {
        return whole;
    }
    whole.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(" ")
}

/// A number that looks like one of those and is none: order, parcel, device, tariff, and cards that fail.
pub fn other(dice: &mut Dice) -> String {
    loop {
        let number = match dice.below(11) {
            // A card's beginning and length with a wrong check digit.
            0 => {
                let digits = format!("{}{}", dice.one(&["4", "51", "55", "62"]), dice.digits(15));
                grouped(dice, &digits[..16])
            }
            1 => {
                let digits = format!("{}{}", dice.one(&["1", "7", "9", "80"]), dice.digits(15));
                grouped(dice, &digits[..16])
            }
            2 => format!("35{}", dice.digits(13)),
            3 => format!("8949{}", dice.digits(16)),
            4 => format!("0034{}", dice.digits(16)),
            5 => format!("400{}", dice.digits(10)),
            6 => format!("{}-{}-{}", dice.digits(3), dice.digits(7), dice.digits(7)),
            7 => format!("DE{}", dice.digits(9)),
            8 => format!("{} {} {}", dice.digits(4), dice.digits(4), dice.digits(2)),
            9 => format!("K-{}", dice.digits(8)),
            _ => dice.digits(10),
        };
        if masking::find(&number, &[]).iter().all(|find| !find.kind.is_masked()) {
            return number;
        }
    }
}

pub fn phone(dice: &mut Dice) -> String {
    match dice.below(3) {
        0 => format!("+49 {} {}", dice.one(&["30", "89", "170", "151"]), dice.digits(7)),
        1 => format!("0{} {}", dice.one(&["30", "89", "221"]), dice.digits(7)),
        _ => format!("+44 20 {} {}", dice.digits(4), dice.digits(4)),
    }
}

pub fn email(dice: &mut Dice) -> String {
    let name = dice.one(&["anna.keller", "m.okafor", "lena", "tomasz.nowak", "r.silva", "billing"]);
    format!("{name}@{}", dice.one(&["example.com", "example.org", "mail.example.net"]))
}

pub fn date(dice: &mut Dice) -> String {
    format!(
        "{:02}.{:02}.2026 {:02}:{:02}",
        1 + dice.below(28),
        1 + dice.below(12),
        dice.below(24),
        dice.below(60)
    )
}

pub fn amount(dice: &mut Dice) -> String {
    format!("{},{:03}.{:02} EUR", 1 + dice.below(9), dice.below(1000), dice.below(100))
}
