//! The loudspeaker, for one purpose: a beep whose moment is known, by which a self-test measures its own recording.

use std::f32::consts::TAU;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{Data, OutputCallbackInfo, SampleFormat, StreamConfig};

use crate::CaptureError;

/// How long a beep is.
pub const BEEP: Duration = Duration::from_millis(100);
const HERTZ: f32 = 1_000.0;
const LOUDNESS: f32 = 0.4;

/// An open loudspeaker, silent but for its beeps. Dropping it closes the device.
pub struct Speaker {
    asked: Arc<AtomicU64>,
    played: Arc<Mutex<Vec<Instant>>>,
    _stream: cpal::Stream,
}

impl Speaker {
    /// Opens the system's default loudspeaker. It stays on the thread that opened it.
    pub fn open() -> Result<Speaker, CaptureError> {
        let device = cpal::default_host()
            .default_output_device()
            .ok_or_else(|| CaptureError::Speaker("there is none".to_owned()))?;
        let config = device.default_output_config().map_err(failed)?;
        let format = config.sample_format();
        let config: StreamConfig = config.into();
        let small = StreamConfig { buffer_size: cpal::BufferSize::Fixed(config.sample_rate / 50), ..config };
        let (asked, played) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let start = |config: StreamConfig| {
            let (asked, played) = (asked.clone(), played.clone());
            let rate = config.sample_rate as f32;
            let length = (config.sample_rate as f32 * BEEP.as_secs_f32()) as u32;
            let (mut begun, mut left) = (0, 0);
            let speak = move |data: &mut Data, info: &OutputCallbackInfo| {
                let wanted = asked.load(Ordering::Acquire);
                if wanted > begun {
                    (begun, left) = (wanted, length);
                    let times = info.timestamp();
                    let ahead = times.playback.saturating_duration_since(times.callback);
                    played.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now() + ahead);
                }
                let mut next = || {
                    let sample = if left == 0 {
                        0.0
                    } else {
                        ((length - left) as f32 * HERTZ * TAU / rate).sin() * LOUDNESS
                    };
                    left = left.saturating_sub(1);
                    sample
                };
                fill(data, usize::from(config.channels), &mut next);
            };
            let fail = |error: cpal::Error| tracing::warn!(%error, "loudspeaker");
            device.build_output_stream_raw(config, format, speak, fail, Some(Duration::from_secs(3)))
        };
        if !matches!(format, SampleFormat::F32 | SampleFormat::I16 | SampleFormat::I32) {
            return Err(CaptureError::Speaker(format!("it takes {format} only")));
        }
        let stream = start(small).or_else(|_| start(config)).map_err(failed)?;
        stream.play().map_err(failed)?;
        Ok(Speaker { asked, played, _stream: stream })
    }

    /// Beeps as soon as it can.
    pub fn beep(&self) {
        self.asked.fetch_add(1, Ordering::AcqRel);
    }

    /// When the beeps so far were to be heard, by the system's word.
    pub fn played(&self) -> Vec<Instant> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The same sample for all channels, frame by frame.
fn fill(data: &mut Data, channels: usize, next: &mut impl FnMut() -> f32) {
    fn all<T: cpal::SizedSample + cpal::FromSample<f32>>(
        data: &mut Data,
        channels: usize,
        next: &mut impl FnMut() -> f32,
    ) {
        for frame in data.as_slice_mut::<T>().unwrap_or_default().chunks_mut(channels.max(1)) {
            frame.fill(T::from_sample(next()));
        }
    }
    match data.sample_format() {
        SampleFormat::F32 => all::<f32>(data, channels, next),
        SampleFormat::I16 => all::<i16>(data, channels, next),
        SampleFormat::I32 => all::<i32>(data, channels, next),
        _ => {}
    }
}

fn failed(error: cpal::Error) -> CaptureError {
    CaptureError::Speaker(error.to_string())
}
