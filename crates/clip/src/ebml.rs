//! The grammar under WebM: elements of an id, a size and a body (RFC 8794), and the ids of Matroska (RFC 9559) that a
//! clip uses. Writing is always minimal and so deterministic; reading trusts nothing.

pub(crate) mod id {
    //! Element ids with their marker bits, as they stand in the file.
    pub(crate) const EBML: u32 = 0x1A45_DFA3;
    pub(crate) const EBML_VERSION: u32 = 0x4286;
    pub(crate) const EBML_READ_VERSION: u32 = 0x42F7;
    pub(crate) const EBML_MAX_ID_LENGTH: u32 = 0x42F2;
    pub(crate) const EBML_MAX_SIZE_LENGTH: u32 = 0x42F3;
    pub(crate) const DOC_TYPE: u32 = 0x4282;
    pub(crate) const DOC_TYPE_VERSION: u32 = 0x4287;
    pub(crate) const DOC_TYPE_READ_VERSION: u32 = 0x4285;
    pub(crate) const VOID: u32 = 0xEC;
    pub(crate) const CRC32: u32 = 0xBF;

    pub(crate) const SEGMENT: u32 = 0x1853_8067;
    pub(crate) const SEEK_HEAD: u32 = 0x114D_9B74;
    pub(crate) const SEEK: u32 = 0x4DBB;
    pub(crate) const SEEK_ID: u32 = 0x53AB;
    pub(crate) const SEEK_POSITION: u32 = 0x53AC;
    pub(crate) const INFO: u32 = 0x1549_A966;
    pub(crate) const TIMESTAMP_SCALE: u32 = 0x2A_D7B1;
    pub(crate) const DURATION: u32 = 0x4489;
    pub(crate) const MUXING_APP: u32 = 0x4D80;
    pub(crate) const WRITING_APP: u32 = 0x5741;
    pub(crate) const TAGS: u32 = 0x1254_C367;
    pub(crate) const CHAPTERS: u32 = 0x1043_A770;
    pub(crate) const ATTACHMENTS: u32 = 0x1941_A469;

    pub(crate) const TRACKS: u32 = 0x1654_AE6B;
    pub(crate) const TRACK_ENTRY: u32 = 0xAE;
    pub(crate) const TRACK_NUMBER: u32 = 0xD7;
    pub(crate) const TRACK_UID: u32 = 0x73C5;
    pub(crate) const TRACK_TYPE: u32 = 0x83;
    pub(crate) const FLAG_LACING: u32 = 0x9C;
    pub(crate) const LANGUAGE: u32 = 0x22_B59C;
    pub(crate) const DEFAULT_DURATION: u32 = 0x23_E383;
    pub(crate) const CODEC_ID: u32 = 0x86;
    pub(crate) const CODEC_PRIVATE: u32 = 0x63A2;
    pub(crate) const CODEC_DELAY: u32 = 0x56AA;
    pub(crate) const SEEK_PRE_ROLL: u32 = 0x56BB;
    pub(crate) const CONTENT_ENCODINGS: u32 = 0x6D80;
    pub(crate) const VIDEO: u32 = 0xE0;
    pub(crate) const FLAG_INTERLACED: u32 = 0x9A;
    pub(crate) const PIXEL_WIDTH: u32 = 0xB0;
    pub(crate) const PIXEL_HEIGHT: u32 = 0xBA;
    pub(crate) const COLOUR: u32 = 0x55B0;
    pub(crate) const MATRIX_COEFFICIENTS: u32 = 0x55B1;
    pub(crate) const BITS_PER_CHANNEL: u32 = 0x55B2;
    pub(crate) const RANGE: u32 = 0x55B9;
    pub(crate) const TRANSFER_CHARACTERISTICS: u32 = 0x55BA;
    pub(crate) const PRIMARIES: u32 = 0x55BB;
    pub(crate) const AUDIO: u32 = 0xE1;
    pub(crate) const SAMPLING_FREQUENCY: u32 = 0xB5;
    pub(crate) const CHANNELS: u32 = 0x9F;

    pub(crate) const CLUSTER: u32 = 0x1F43_B675;
    pub(crate) const TIMESTAMP: u32 = 0xE7;
    pub(crate) const SIMPLE_BLOCK: u32 = 0xA3;
    pub(crate) const BLOCK_GROUP: u32 = 0xA0;
    pub(crate) const BLOCK: u32 = 0xA1;
    pub(crate) const BLOCK_DURATION: u32 = 0x9B;
    pub(crate) const REFERENCE_BLOCK: u32 = 0xFB;

    pub(crate) const CUES: u32 = 0x1C53_BB6B;
    pub(crate) const CUE_POINT: u32 = 0xBB;
    pub(crate) const CUE_TIME: u32 = 0xB3;
    pub(crate) const CUE_TRACK_POSITIONS: u32 = 0xB7;
    pub(crate) const CUE_TRACK: u32 = 0xF7;
    pub(crate) const CUE_CLUSTER_POSITION: u32 = 0xF1;
}

/// Appends an id.
pub(crate) fn put_id(out: &mut Vec<u8>, id: u32) {
    let bytes = id.to_be_bytes();
    out.extend_from_slice(&bytes[id.leading_zeros() as usize / 8..]);
}

/// Appends a size in as few bytes as hold it.
pub(crate) fn put_size(out: &mut Vec<u8>, size: u64) {
    // All ones means "unknown", so n bytes hold up to 2^(7n) - 2.
    let length = (1..8).find(|n| size < (1 << (7 * n)) - 1).unwrap_or(8);
    let bytes = (size | 1 << (7 * length)).to_be_bytes();
    out.extend_from_slice(&bytes[8 - length..]);
}

/// Appends a size in eight bytes; `None` is "unknown".
pub(crate) fn put_size_wide(out: &mut Vec<u8>, size: Option<u64>) {
    const MARKER: u64 = 1 << 56;
    out.extend_from_slice(&size.map_or(MARKER | (MARKER - 1), |size| MARKER | size).to_be_bytes());
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, id: u32, body: &[u8]) {
    put_id(out, id);
    put_size(out, body.len() as u64);
    out.extend_from_slice(body);
}

/// An unsigned integer in as few bytes as hold it, at least one.
pub(crate) fn put_uint(out: &mut Vec<u8>, id: u32, value: u64) {
    let skip = (value.leading_zeros() as usize / 8).min(7);
    put_bytes(out, id, &value.to_be_bytes()[skip..]);
}

pub(crate) fn put_float(out: &mut Vec<u8>, id: u32, value: f64) {
    put_bytes(out, id, &value.to_be_bytes());
}

/// An element of elements, which `fill` appends.
pub(crate) fn put_master(out: &mut Vec<u8>, id: u32, fill: impl FnOnce(&mut Vec<u8>)) {
    let mut body = Vec::new();
    fill(&mut body);
    put_bytes(out, id, &body);
}

/// Appends a Void of exactly `length` bytes, header included; `length` is at least 9.
pub(crate) fn put_void(out: &mut Vec<u8>, length: usize) {
    let body = length.checked_sub(9).expect("a void is at least nine bytes long: id and wide size");
    put_id(out, id::VOID);
    put_size_wide(out, Some(body as u64));
    out.resize(out.len() + body, 0);
}

/// The id and size that begin an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) id: u32,
    /// Bytes of the body; `None` is "unknown".
    pub(crate) size: Option<u64>,
    /// Bytes of the header itself, at most 12.
    pub(crate) length: usize,
}

/// What the first bytes of an element say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parsed {
    Header(Header),
    /// They may become a header with more bytes.
    More,
    /// They never become one.
    Invalid,
}

/// Reads the header at the start of `bytes`.
pub(crate) fn header(bytes: &[u8]) -> Parsed {
    let Some(&first) = bytes.first() else { return Parsed::More };
    let id_length = first.leading_zeros() as usize + 1;
    if id_length > 4 {
        return Parsed::Invalid;
    }
    let Some(&size_first) = bytes.get(id_length) else { return Parsed::More };
    let size_length = size_first.leading_zeros() as usize + 1;
    if size_length > 8 {
        return Parsed::Invalid;
    }
    let length = id_length + size_length;
    if bytes.len() < length {
        return Parsed::More;
    }
    let id = uint(&bytes[..id_length]) as u32;
    let mask = (1u64 << (7 * size_length)) - 1;
    let size = uint(&bytes[id_length..length]) & mask;
    Parsed::Header(Header { id, size: (size != mask).then_some(size), length })
}

/// A big-endian unsigned integer of at most eight bytes; of longer ones the last eight.
pub(crate) fn uint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// A string without the zeros that may pad it (RFC 8794, 7.4).
pub(crate) fn text(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    &bytes[..end]
}

/// The elements in a body that is wholly in memory. Ends early, and says so, where they don't add up.
pub(crate) struct Elements<'a> {
    rest: &'a [u8],
    /// Whether the bytes read so far were no elements.
    pub(crate) broken: bool,
}

impl<'a> Elements<'a> {
    pub(crate) fn new(body: &'a [u8]) -> Elements<'a> {
        Elements { rest: body, broken: false }
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = (u32, &'a [u8]);

    fn next(&mut self) -> Option<(u32, &'a [u8])> {
        if self.rest.is_empty() || self.broken {
            return None;
        }
        if let Parsed::Header(Header { id, size: Some(size), length }) = header(self.rest)
            && let Ok(size) = usize::try_from(size)
            && let Some(body) = self.rest[length..].get(..size)
        {
            self.rest = &self.rest[length + size..];
            return Some((id, body));
        }
        self.broken = true;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_minimal_and_read_back() {
        for (size, length) in [(0, 1), (126, 1), (127, 2), (16_382, 2), (16_383, 3), ((1 << 56) - 2, 8)] {
            let mut out = vec![];
            put_id(&mut out, id::VOID);
            put_size(&mut out, size);
            let expected = Header { id: id::VOID, size: Some(size), length: 1 + length };
            assert_eq!(header(&out), Parsed::Header(expected), "size {size}");
            assert_eq!(header(&out[..length]), Parsed::More, "size {size}, a byte short");
        }
        let mut unknown = vec![];
        put_id(&mut unknown, id::SEGMENT);
        put_size_wide(&mut unknown, None);
        assert_eq!(header(&unknown), Parsed::Header(Header { id: id::SEGMENT, size: None, length: 12 }));
    }

    #[test]
    fn integers_are_minimal() {
        let mut out = vec![];
        put_uint(&mut out, id::TIMESTAMP, 0);
        put_uint(&mut out, id::TIMESTAMP, 256);
        assert_eq!(out, [0xE7, 0x81, 0, 0xE7, 0x82, 1, 0]);
    }

    #[test]
    fn a_void_fills_exactly() {
        for length in [9, 10, 200] {
            let mut out = vec![];
            put_void(&mut out, length);
            assert_eq!(out.len(), length);
            assert_eq!(Elements::new(&out).count(), 1);
        }
    }

    #[test]
    fn nonsense_is_no_header() {
        assert_eq!(header(&[0, 0, 0]), Parsed::Invalid);
        assert_eq!(header(&[0x0F]), Parsed::Invalid);
        assert_eq!(header(&[0xEC, 0]), Parsed::Invalid);
        let mut elements = Elements::new(&[0xEC, 0x85, 0]);
        assert!(elements.next().is_none() && elements.broken);
    }
}
