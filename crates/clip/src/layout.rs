//! How a finished clip is served: a prefix that is kept apart, and bytes that never change.
//!
//! Whoever serves it asks which bytes of which of the two a range of the whole is. Used for HTTP ranges by the server
//! and by the app's own media address; it opens nothing itself.

use std::ops::Range;

/// The lengths and offsets of a finished clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Bytes of the finished prefix.
    pub prefix: u64,
    /// Where in the recorded bytes the first cluster begins.
    pub body: u64,
    /// Where in the recorded bytes the last whole cluster ends.
    pub cut: u64,
}

/// The two pieces that make up a range of a finished clip, in this order. Either may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Bytes of the finished prefix.
    pub prefix: Range<usize>,
    /// Bytes of the recorded file.
    pub file: Range<u64>,
}

impl Layout {
    /// Bytes of the whole clip as it is served.
    pub fn total(&self) -> u64 {
        self.prefix + self.cut.saturating_sub(self.body)
    }

    /// Where the bytes `range` of the served clip lie. What is beyond the end is left out.
    pub fn parts(&self, range: Range<u64>) -> Parts {
        let end = range.end.min(self.total());
        let start = range.start.min(end);
        let within_prefix = |at: u64| at.min(self.prefix);
        let within_file = |at: u64| self.body + at.max(self.prefix) - self.prefix;
        Parts {
            prefix: within_prefix(start) as usize..within_prefix(end) as usize,
            file: within_file(start)..within_file(end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_of_a_small_clip_is_its_slice() {
        let (prefix, file) = (b"PREFIX".as_slice(), b"ignored|clusters|tail".as_slice());
        let layout = Layout { prefix: 6, body: 8, cut: 17 };
        let whole = [prefix, &file[8..17]].concat();
        assert_eq!(layout.total(), whole.len() as u64);
        for start in 0..20u64 {
            for end in start..20 {
                let parts = layout.parts(start..end);
                let served =
                    [&prefix[parts.prefix], &file[parts.file.start as usize..parts.file.end as usize]]
                        .concat();
                let end = (end as usize).min(whole.len());
                assert_eq!(served, whole[(start as usize).min(end)..end], "{start}..{end}");
            }
        }
    }
}
