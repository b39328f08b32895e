//! What an engine takes for what. A number that was read with letters in it is tried with the digits they look like;
//! whether it is one decides the matcher, by its issuer and its check digits, so a try costs nothing.

use deskside_domain::masking::iban::STRUCTURES;

/// The digit that a letter is mistaken for.
fn digit(letter: char) -> Option<char> {
    Some(match letter {
        '0'..='9' => letter,
        'O' | 'o' | 'Q' | 'D' | 'U' => '0',
        'l' | 'I' | 'i' | '|' | '!' | '[' | ']' | 'J' => '1',
        'Z' | 'z' => '2',
        'S' | 's' | '$' | '§' => '5',
        'G' | 'b' => '6',
        'T' | '?' => '7',
        'B' | '&' => '8',
        'g' | 'q' => '9',
        'A' => '4',
        _ => return None,
    })
}

/// The letter that a digit is mistaken for.
fn letter(digit: char) -> Option<char> {
    Some(match digit {
        'A'..='Z' => digit,
        'a'..='z' => digit.to_ascii_uppercase(),
        '0' => 'O',
        '1' | '|' => 'I',
        '2' => 'Z',
        '5' => 'S',
        '6' => 'G',
        '8' => 'B',
        _ => return None,
    })
}

/// The text in other ways it may have been meant, letter for letter; the first is the text itself.
pub fn readings(text: &[char]) -> Vec<Vec<char>> {
    let mut readings = vec![text.to_vec(), as_digits(text, true), as_digits(text, false)];
    readings.extend((0..text.len()).filter_map(|at| as_iban(text, at)));
    readings
}

/// Letters among digits as digits. A stroke is a one, or the frame around the number: then it is nothing.
fn as_digits(text: &[char], strokes: bool) -> Vec<char> {
    let is_stroke = |char: char| matches!(char, '|' | '!' | '[' | ']');
    let mut reading = text.to_vec();
    for word in words(text) {
        let of_word = &text[word.clone()];
        let real = of_word.iter().filter(|char| char.is_ascii_digit()).count();
        let other = of_word.iter().filter(|char| char.is_alphanumeric() && digit(**char).is_none()).count();
        // `4ll1` and the `OOOO` beside it, but not `SOS 112`.
        let beside = text[..word.start].iter().rev().chain(&text[word.end..]);
        let is_number = real * 3 >= of_word.len()
            || (of_word.len() == 4 && beside.filter(|char| char.is_ascii_digit()).count() >= 8);
        if other > 0 || !is_number {
            continue;
        }
        for at in word {
            let char = reading[at];
            reading[at] = match digit(char) {
                _ if is_stroke(char) && !strokes => ' ',
                Some(digit) => digit,
                // What speckles between groups are read as.
                None if matches!(char, '\'' | '"' | '*' | '·' | '~' | '‘' | '’') => ' ',
                None => char,
            };
        }
    }
    reading
}

/// Ranges without spaces.
fn words(text: &[char]) -> Vec<std::ops::Range<usize>> {
    let mut words: Vec<std::ops::Range<usize>> = Vec::new();
    for (at, char) in text.iter().enumerate() {
        if char.is_whitespace() {
            continue;
        }
        match words.last_mut() {
            Some(word) if word.end == at => word.end += 1,
            _ => words.push(at..at + 1),
        }
    }
    words
}

/// With an account number from `at` on as its country has it: digits where digits stand, letters where letters do.
fn as_iban(text: &[char], at: usize) -> Option<Vec<char>> {
    if at > 0 && text[at - 1].is_alphanumeric() {
        return None;
    }
    let country: String = text.get(at..at + 2)?.iter().filter_map(|char| letter(*char)).collect();
    let (_, structure) = STRUCTURES.iter().find(|(code, _)| *code == country)?;
    let mut reading = text.to_vec();
    let mut place = at;
    for kind in "aann".chars().chain(places(structure)) {
        while text.get(place).is_some_and(|char| matches!(char, ' ' | '-' | '.')) {
            place += 1;
        }
        let char = *text.get(place)?;
        reading[place] = match kind {
            'a' => letter(char)?,
            'n' => digit(char)?,
            // Either may stand here; most have digits.
            _ => digit(char).filter(|_| !char.is_ascii_uppercase()).or(letter(char))?,
        };
        place += 1;
    }
    Some(reading)
}

/// `4a2n` as `aaaann`.
fn places(structure: &str) -> impl Iterator<Item = char> {
    structure.split_inclusive(['a', 'n', 'c']).flat_map(|part| {
        let (count, kind) = part.split_at(part.len() - 1);
        kind.chars().cycle().take(count.parse().unwrap_or(0))
    })
}

#[cfg(test)]
mod tests {
    use deskside_domain::masking::{self, Kind};

    use super::*;

    fn kinds(text: &str) -> Vec<Kind> {
        let chars: Vec<char> = text.chars().collect();
        let mut kinds: Vec<Kind> = readings(&chars)
            .iter()
            .flat_map(|reading| masking::find(&reading.iter().collect::<String>(), &[]))
            .map(|find| find.kind)
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    #[test]
    fn a_card_is_found_in_what_an_engine_makes_of_it() {
        for text in [
            "4111 1111 1111 1111",
            "4ll1 1111 11I1 1111",
            "4000 OOOO 0000 0002",
            "|4111 1111 1111 1111|",
            "4111 1111 1111 111|",
            "S105 1051 0510 S100",
            "4111 '1111 1111* 1111",
        ] {
            assert_eq!(kinds(text), [Kind::Card], "{text}");
        }
    }

    #[test]
    fn an_account_is_found_in_what_an_engine_makes_of_it() {
        for text in [
            "IBAN DE89 3704 0044 0532 0130 00",
            "DE89 37O4 OO44 O532 O13O OO",
            "GB29 NWBK 6016 1331 9268 19",
            "GB29 NWBK 6O16 133I 9268 I9",
            "FR14 2004 1010 0505 0001 3M02 606",
        ] {
            assert_eq!(kinds(text), [Kind::Iban], "{text}");
        }
    }

    #[test]
    fn words_stay_words() {
        for text in
            ["SOS 112 IS OBSOLETE", "BOSS BILL 12", "Total 1,204.00 on 22.11.2026", "No solid goods zigzag"]
        {
            assert_eq!(kinds(text), [], "{text}");
        }
    }
}
