//! Pictures from PipeWire, on a thread of its own.
//!
//! The thread copies what is new into a [`Screen`] and gives every buffer back at once, so that a busy recorder never
//! holds up the desktop. Formats are offered without modifiers, which means shared memory; each may change size or order
//! of bytes while it runs.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use deskside_frame::{Bgra, MAX_SIDE, Rect};
use pipewire as pw;
use pw::context::ContextRc;
use pw::main_loop::MainLoopRc;
use pw::properties::properties;
use pw::spa::buffer::ChunkFlags;
use pw::spa::buffer::meta::{MetaHeader, MetaHeaderFlags, MetaVideoCrop, MetaVideoDamage};
use pw::spa::param::ParamType;
use pw::spa::param::format::{FormatProperties, MediaSubtype, MediaType};
use pw::spa::param::video::{VideoFormat, VideoInfoRaw};
use pw::spa::pod::serialize::PodSerializer;
use pw::spa::pod::{Object, Pod, Property, Value, object, property};
use pw::spa::sys;
use pw::spa::utils::{Choice, ChoiceEnum, ChoiceFlags, Direction, Fraction, Id, Rectangle, SpaTypes};
use pw::stream::{Stream, StreamBox, StreamFlags, StreamState};

use crate::CaptureError;
use crate::tiles::{Order, Screen};

/// The object that stands for the connection itself.
const CONNECTION: u32 = 0;
/// Damaged parts that a desktop may name.
const PARTS: i32 = 16;

/// Why there are no further pictures.
#[derive(Clone, Debug)]
pub enum End {
    /// The person or the desktop took it back.
    Withdrawn,
    /// PipeWire went away.
    Gone(String),
    /// What comes can't be read.
    Unreadable(String),
}

impl From<End> for CaptureError {
    fn from(end: End) -> CaptureError {
        match end {
            End::Withdrawn => CaptureError::Withdrawn,
            End::Gone(why) => CaptureError::Gone(why),
            End::Unreadable(why) => CaptureError::Unreadable(why),
        }
    }
}

/// What the threads of a source share.
#[derive(Default)]
pub struct Shared {
    state: Mutex<State>,
    news: Condvar,
}

/// What is shown, and whether it goes on.
#[derive(Default)]
pub struct State {
    /// The newest picture; `None` before the first.
    pub screen: Option<Screen>,
    /// The size that was agreed on last.
    pub agreed: Option<(u32, u32)>,
    /// The first reason why nothing comes any more.
    pub end: Option<End>,
}

impl Shared {
    /// What there is now.
    pub fn look(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing comes any more. The first reason stays: others follow from it.
    pub fn end(&self, why: End) {
        tracing::debug!(?why, "no further pictures");
        self.look().end.get_or_insert(why);
        self.news.notify_all();
    }

    /// Waits for the first picture and tells its size. Some desktops send none before something changes on the screen;
    /// then it is the size that was agreed on.
    pub fn first(&self, patience: Duration) -> Result<(u32, u32), CaptureError> {
        let deadline = Instant::now() + patience;
        let mut state = self.look();
        loop {
            if let Some(end) = &state.end {
                return Err(end.clone().into());
            }
            if let Some(screen) = &state.screen {
                return Ok(screen.size());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                if let Some(agreed) = state.agreed {
                    return Ok(agreed);
                }
                return Err(CaptureError::Unreachable(
                    "the desktop shares the screen but sends no picture".into(),
                ));
            }
            state = self.news.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// A running stream. Dropping it ends it.
pub struct Pictures {
    quit: pw::channel::Sender<()>,
    thread: Option<JoinHandle<()>>,
}

impl Pictures {
    /// Begins to read the node behind `remote` into `shared`.
    pub fn read(remote: OwnedFd, node: u32, shared: Arc<Shared>) -> Result<Pictures, CaptureError> {
        let (quit, quits) = pw::channel::channel();
        let thread = thread::Builder::new().name("pipewire".to_owned()).spawn(move || {
            if let Err(error) = run(remote, node, &shared, quits) {
                shared.end(End::Gone(format!("PipeWire: {error}")));
            }
        });
        Ok(Pictures { quit, thread: Some(thread.map_err(CaptureError::Memory)?) })
    }
}

impl Drop for Pictures {
    fn drop(&mut self) {
        let _ = self.quit.send(());
        // A thread that hangs in a call to a daemon that hangs is left behind; nothing waits for it.
        let deadline = Instant::now() + Duration::from_millis(500);
        if let Some(thread) = self.thread.take() {
            while !thread.is_finished() && Instant::now() < deadline {
                thread::park_timeout(Duration::from_millis(1));
            }
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
    }
}

fn run(
    remote: OwnedFd,
    node: u32,
    shared: &Arc<Shared>,
    quits: pw::channel::Receiver<()>,
) -> Result<(), pw::Error> {
    pw::init();
    let main_loop = MainLoopRc::new(None)?;
    let to_quit = main_loop.clone();
    let _quits = quits.attach(main_loop.loop_(), move |()| to_quit.quit());
    let context = ContextRc::new(&main_loop, None)?;
    let core = context.connect_fd_rc(remote, None)?;

    let (told, to_quit) = (shared.clone(), main_loop.clone());
    let errors = core.add_listener_local().error(move |object, _, code, words| {
        if object == CONNECTION {
            told.end(End::Gone(format!("PipeWire: {words} ({code})")));
            to_quit.quit();
        }
    });
    let _errors = errors.register();
    let registry = core.get_registry_rc()?;
    let (told, to_quit) = (shared.clone(), main_loop.clone());
    let removals = registry.add_listener_local().global_remove(move |object| {
        if object == node {
            told.end(End::Withdrawn);
            to_quit.quit();
        }
    });
    let _removals = removals.register();

    let stream = StreamBox::new(
        &core,
        "deskside",
        properties! {
            *pw::keys::MEDIA_TYPE => "Video",
            *pw::keys::MEDIA_CATEGORY => "Capture",
            *pw::keys::MEDIA_ROLE => "Screen",
        },
    )?;
    let (told, to_quit) = (shared.clone(), main_loop.clone());
    let listener = stream
        .add_local_listener_with_user_data(Reader { shared: shared.clone(), format: None })
        .state_changed(move |_, _, before, now| {
            tracing::debug!(?before, ?now, "stream");
            match now {
                StreamState::Error(words) => told.end(End::Gone(format!("PipeWire: {words}"))),
                StreamState::Unconnected if before != StreamState::Unconnected => told.end(End::Withdrawn),
                _ => return,
            }
            to_quit.quit();
        })
        .param_changed(|stream, reader, kind, param| {
            if kind == ParamType::Format.as_raw()
                && let Some(param) = param
            {
                reader.agree(stream, param);
            }
        })
        .process(|stream, reader| reader.read(stream));
    let _listener = listener.register()?;

    let offer = bytes(formats());
    stream.connect(
        Direction::Input,
        Some(node),
        StreamFlags::AUTOCONNECT | StreamFlags::MAP_BUFFERS,
        &mut [pod(&offer)],
    )?;
    main_loop.run();
    Ok(())
}

/// What the stream's callbacks know.
struct Reader {
    shared: Arc<Shared>,
    format: Option<(Order, u32, u32)>,
}

impl Reader {
    /// The desktop chose a format, at the start or because something has another size now.
    fn agree(&mut self, stream: &Stream, param: &Pod) {
        let mut info = VideoInfoRaw::new();
        let order = info.parse(param).ok().and_then(|_| order(info.format()));
        let (Some(order), Rectangle { width, height }) = (order, info.size()) else {
            return self.shared.end(End::Unreadable(format!("pictures are {:?}", info.format())));
        };
        if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
            return self.shared.end(End::Unreadable(format!("pictures are {width}x{height}")));
        }
        tracing::debug!(width, height, ?order, "agreed");
        self.format = Some((order, width, height));
        self.shared.look().agreed = Some((width, height));
        let wishes = [
            buffers(),
            meta(sys::SPA_META_Header, size_of::<sys::spa_meta_header>() as i32, 1),
            meta(sys::SPA_META_VideoCrop, size_of::<sys::spa_meta_region>() as i32, 1),
            meta(sys::SPA_META_VideoDamage, size_of::<sys::spa_meta_region>() as i32, PARTS),
        ]
        .map(bytes);
        if let Err(error) = stream.update_params(&mut wishes.each_ref().map(|wish| pod(wish))) {
            self.shared.end(End::Unreadable(error.to_string()));
        }
    }

    /// Takes every picture that waits, the oldest first: each says only what is new since the one before.
    fn read(&mut self, stream: &Stream) {
        while let Some(mut buffer) = stream.dequeue_buffer() {
            let Some((order, width, height)) = self.format else { return };
            let header = buffer.find_meta::<MetaHeader>();
            if header.is_some_and(|header| header.flags().contains(MetaHeaderFlags::CORRUPTED)) {
                continue;
            }
            // Desktops that do not count leave it at nought.
            let number = header.map(MetaHeader::seq).filter(|number| *number != 0);
            let crop = buffer.find_meta::<MetaVideoCrop>().filter(|crop| crop.meta_region().is_valid());
            let crop = crop.map(|crop| rect(crop.meta_region().region()));
            let damage: Vec<Rect> = buffer
                .find_meta::<MetaVideoDamage>()
                .map(|damage| damage.iter().map(|part| rect(part.region())).collect())
                .unwrap_or_default();
            let Some(data) = buffer.datas_mut().first_mut() else { continue };
            let chunk = data.chunk();
            // A chunk without a byte tells of something else, such as a pointer that moved.
            if chunk.flags().contains(ChunkFlags::CORRUPTED) || chunk.size() == 0 {
                continue;
            }
            let stride = if chunk.stride() > 0 { chunk.stride() as usize } else { width as usize * 4 };
            let (offset, kind) = (chunk.offset() as usize, data.type_());
            let Some(memory) = data.data().and_then(|memory| memory.get(offset..)) else {
                return self.shared.end(End::Unreadable(format!("pictures lie in {kind:?}")));
            };
            let Ok(whole) = Bgra::new(memory, stride, width, height) else {
                return self.shared.end(End::Unreadable(format!(
                    "{width}x{height} pixels with {stride} bytes a row in {} bytes",
                    memory.len()
                )));
            };
            let crop = crop.filter(|crop| !crop.is_empty());
            let Some(picture) = whole.crop(crop.unwrap_or(Rect::whole(width, height))) else { continue };
            let mut state = self.shared.look();
            match &mut state.screen {
                Some(screen) if screen.size() == (picture.width(), picture.height()) => {
                    // Where damage lies in a cropped picture, desktops do not agree on.
                    let damage = if crop.is_some() { &[][..] } else { &damage };
                    screen.show(&picture, order, damage, number);
                }
                screen => {
                    *screen = Some(Screen::of(&picture, order));
                    self.shared.news.notify_all();
                }
            }
        }
    }
}

fn rect(region: &pw::spa::utils::Region) -> Rect {
    let at = |position: i32| u32::try_from(position).unwrap_or(0).min(MAX_SIDE);
    let (x, y) = (at(region.position.x), at(region.position.y));
    Rect::new(x, y, region.size.width.min(MAX_SIDE), region.size.height.min(MAX_SIDE))
}

fn order(format: VideoFormat) -> Option<Order> {
    match format {
        VideoFormat::BGRx | VideoFormat::BGRA => Some(Order::Bgr),
        VideoFormat::RGBx | VideoFormat::RGBA => Some(Order::Rgb),
        _ => None,
    }
}

/// What can be read here, the best first.
fn formats() -> Object {
    object!(
        SpaTypes::ObjectParamFormat,
        ParamType::EnumFormat,
        property!(FormatProperties::MediaType, Id, MediaType::Video),
        property!(FormatProperties::MediaSubtype, Id, MediaSubtype::Raw),
        property!(
            FormatProperties::VideoFormat,
            Choice,
            Enum,
            Id,
            VideoFormat::BGRx,
            VideoFormat::BGRx,
            VideoFormat::BGRA,
            VideoFormat::RGBx,
            VideoFormat::RGBA
        ),
        property!(
            FormatProperties::VideoSize,
            Choice,
            Range,
            Rectangle,
            Rectangle { width: 1920, height: 1080 },
            Rectangle { width: 1, height: 1 },
            Rectangle { width: MAX_SIDE, height: MAX_SIDE }
        ),
        // Nought: a picture whenever something changed.
        property!(
            FormatProperties::VideoFramerate,
            Choice,
            Range,
            Fraction,
            Fraction { num: 0, denom: 1 },
            Fraction { num: 0, denom: 1 },
            Fraction { num: 60, denom: 1 }
        ),
        property!(
            FormatProperties::VideoMaxFramerate,
            Choice,
            Range,
            Fraction,
            Fraction { num: 60, denom: 1 },
            Fraction { num: 1, denom: 1 },
            Fraction { num: 240, denom: 1 }
        ),
    )
}

/// Memory that this process can read.
fn buffers() -> Object {
    let kinds = 1 << sys::SPA_DATA_MemFd | 1 << sys::SPA_DATA_MemPtr;
    let kinds = Choice(ChoiceFlags::empty(), ChoiceEnum::Flags { default: kinds, flags: vec![kinds] });
    Object {
        type_: SpaTypes::ObjectParamBuffers.as_raw(),
        id: ParamType::Buffers.as_raw(),
        properties: vec![Property::new(
            sys::SPA_PARAM_BUFFERS_dataType,
            Value::Choice(pw::spa::pod::ChoiceValue::Int(kinds)),
        )],
    }
}

/// Something that a picture brings along, `most` times at most.
fn meta(kind: u32, each: i32, most: i32) -> Object {
    let size = match most {
        1 => Value::Int(each),
        most => Value::Choice(pw::spa::pod::ChoiceValue::Int(Choice(
            ChoiceFlags::empty(),
            ChoiceEnum::Range { default: each * most, min: each, max: each * most },
        ))),
    };
    Object {
        type_: SpaTypes::ObjectParamMeta.as_raw(),
        id: ParamType::Meta.as_raw(),
        properties: vec![
            Property::new(sys::SPA_PARAM_META_type, Value::Id(Id(kind))),
            Property::new(sys::SPA_PARAM_META_size, size),
        ],
    }
}

fn bytes(object: Object) -> Vec<u8> {
    let memory = std::io::Cursor::new(Vec::new());
    let written = PodSerializer::serialize(memory, &Value::Object(object));
    written.expect("memory takes every byte").0.into_inner()
}

fn pod(bytes: &[u8]) -> &Pod {
    Pod::from_bytes(bytes).expect("these bytes were written as one")
}
