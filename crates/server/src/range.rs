//! Ranges, validators and the answers they ask for (RFC 9110, 13 and 14), for bytes that can be read at any
//! offset. One range at a time: several are answered with the whole, which the standard allows.

use axum::http::{HeaderMap, header};

/// What of the whole is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// All of it: 200.
    Whole,
    /// These bytes, the end exclusive: 206.
    Part(u64, u64),
    /// Nothing that is there: 416.
    Beyond,
    /// What the client has already: 304.
    Unchanged,
}

/// What these headers ask of `total` bytes with this strong ETag.
pub(crate) fn wanted(headers: &HeaderMap, etag: &str, total: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    if let Some(known) = text(header::IF_NONE_MATCH)
        && (known.trim() == "*" || known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag))
    {
        return Wanted::Unchanged;
    }
    // A date or another version: the part would not fit what the client has.
    if text(header::IF_RANGE).is_some_and(|known| known.trim() != etag) {
        return Wanted::Whole;
    }
    text(header::RANGE).map_or(Wanted::Whole, |range| part(range, total))
}

/// What a `Range` header asks of `total` bytes; one that can't be read is ignored.
pub(crate) fn part(range: &str, total: u64) -> Wanted {
    let Some((unit, range)) = range.split_once('=') else { return Wanted::Whole };
    if !unit.trim().eq_ignore_ascii_case("bytes") || range.contains(',') {
        return Wanted::Whole;
    }
    let Some((first, last)) = range.trim().split_once('-') else { return Wanted::Whole };
    let number = |text: &str| {
        let text = text.trim();
        // More digits than fit is still a number: far beyond the end.
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (number(first), number(last)) {
        (Some(first), _) if first >= total && (last.trim().is_empty() || number(last).is_some()) => {
            Wanted::Beyond
        }
        (Some(first), None) if last.trim().is_empty() => Wanted::Part(first, total),
        (Some(first), Some(last)) if first <= last => Wanted::Part(first, last.saturating_add(1).min(total)),
        (None, Some(0)) if first.trim().is_empty() => Wanted::Beyond,
        (None, Some(_)) if first.trim().is_empty() && total == 0 => Wanted::Beyond,
        (None, Some(length)) if first.trim().is_empty() => Wanted::Part(total.saturating_sub(length), total),
        _ => Wanted::Whole,
    }
}

/// Where a range begins that asks for everything to come: its last byte lies beyond any file, which is how
/// RFC 8673 asks for a body that goes on as the file grows.
pub(crate) fn endless(range: &str) -> Option<u64> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let last: u64 = last.trim().parse().ok()?;
    (last >= ENDLESS).then(|| first.trim().parse().ok())?
}

/// 2^53 - 1, the largest whole number a browser's script can name.
const ENDLESS: u64 = (1 << 53) - 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_last_byte_beyond_any_file_asks_for_what_is_to_come() {
        assert_eq!(endless("bytes=7-9007199254740991"), Some(7));
        assert_eq!(endless("bytes=7-9007199254740990"), None);
        assert_eq!(endless("bytes=7-"), None, "an ordinary player wants an answer that ends");
        assert_eq!(endless("bytes=-9007199254740991"), None);
    }

    #[test]
    fn ranges_are_read_as_the_standard_reads_them() {
        for (range, total, wanted) in [
            ("bytes=0-0", 10, Wanted::Part(0, 1)),
            ("bytes=0-", 10, Wanted::Part(0, 10)),
            ("bytes=3-99", 10, Wanted::Part(3, 10)),
            ("bytes=-4", 10, Wanted::Part(6, 10)),
            ("bytes=-99", 10, Wanted::Part(0, 10)),
            ("bytes=10-", 10, Wanted::Beyond),
            ("bytes=99999999999999999999999-", 10, Wanted::Beyond),
            ("bytes=-0", 10, Wanted::Beyond),
            ("bytes=5-3", 10, Wanted::Whole),
            ("bytes=0-1,4-5", 10, Wanted::Whole),
            ("lines=0-1", 10, Wanted::Whole),
            ("bytes=a-b", 10, Wanted::Whole),
            ("bytes=-", 10, Wanted::Whole),
            ("bytes=0-0", 0, Wanted::Beyond),
        ] {
            assert_eq!(part(range, total), wanted, "{range} of {total}");
        }
    }

    #[test]
    fn a_part_of_another_version_is_the_whole_of_this_one() {
        let headers = |pairs: &[(header::HeaderName, &'static str)]| {
            let pairs = pairs.iter().cloned();
            pairs.map(|(name, value)| (name, header::HeaderValue::from_static(value))).collect::<HeaderMap>()
        };
        let range = (header::RANGE, "bytes=2-3");
        let asked = |pairs: &[_]| wanted(&headers(pairs), "\"v2\"", 10);
        assert_eq!(asked(&[range.clone(), (header::IF_RANGE, "\"v2\"")]), Wanted::Part(2, 4));
        assert_eq!(asked(&[range.clone(), (header::IF_RANGE, "\"v1\"")]), Wanted::Whole);
        assert_eq!(asked(&[range.clone(), (header::IF_RANGE, "W/\"v2\"")]), Wanted::Whole);
        assert_eq!(asked(&[range, (header::IF_NONE_MATCH, "\"v1\", \"v2\"")]), Wanted::Unchanged);
    }
}
