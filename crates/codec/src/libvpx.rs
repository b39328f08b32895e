//! libvpx behind a safe face: the only unsafe code of this crate.
//!
//! libvpx keeps pointers to its context, so the context lives in a `Box` that never moves, is made by one function
//! and destroyed by one `Drop`. Nothing here knows which settings are good; `vp9.rs` does.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::os::raw::{c_int, c_uint, c_ulong};
use std::ptr;

use deskside_frame::I420;
use vpx_sys as vpx;

use crate::{ActiveMap, CodecError};

/// Ticks per second of the times given to libvpx.
const TICKS: c_int = 1_000_000;

/// The size and the budget of an encoder.
pub struct EncoderSetup {
    /// Width in pixels, even.
    pub width: u32,
    /// Height in pixels, even.
    pub height: u32,
    /// Worker threads, at least 1.
    pub threads: u32,
    /// The highest mean rate.
    pub kilobits: u32,
}

/// The switches that Deskside sets. Those without a meaning for their value (`Bt709`, `LimitedRange`) ignore it.
#[derive(Clone, Copy, Debug)]
pub enum Control {
    CpuUsed,
    ScreenContent,
    CqLevel,
    AqMode,
    NoiseSensitivity,
    StaticThreshold,
    RowMt,
    TileColumnsLog2,
    FrameParallelDecoding,
    AutoAltRef,
    Bt709,
    LimitedRange,
    MaxIntraPercent,
    /// 0: every picture is smoothed where blocks meet; 2: none is.
    Unsmoothed,
}

/// A context of libvpx, initialised, at a fixed address.
struct Context(Box<vpx::vpx_codec_ctx_t>);

// SAFETY: libvpx contexts have no thread affinity; they only must not be used from two threads at once, which
// `&mut self` on every method ensures.
unsafe impl Send for Context {}

impl Context {
    /// Turns a result of libvpx into ours, with the library's own words.
    fn check(&mut self, result: vpx::vpx_codec_err_t, action: &'static str) -> Result<(), CodecError> {
        if result == vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Ok(());
        }
        // SAFETY: the context was initialised; the library gives null or a C string that lives as long as the
        // context or longer, and it is copied at once.
        let reason = unsafe {
            let detail = vpx::vpx_codec_error_detail(&mut *self.0);
            let text = if detail.is_null() { vpx::vpx_codec_err_to_string(result) } else { detail };
            if text.is_null() { String::new() } else { CStr::from_ptr(text).to_string_lossy().into_owned() }
        };
        Err(CodecError::Library { library: "libvpx", action, reason })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: initialised by `open`, destroyed only here. The result can't be acted upon.
        unsafe { vpx::vpx_codec_destroy(&mut *self.0) };
    }
}

/// The library's version, as it writes it.
pub fn version() -> String {
    // SAFETY: gives a static C string.
    unsafe { CStr::from_ptr(vpx::vpx_codec_version_str()) }.to_string_lossy().into_owned()
}

/// Why `vpx_codec_*_init` failed, before there is a context to ask.
fn refused(result: vpx::vpx_codec_err_t, action: &'static str) -> CodecError {
    // SAFETY: gives a static C string for every value.
    let reason = unsafe { CStr::from_ptr(vpx::vpx_codec_err_to_string(result)) };
    CodecError::Library { library: "libvpx", action, reason: reason.to_string_lossy().into_owned() }
}

/// A running VP9 encoder.
pub struct Encoder {
    context: Context,
    /// Columns and rows of 16x16 blocks.
    blocks: (c_uint, c_uint),
}

/// What the library is told of an encoder before it runs.
fn describe(setup: &EncoderSetup) -> Result<vpx::vpx_codec_enc_cfg_t, CodecError> {
    let mut config = MaybeUninit::<vpx::vpx_codec_enc_cfg_t>::zeroed();
    // SAFETY: `vpx_codec_vp9_cx` gives a static table; the call fills the whole of `config` or fails.
    let mut config = unsafe {
        let result = vpx::vpx_codec_enc_config_default(vpx::vpx_codec_vp9_cx(), config.as_mut_ptr(), 0);
        if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
            return Err(refused(result, "describe the encoder"));
        }
        config.assume_init()
    };
    config.g_w = setup.width;
    config.g_h = setup.height;
    config.g_threads = setup.threads;
    config.g_timebase = vpx::vpx_rational { num: 1, den: TICKS };
    config.g_pass = vpx::vpx_enc_pass::VPX_RC_ONE_PASS;
    config.g_lag_in_frames = 0;
    config.g_error_resilient = 0;
    config.rc_end_usage = vpx::vpx_rc_mode::VPX_Q;
    config.rc_target_bitrate = setup.kilobits;
    config.rc_min_quantizer = 0;
    config.rc_max_quantizer = 63;
    config.rc_dropframe_thresh = 0;
    config.rc_resize_allowed = 0;
    config.rc_undershoot_pct = 100;
    config.rc_overshoot_pct = 50;
    config.rc_buf_sz = 1_000;
    config.rc_buf_initial_sz = 500;
    config.rc_buf_optimal_sz = 600;
    // The largest distance counts even when automatic keyframes are off.
    config.kf_mode = vpx::vpx_kf_mode::VPX_KF_DISABLED;
    config.kf_min_dist = 0;
    config.kf_max_dist = 1 << 30;
    Ok(config)
}

impl Encoder {
    /// Opens an encoder in real-time mode without look-ahead, at the quality it is told, keyframes only on demand.
    pub fn open(setup: &EncoderSetup) -> Result<Encoder, CodecError> {
        let config = describe(setup)?;
        let mut context = Box::new(MaybeUninit::<vpx::vpx_codec_ctx_t>::zeroed());
        // SAFETY: a zeroed context is what the library expects; it is initialised or left unusable. The box keeps
        // its address when it is moved.
        let context = unsafe {
            let result = vpx::vpx_codec_enc_init_ver(
                context.as_mut_ptr(),
                vpx::vpx_codec_vp9_cx(),
                &config,
                0,
                vpx::VPX_ENCODER_ABI_VERSION as c_int,
            );
            if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
                return Err(refused(result, "open an encoder"));
            }
            Context(context.assume_init())
        };
        let blocks = (setup.width.div_ceil(16), setup.height.div_ceil(16));
        Ok(Encoder { context, blocks })
    }

    /// Sets one switch; also while running.
    pub fn control(&mut self, control: Control, value: u32) -> Result<(), CodecError> {
        use vpx::vp8e_enc_control_id as id;
        let (id, value) = match control {
            Control::CpuUsed => (id::VP8E_SET_CPUUSED, value),
            Control::ScreenContent => (id::VP9E_SET_TUNE_CONTENT, value),
            Control::CqLevel => (id::VP8E_SET_CQ_LEVEL, value),
            Control::AqMode => (id::VP9E_SET_AQ_MODE, value),
            Control::NoiseSensitivity => (id::VP9E_SET_NOISE_SENSITIVITY, value),
            Control::StaticThreshold => (id::VP8E_SET_STATIC_THRESHOLD, value),
            Control::RowMt => (id::VP9E_SET_ROW_MT, value),
            Control::TileColumnsLog2 => (id::VP9E_SET_TILE_COLUMNS, value),
            Control::FrameParallelDecoding => (id::VP9E_SET_FRAME_PARALLEL_DECODING, value),
            Control::AutoAltRef => (id::VP8E_SET_ENABLEAUTOALTREF, value),
            Control::Bt709 => (id::VP9E_SET_COLOR_SPACE, vpx::vpx_color_space::VPX_CS_BT_709 as u32),
            Control::LimitedRange => {
                (id::VP9E_SET_COLOR_RANGE, vpx::vpx_color_range::VPX_CR_STUDIO_RANGE as u32)
            }
            Control::MaxIntraPercent => (id::VP8E_SET_MAX_INTRA_BITRATE_PCT, value),
            Control::Unsmoothed => (id::VP9E_SET_DISABLE_LOOPFILTER, value),
        };
        // SAFETY: every one of these reads one int from the variable arguments and keeps no pointer.
        let result = unsafe { vpx::vpx_codec_control_(&mut *self.context.0, id as c_int, value as c_int) };
        self.context.check(result, "set a switch")
    }

    /// Restricts the next pictures to the marked blocks; `None` lifts the restriction.
    pub fn set_active(&mut self, map: Option<&ActiveMap>) -> Result<(), CodecError> {
        let mut marks = map.map(|map| map.marks().to_vec());
        let mut raw = match (map, &mut marks) {
            (Some(map), Some(marks)) => vpx::vpx_active_map {
                active_map: marks.as_mut_ptr(),
                rows: map.rows() as c_uint,
                cols: map.columns() as c_uint,
            },
            // The size is checked even when the map is null.
            _ => {
                vpx::vpx_active_map { active_map: ptr::null_mut(), rows: self.blocks.1, cols: self.blocks.0 }
            }
        };
        let id = vpx::vp8e_enc_control_id::VP8E_SET_ACTIVEMAP;
        // SAFETY: the library compares rows and columns with its own and copies the map before it returns; `marks`
        // holds rows * columns bytes and lives until then.
        let result =
            unsafe { vpx::vpx_codec_control_(&mut *self.context.0, id as c_int, &mut raw as *mut _) };
        self.context.check(result, "set the changed blocks")
    }

    /// Encodes one picture of exactly the encoder's size.
    pub fn encode(
        &mut self,
        picture: &I420,
        micros: u64,
        duration: u64,
        keyframe: bool,
    ) -> Result<(), CodecError> {
        let mut image = MaybeUninit::<vpx::vpx_image_t>::zeroed();
        let flags = if keyframe { vpx::VPX_EFLAG_FORCE_KF as i64 } else { 0 };
        // SAFETY: `I420` holds three planes without padding in one piece, which is what `vpx_img_wrap` with an
        // alignment of 1 describes, and the caller checked its size. libvpx reads the picture during the call and
        // never writes to it; without look-ahead it keeps no reference, and it copies the picture in any case.
        let result = unsafe {
            let wrapped = vpx::vpx_img_wrap(
                image.as_mut_ptr(),
                vpx::vpx_img_fmt::VPX_IMG_FMT_I420,
                picture.width(),
                picture.height(),
                1,
                picture.bytes().as_ptr().cast_mut(),
            );
            if wrapped.is_null() {
                vpx::vpx_codec_err_t::VPX_CODEC_INVALID_PARAM
            } else {
                let mut image = image.assume_init();
                image.cs = vpx::vpx_color_space::VPX_CS_BT_709;
                image.range = vpx::vpx_color_range::VPX_CR_STUDIO_RANGE;
                vpx::vpx_codec_encode(
                    &mut *self.context.0,
                    &image,
                    micros as vpx::vpx_codec_pts_t,
                    duration.max(1) as c_ulong,
                    flags as vpx::vpx_enc_frame_flags_t,
                    vpx::VPX_DL_REALTIME as c_ulong,
                )
            }
        };
        self.context.check(result, "encode a picture")
    }

    /// Tells the encoder that no picture follows.
    pub fn flush(&mut self) -> Result<(), CodecError> {
        // SAFETY: a null picture is how the library is told to flush.
        let result = unsafe {
            vpx::vpx_codec_encode(&mut *self.context.0, ptr::null(), 0, 1, 0, vpx::VPX_DL_REALTIME as c_ulong)
        };
        self.context.check(result, "flush")
    }

    /// Hands every finished packet to `each`: its bytes, its time in microseconds, whether it is a keyframe.
    pub fn packets(&mut self, mut each: impl FnMut(&[u8], u64, bool)) {
        let mut iterator: vpx::vpx_codec_iter_t = ptr::null();
        loop {
            // SAFETY: the iterator starts null and is only moved by the library. A packet and its bytes live until
            // the next call into the encoder, and the slice does not outlive the closure call.
            unsafe {
                let packet = vpx::vpx_codec_get_cx_data(&mut *self.context.0, &mut iterator);
                let Some(packet) = packet.as_ref() else { return };
                if packet.kind != vpx::vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                    continue;
                }
                let frame = &packet.data.frame;
                let bytes = std::slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz);
                each(bytes, frame.pts.max(0) as u64, frame.flags & vpx::VPX_FRAME_IS_KEY != 0);
            }
        }
    }
}

/// A running VP9 decoder.
pub struct Decoder {
    context: Context,
}

impl Decoder {
    /// Opens a decoder of one thread.
    pub fn open() -> Result<Decoder, CodecError> {
        let config = vpx::vpx_codec_dec_cfg_t { threads: 1, w: 0, h: 0 };
        let mut context = Box::new(MaybeUninit::<vpx::vpx_codec_ctx_t>::zeroed());
        // SAFETY: as for the encoder.
        let context = unsafe {
            let result = vpx::vpx_codec_dec_init_ver(
                context.as_mut_ptr(),
                vpx::vpx_codec_vp9_dx(),
                &config,
                0,
                vpx::VPX_DECODER_ABI_VERSION as c_int,
            );
            if result != vpx::vpx_codec_err_t::VPX_CODEC_OK {
                return Err(refused(result, "open a decoder"));
            }
            Context(context.assume_init())
        };
        Ok(Decoder { context })
    }

    /// Decodes one frame; the last picture that it shows.
    pub fn decode(&mut self, frame: &[u8]) -> Result<Option<I420>, CodecError> {
        let len = c_uint::try_from(frame.len()).unwrap_or(c_uint::MAX);
        // SAFETY: the bytes are read during the call only, and no more than `len` of them.
        let result =
            unsafe { vpx::vpx_codec_decode(&mut *self.context.0, frame.as_ptr(), len, ptr::null_mut(), 0) };
        self.context.check(result, "decode a frame")?;
        let mut shown = None;
        let mut iterator: vpx::vpx_codec_iter_t = ptr::null();
        loop {
            // SAFETY: the iterator starts null and is only moved by the library; the image and its planes live
            // until the next call into the decoder, and are copied before.
            unsafe {
                let image = vpx::vpx_codec_get_frame(&mut *self.context.0, &mut iterator);
                let Some(image) = image.as_ref() else { break };
                shown = Some(copy(image)?);
            }
        }
        Ok(shown)
    }
}

/// Copies a decoded picture. Only 8-bit 4:2:0 is understood, which is all that Deskside records.
///
/// # Safety
/// `image` must have come from the decoder just now, so that its planes hold `d_h` rows of `stride` bytes.
unsafe fn copy(image: &vpx::vpx_image_t) -> Result<I420, CodecError> {
    if image.fmt != vpx::vpx_img_fmt::VPX_IMG_FMT_I420 {
        let reason = "the picture is not 8-bit 4:2:0".to_owned();
        return Err(CodecError::Library { library: "libvpx", action: "decode a frame", reason });
    }
    let mut picture = I420::black(image.d_w, image.d_h)?;
    let (width, height) = (image.d_w as usize, image.d_h as usize);
    let (y, u, v) = picture.planes_mut();
    for (plane, (to, width, height)) in
        [(y, width, height), (u, width / 2, height / 2), (v, width / 2, height / 2)].into_iter().enumerate()
    {
        for (row, to) in to.chunks_exact_mut(width).take(height).enumerate() {
            // SAFETY: by this function's contract the row lies inside the plane and has at least `width` bytes.
            let from = unsafe {
                let start = image.planes[plane].offset(row as isize * image.stride[plane] as isize);
                std::slice::from_raw_parts(start, width)
            };
            to.copy_from_slice(from);
        }
    }
    Ok(picture)
}
