//! The loudspeaker: a beep whose moment is known, by which a self-test measures its own recording, and what the bell rings on.

use std::f32::consts::TAU;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait as _, HostTrait as _, StreamTrait as _};
use cpal::{Data, OutputCallbackInfo, SampleFormat, StreamConfig};

use crate::CaptureError;
use crate::microphone::host;

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

/// What a loudspeaker plays, sample by sample.
pub(crate) trait Voice: Send + 'static {
    /// The next samples will be heard `ahead` from now.
    fn begin(&mut self, _ahead: Duration) {}
    /// The next sample, the same for all channels; between -1 and 1.
    fn next(&mut self) -> f32;
}

/// Opens the system's default loudspeaker and plays the voice that is made for its rate, in samples a second.
pub(crate) fn open<V: Voice>(voice: impl Fn(u32) -> V) -> Result<cpal::Stream, CaptureError> {
    let device =
        host().default_output_device().ok_or_else(|| CaptureError::Speaker("there is none".to_owned()))?;
    let config = device.default_output_config().map_err(failed)?;
    let format = config.sample_format();
    let config: StreamConfig = config.into();
    let small = StreamConfig { buffer_size: cpal::BufferSize::Fixed(config.sample_rate / 50), ..config };
    let start = |config: StreamConfig| {
        let mut voice = voice(config.sample_rate);
        let speak = move |data: &mut Data, info: &OutputCallbackInfo| {
            let times = info.timestamp();
            voice.begin(times.playback.saturating_duration_since(times.callback));
            fill(data, usize::from(config.channels), &mut || voice.next());
        };
        let fail = |error: cpal::Error| tracing::warn!(%error, "loudspeaker");
        device.build_output_stream_raw(config, format, speak, fail, Some(Duration::from_secs(3)))
    };
    if !matches!(format, SampleFormat::F32 | SampleFormat::I16 | SampleFormat::I32) {
        return Err(CaptureError::Speaker(format!("it takes {format} only")));
    }
    let stream = start(small).or_else(|_| start(config)).map_err(failed)?;
    stream.play().map_err(failed)?;
    Ok(stream)
}

/// Silent but for the beeps that were asked for.
struct Beeps {
    asked: Arc<AtomicU64>,
    played: Arc<Mutex<Vec<Instant>>>,
    begun: u64,
    rate: f32,
    length: u32,
    left: u32,
}

impl Voice for Beeps {
    fn begin(&mut self, ahead: Duration) {
        let wanted = self.asked.load(Ordering::Acquire);
        if wanted > self.begun {
            (self.begun, self.left) = (wanted, self.length);
            self.played.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now() + ahead);
        }
    }

    fn next(&mut self) -> f32 {
        if self.left == 0 {
            return 0.0;
        }
        let sample = ((self.length - self.left) as f32 * HERTZ * TAU / self.rate).sin() * LOUDNESS;
        self.left -= 1;
        sample
    }
}

impl Speaker {
    /// Opens the system's default loudspeaker. It stays on the thread that opened it.
    pub fn open() -> Result<Speaker, CaptureError> {
        let (asked, played) = (Arc::new(AtomicU64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let stream = open(|rate| Beeps {
            asked: asked.clone(),
            played: played.clone(),
            begun: 0,
            rate: rate as f32,
            length: (rate as f32 * BEEP.as_secs_f32()) as u32,
            left: 0,
        })?;
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
