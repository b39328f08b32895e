//! The one grammar of a clip, as a machine that is pushed bytes and says what it meets.
//!
//! [`crate::Scan`] and [`crate::Reader`] both stand on it, so what one accepts the other can read. It holds at most one
//! element header or one small element at a time, lets payloads pass through, and can be told to skip them. After the
//! first fault, or the first element that can't belong to a growing clip, it stops for good: what follows is no clip.

use thiserror::Error;

use crate::ebml::{self, Elements, Header, Parsed, id};
use crate::prefix::MAX_TRACKS;
use crate::tracks::Tracks;

/// The largest frame that is written or read, in bytes: far above a lossless 4K picture, far below memory.
pub const MAX_FRAME: usize = 32 * 1024 * 1024;

/// The largest file head and segment information that is read.
const MAX_SMALL: u64 = 8 * 1024;

/// What is wrong with bytes that should be a clip.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// It does not begin as a WebM file does.
    #[error("it does not begin like a WebM file")]
    NotWebm,
    /// The track descriptions can't be read, are missing, too long, or describe what no browser plays.
    #[error("its track descriptions can't be read")]
    Tracks,
    /// There is no picture track.
    #[error("it has no picture track")]
    NoVideo,
    /// A track is in a codec other than VP8, VP9, AV1 and Opus.
    #[error("it is in a codec other than VP8, VP9, AV1 and Opus")]
    Codec,
    /// An element that can't be at that place, or is larger than what it is in, or too large to be true.
    #[error("its structure is broken")]
    Structure,
    /// A cluster without a time, or earlier than the one before.
    #[error("its times are out of order")]
    Time,
    /// Elements follow the clusters that end a clip: it was finished here.
    #[error("the clip ends here")]
    End,
}

/// What the machine meets.
pub(crate) enum Event<'a> {
    /// Nanoseconds in a unit of time.
    Scale(u64),
    /// The body of the track descriptions, and what was understood of it.
    Tracks(&'a [u8], Tracks),
    /// A cluster begins at this offset. Only where its length is unknown can it be taken in part.
    Cluster { offset: u64, length_known: bool },
    /// The cluster's time, in units.
    ClusterTime(u64),
    /// A frame begins: its track number, its time relative to the cluster.
    Frame { number: u8, relative: i16 },
    /// Bytes of the frame; the first piece is its first two bytes (or all, if it has fewer).
    Payload(&'a [u8]),
    /// The frame is whole and ends at this offset.
    FrameEnd { keyframe: bool, duration: Option<u64>, end: u64 },
    /// The cluster is whole and ends at this offset.
    ClusterEnd { end: u64 },
}

pub(crate) struct Walk {
    position: u64,
    inside: Inside,
    step: Step,
    held: Vec<u8>,
    seen: Seen,
    /// Where the cluster ends, if it said so.
    cluster_end: Option<u64>,
    group: Group,
    stopped: Option<Fault>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Document,
    Segment,
    Cluster,
    Group,
}

#[derive(Clone, Copy)]
enum Step {
    /// Gathering the header of an element.
    Head,
    /// Gathering a small element whole.
    Gather { id: u32, length: usize },
    /// Gathering the head of a block and the first two bytes of its frame.
    BlockHead { size: u64 },
    /// Letting bytes pass.
    Pass { left: u64, payload: bool },
}

#[derive(Clone, Copy, Default)]
struct Seen {
    head: bool,
    tracks: bool,
    cluster: bool,
}

/// The block group being read, or a simple block as if it were one.
#[derive(Clone, Copy, Default)]
struct Group {
    end: u64,
    block: bool,
    key_flag: Option<bool>,
    reference: bool,
    duration: Option<u64>,
}

const BLOCK_HEAD: u64 = 4;

impl Walk {
    pub(crate) fn new() -> Walk {
        Walk {
            position: 0,
            inside: Inside::Document,
            step: Step::Head,
            held: Vec::new(),
            seen: Seen::default(),
            cluster_end: None,
            group: Group::default(),
            stopped: None,
        }
    }

    /// The offset of the next byte it takes.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Why it takes no more bytes.
    pub(crate) fn stopped(&self) -> Option<Fault> {
        self.stopped
    }

    /// Whether track descriptions were read.
    pub(crate) fn knows_tracks(&self) -> bool {
        self.seen.tracks
    }

    /// How many of the next bytes need not be looked at.
    pub(crate) fn skippable(&self) -> u64 {
        match self.step {
            Step::Pass { left, .. } if self.stopped.is_none() => left,
            _ => 0,
        }
    }

    /// Passes over at most `length` of the [`Walk::skippable`] bytes; their payload is not reported. Returns how many.
    pub(crate) fn skip(&mut self, length: u64, on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>) -> u64 {
        let taken = length.min(self.skippable());
        if taken > 0
            && let Err(fault) = self.pass(taken, on)
        {
            self.stopped = Some(fault);
        }
        taken
    }

    /// Takes the next bytes of the clip.
    pub(crate) fn push(&mut self, mut bytes: &[u8], on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>) {
        while !bytes.is_empty() && self.stopped.is_none() {
            match self.take(bytes, on) {
                Ok(taken) => bytes = &bytes[taken..],
                Err(fault) => self.stopped = Some(fault),
            }
        }
    }

    /// Takes some of `bytes`, at least one, and returns how many.
    fn take(
        &mut self,
        bytes: &[u8],
        on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<usize, Fault> {
        match self.step {
            Step::Pass { left, payload } => {
                let taken = usize::try_from(left).map_or(bytes.len(), |left| left.min(bytes.len()));
                if payload {
                    on(Event::Payload(&bytes[..taken]))?;
                }
                self.pass(taken as u64, on)?;
                Ok(taken)
            }
            Step::Head => {
                self.held.push(bytes[0]);
                self.position += 1;
                match ebml::header(&self.held) {
                    Parsed::More => {}
                    Parsed::Invalid => return Err(self.wrong()),
                    Parsed::Header(header) => {
                        self.held.clear();
                        self.enter(header, on)?;
                    }
                }
                Ok(1)
            }
            Step::Gather { id, length } => {
                let taken = self.hold(bytes, length);
                if self.held.len() == length {
                    let body = std::mem::take(&mut self.held);
                    self.step = Step::Head;
                    self.gathered(id, &body, on)?;
                    self.held = body;
                    self.held.clear();
                    self.settle(on)?;
                }
                Ok(taken)
            }
            Step::BlockHead { size } => {
                let wanted = size.min(BLOCK_HEAD + 2) as usize;
                let taken = self.hold(bytes, wanted);
                if self.held.len() == wanted {
                    let head = std::mem::take(&mut self.held);
                    self.block(&head, size, on)?;
                    self.held = head;
                    self.held.clear();
                }
                Ok(taken)
            }
        }
    }

    /// Moves bytes into `held` until that has `wanted` of them.
    fn hold(&mut self, bytes: &[u8], wanted: usize) -> usize {
        let taken = (wanted - self.held.len()).min(bytes.len());
        self.held.extend_from_slice(&bytes[..taken]);
        self.position += taken as u64;
        taken
    }

    fn pass(&mut self, taken: u64, on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
        self.position += taken;
        if let Step::Pass { left, payload } = &mut self.step {
            *left -= taken;
            if *left == 0 {
                let payload = *payload;
                self.step = Step::Head;
                if payload {
                    self.frame_passed(on)?;
                }
                self.settle(on)?;
            }
        }
        Ok(())
    }

    /// The right name for broken bytes at this place.
    fn wrong(&self) -> Fault {
        if self.seen.head { Fault::Structure } else { Fault::NotWebm }
    }

    /// Decides what to do with an element whose header was just read.
    fn enter(
        &mut self,
        header: Header,
        on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let start = self.position - header.length as u64;
        if self.inside == Inside::Cluster && self.cluster_end.is_none() && is_top_level(header.id) {
            // A cluster of unknown length ends where something begins that can't be in it.
            self.inside = Inside::Segment;
            on(Event::ClusterEnd { end: start })?;
        }
        let end = match header.size {
            Some(size) => Some(self.position.checked_add(size).ok_or(self.wrong())?),
            None => None,
        };
        let outer = match self.inside {
            Inside::Cluster => self.cluster_end,
            Inside::Group => Some(self.group.end),
            Inside::Document | Inside::Segment => None,
        };
        if let Some(outer) = outer
            && end.is_none_or(|end| end > outer)
        {
            return Err(Fault::Structure);
        }
        match self.inside {
            Inside::Document => self.enter_document(header),
            Inside::Segment => self.enter_segment(header, start, on),
            Inside::Cluster | Inside::Group => self.enter_cluster(header),
        }?;
        if header.size == Some(0) {
            self.nothing_inside(header.id, on)?;
        }
        Ok(())
    }

    fn enter_document(&mut self, header: Header) -> Result<(), Fault> {
        match header.id {
            id::EBML if !self.seen.head => self.gather(header, MAX_SMALL).ok_or(Fault::NotWebm),
            id::SEGMENT if self.seen.head => {
                // Its claimed size is not believed: a clip is what its clusters are.
                self.inside = Inside::Segment;
                Ok(())
            }
            id::VOID if self.seen.head => self.let_pass(header),
            _ => Err(Fault::NotWebm),
        }
    }

    fn enter_segment(
        &mut self,
        header: Header,
        start: u64,
        on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match header.id {
            id::CLUSTER => {
                if !self.seen.tracks {
                    return Err(Fault::Tracks);
                }
                self.seen.cluster = true;
                self.inside = Inside::Cluster;
                self.cluster_end = header.size.map(|size| self.position + size);
                on(Event::Cluster { offset: start, length_known: header.size.is_some() })
            }
            id::VOID | id::CRC32 => self.let_pass(header),
            other if !is_top_level(other) => Err(Fault::Structure),
            _ if self.seen.cluster => Err(Fault::End),
            id::INFO => self.gather(header, MAX_SMALL).ok_or(Fault::Structure),
            id::TRACKS if self.seen.tracks => Err(Fault::Tracks),
            id::TRACKS => self.gather(header, MAX_TRACKS as u64).ok_or(Fault::Tracks),
            _ => self.let_pass(header),
        }
    }

    fn enter_cluster(&mut self, header: Header) -> Result<(), Fault> {
        let size = header.size.ok_or(Fault::Structure)?;
        match (self.inside, header.id) {
            (Inside::Cluster, id::TIMESTAMP) | (Inside::Group, id::BLOCK_DURATION) => {
                self.gather(header, 8).ok_or(Fault::Structure)
            }
            (Inside::Cluster, id::SIMPLE_BLOCK) => {
                self.group = Group::default();
                self.block_head(size)
            }
            (Inside::Cluster, id::BLOCK_GROUP) => {
                self.group = Group { end: self.position + size, ..Group::default() };
                self.inside = Inside::Group;
                Ok(())
            }
            (Inside::Group, id::BLOCK) if !self.group.block => self.block_head(size),
            (Inside::Group, id::BLOCK) => Err(Fault::Structure),
            (Inside::Group, id::REFERENCE_BLOCK) => {
                self.group.reference = true;
                self.let_pass(header)
            }
            (_, other) if is_top_level(other) || other == id::EBML || other == id::SEGMENT => {
                Err(Fault::Structure)
            }
            _ => self.let_pass(header),
        }
    }

    fn gather(&mut self, header: Header, most: u64) -> Option<()> {
        let size = header.size.filter(|size| *size <= most)?;
        self.step = Step::Gather { id: header.id, length: size as usize };
        Some(())
    }

    fn let_pass(&mut self, header: Header) -> Result<(), Fault> {
        let left = header.size.ok_or(Fault::Structure)?;
        self.step = Step::Pass { left, payload: false };
        Ok(())
    }

    fn block_head(&mut self, size: u64) -> Result<(), Fault> {
        if size < BLOCK_HEAD || size - BLOCK_HEAD > MAX_FRAME as u64 {
            return Err(Fault::Structure);
        }
        self.step = Step::BlockHead { size };
        Ok(())
    }

    /// An element without a body is over as soon as it began, without another byte to say so.
    fn nothing_inside(
        &mut self,
        element: u32,
        on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match self.step {
            Step::Gather { .. } => {
                self.step = Step::Head;
                self.gathered(element, &[], on)?;
            }
            Step::Pass { .. } => self.step = Step::Head,
            Step::Head | Step::BlockHead { .. } => {}
        }
        self.settle(on)
    }

    fn gathered(
        &mut self,
        element: u32,
        body: &[u8],
        on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match element {
            id::EBML => {
                let mut elements = Elements::new(body);
                let webm =
                    elements.by_ref().any(|(id, body)| id == id::DOC_TYPE && ebml::text(body) == b"webm");
                self.seen.head = webm;
                if webm { Ok(()) } else { Err(Fault::NotWebm) }
            }
            id::INFO => {
                let scale = Elements::new(body).find(|(id, _)| *id == id::TIMESTAMP_SCALE);
                match scale.map(|(_, value)| ebml::uint(value)) {
                    None => Ok(()),
                    Some(scale @ 1..=1_000_000_000) => on(Event::Scale(scale)),
                    Some(_) => Err(Fault::Time),
                }
            }
            id::TRACKS => {
                let tracks = Tracks::read(body)?;
                self.seen.tracks = true;
                on(Event::Tracks(body, tracks))
            }
            id::TIMESTAMP => on(Event::ClusterTime(ebml::uint(body))),
            id::BLOCK_DURATION => {
                self.group.duration = Some(ebml::uint(body));
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn block(
        &mut self,
        head: &[u8],
        size: u64,
        on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let &[number, high, low, flags, ref start @ ..] = head else { return Err(Fault::Structure) };
        // Longer track numbers and laced frames exist on paper; no recorder of screens writes them.
        if number & 0x80 == 0 || flags & 0x06 != 0 {
            return Err(Fault::Structure);
        }
        self.group.block = true;
        if self.inside == Inside::Cluster {
            self.group.key_flag = Some(flags & 0x80 != 0);
        }
        let frame = size - BLOCK_HEAD;
        on(Event::Frame { number: number & 0x7F, relative: i16::from_be_bytes([high, low]) })?;
        on(Event::Payload(start))?;
        let left = frame - start.len() as u64;
        if left > 0 {
            self.step = Step::Pass { left, payload: true };
            return Ok(());
        }
        self.step = Step::Head;
        self.frame_passed(on)?;
        self.settle(on)
    }

    /// A simple block is whole with its payload; a block in a group only with the group.
    fn frame_passed(&mut self, on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
        match self.group.key_flag {
            Some(keyframe) => on(Event::FrameEnd { keyframe, duration: None, end: self.position }),
            None => Ok(()),
        }
    }

    /// Leaves groups and clusters that end here.
    fn settle(&mut self, on: &mut impl FnMut(Event<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
        if self.inside == Inside::Group && self.position == self.group.end {
            self.inside = Inside::Cluster;
            if self.group.block {
                let Group { reference, duration, .. } = self.group;
                on(Event::FrameEnd { keyframe: !reference, duration, end: self.position })?;
            }
        }
        if self.inside == Inside::Cluster && self.cluster_end == Some(self.position) {
            self.inside = Inside::Segment;
            on(Event::ClusterEnd { end: self.position })?;
        }
        Ok(())
    }
}

fn is_top_level(element: u32) -> bool {
    matches!(
        element,
        id::SEEK_HEAD
            | id::INFO
            | id::TRACKS
            | id::CLUSTER
            | id::CUES
            | id::TAGS
            | id::CHAPTERS
            | id::ATTACHMENTS
    )
}
