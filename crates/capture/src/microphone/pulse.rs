//! PulseAudio, or PipeWire in its place, spoken to directly: what matters here the library for all systems leaves out.
//!
//! A listener is bound to its device. Without that, a sound server gives the listeners of a microphone that was pulled out
//! another source, and that may be what the computer plays.
//!
//! And the moment of each sample is known, also on a busy machine: the server says how old which sample was at which time
//! of its own, so nothing depends on when its answer is read. What a loudspeaker plays is handed over before it is heard;
//! that, too, the server tells.

use std::collections::VecDeque;
use std::ffi::CString;
use std::sync::mpsc::{RecvTimeoutError, Sender, SyncSender, TrySendError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use futures_lite::future::{block_on, poll_once};
use pulseaudio::protocol::stream::{BufferAttr, StreamFlags};
use pulseaudio::protocol::{ChannelMap, RecordLatency, RecordStreamParams, SampleFormat, SampleSpec};
use pulseaudio::{Client, ClientError, RecordStream};

use super::Block;

/// The server is asked this often how old the sound is; at first more often.
const ASK: Duration = Duration::from_millis(100);
const ASK_AT_FIRST: Duration = Duration::from_millis(10);
/// So many answers are remembered: two seconds, in which no clock drifts by what can be told.
const ANSWERS: usize = 20;
/// So many answers that are all later than those before, and by so much, tell of a gap.
const ENOUGH: usize = 4;
const GAP: Duration = Duration::from_millis(40);
/// Sound of which nothing is known is taken for fresh after so long.
const UNKNOWN: Duration = Duration::from_secs(1);
const SAMPLE: usize = size_of::<f32>();

/// A connection.
pub(super) struct Server(Client);

/// A device that gives sound.
pub(super) struct Source {
    /// Never given again: a device that is pulled out and put in has another, whatever its name is.
    pub index: u32,
    /// Whether it is what a loudspeaker plays.
    pub monitor: bool,
    spec: SampleSpec,
    map: ChannelMap,
}

/// What hears a source. Dropping it ends that.
pub(super) struct Listener {
    /// Dropped with the listener, which the thread that asks notices.
    _asks: Sender<()>,
}

impl Drop for Server {
    /// The library's thread sees that nobody holds the connection when something comes over it.
    fn drop(&mut self) {
        let _ = block_on(poll_once(self.0.server_info()));
    }
}

impl Server {
    /// The cookie is made already (`host.rs`).
    pub(super) fn connect() -> Result<Server, ClientError> {
        Client::from_env(c"Deskside").map(Server)
    }

    /// The source of that name.
    pub(super) fn source(&self, name: &str) -> Result<Source, ClientError> {
        let name = CString::new(name).unwrap_or_default();
        let info = block_on(self.0.source_info_by_name(name))?;
        let monitor = info.monitor_of_sink_index.is_some();
        // As it is, but for how a sample is written.
        let spec = SampleSpec { format: SampleFormat::Float32Le, ..info.sample_spec };
        Ok(Source { index: info.index, monitor, spec, map: info.channel_map })
    }

    /// The system's chosen loudspeaker.
    pub(super) fn loudspeaker(&self) -> Result<Option<String>, ClientError> {
        let info = block_on(self.0.server_info())?;
        Ok(info.default_sink_name.map(|name| name.to_string_lossy().into_owned()))
    }

    /// Hears a source and no other in its place. Its sound comes to `blocks`, its end to `broken`.
    pub(super) fn listen(
        &self,
        source: &Source,
        blocks: SyncSender<Block>,
        broken: SyncSender<String>,
    ) -> Result<Listener, ClientError> {
        let SampleSpec { sample_rate: rate, channels, .. } = source.spec;
        let frame = SAMPLE * usize::from(channels.max(1));
        let clock = Arc::new(Mutex::new(Clock::new(f64::from(rate) * frame as f64)));
        // 20 ms at a time. The server may keep as much as it likes: what it can't keep is lost.
        let fragment_size = rate / 50 * frame as u32;
        let buffer_attr = BufferAttr { fragment_size, max_length: u32::MAX, ..BufferAttr::default() };
        let flags = StreamFlags { no_move: true, adjust_latency: true, ..StreamFlags::default() };
        let params = RecordStreamParams {
            sample_spec: source.spec,
            channel_map: source.map,
            source_index: Some(source.index),
            buffer_attr,
            flags,
            ..RecordStreamParams::default()
        };
        let hear = {
            let clock = clock.clone();
            let enough = rate as usize / 100 * frame;
            let mut waiting = Vec::new();
            move |bytes: &[u8]| {
                waiting.extend_from_slice(bytes);
                let mut clock = clock.lock().unwrap_or_else(PoisonError::into_inner);
                clock.came += bytes.len() as u64;
                let whole = waiting.len() - waiting.len() % frame;
                if whole < enough {
                    return;
                }
                let Some(heard) = clock.heard(clock.came - waiting.len() as u64) else { return };
                drop(clock);
                let samples = waiting.drain(..whole).collect::<Vec<u8>>();
                let samples = samples
                    .chunks_exact(SAMPLE)
                    .map(|bytes| f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
                    .collect();
                // The connection's thread must not wait.
                super::into(&blocks, Block { heard, rate, channels: channels.into(), samples });
            }
        };
        let stream = block_on(self.0.create_record_stream(params, hear))?;
        let (asks, end) = channel();
        let ask = move || {
            loop {
                let mut pause = ASK;
                match tell(&stream) {
                    Ok(answer) => {
                        let mut clock = clock.lock().unwrap_or_else(PoisonError::into_inner);
                        clock.learn(&answer);
                        if answer.runs && clock.known.len() < ANSWERS {
                            pause = ASK_AT_FIRST;
                        }
                    }
                    Err(error) => {
                        if let Err(TrySendError::Disconnected(_)) = broken.try_send(error.to_string()) {
                            return;
                        }
                    }
                }
                if end.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
            }
        };
        thread::Builder::new().name("sound clock".to_owned()).spawn(ask)?;
        Ok(Listener { _asks: asks })
    }
}

/// What the server said about a stream.
struct Answer {
    /// When it said so.
    at: Instant,
    /// Whether sound comes; not while the source is suspended.
    runs: bool,
    /// Bytes that it took from the source.
    taken: i64,
    /// Bytes that it handed over.
    given: i64,
    /// How long ago the next byte that it takes was heard; negative: it will be.
    age: f64,
}

fn tell(stream: &RecordStream) -> Result<Answer, ClientError> {
    let asked = Instant::now();
    let answer: RecordLatency = block_on(stream.timing_info())?;
    let (came, clock) = (Instant::now(), SystemTime::now());
    // Both clocks are this machine's; one that was just set says nothing better than that it was in between.
    let on_its_way = clock.duration_since(answer.remote_time).unwrap_or_default();
    let at = came.checked_sub(on_its_way.min(came.duration_since(asked))).unwrap_or(came);
    Ok(Answer {
        at,
        runs: answer.playing,
        taken: answer.write_offset,
        given: answer.read_offset,
        age: (answer.source_usec as f64 - answer.sink_usec as f64) / 1e6,
    })
}

/// When which byte of a stream was heard.
struct Clock {
    /// Bytes a second.
    rate: f64,
    /// Bytes that came.
    came: u64,
    /// Bytes that the server says it gave and that never came: it lost them.
    lost: i64,
    /// When, and how many bytes of the stream were heard then.
    known: VecDeque<(Instant, f64)>,
    begun: Instant,
}

impl Clock {
    fn new(rate: f64) -> Clock {
        Clock { rate, came: 0, lost: 0, known: VecDeque::new(), begun: Instant::now() }
    }

    fn learn(&mut self, answer: &Answer) {
        if !answer.runs {
            return self.known.clear();
        }
        // What came since is counted too, so this is never too much.
        self.lost = self.lost.max(answer.given - self.came.cast_signed());
        self.known.push_back((answer.at, answer.taken as f64 + answer.age * self.rate));
        if self.known.len() > ANSWERS {
            self.known.pop_front();
        }
        // The source gave nothing for a while: what was said before that is true no more.
        let old = self.known.len().saturating_sub(ENOUGH);
        let begins = |(at, count): &(Instant, f64)| {
            let moment = Duration::try_from_secs_f64(count.max(0.0) / self.rate).unwrap_or_default();
            at.checked_sub(moment).unwrap_or(*at)
        };
        let before = self.known.iter().take(old).map(begins).min();
        let since = self.known.iter().skip(old).map(begins).min();
        if before.zip(since).is_some_and(|(before, since)| since.saturating_duration_since(before) > GAP) {
            self.known.drain(..old);
        }
    }

    /// When this byte of those that came was heard; `None`: that is not known yet.
    ///
    /// A server is sometimes late to say what it took, and never early. So the earliest that its answers say is right.
    fn heard(&self, byte: u64) -> Option<Instant> {
        let byte = byte as f64 + self.lost as f64;
        let moment = |(at, count): &(Instant, f64)| {
            let after = (byte - count) / self.rate;
            let span = Duration::try_from_secs_f64(after.abs()).unwrap_or_default();
            if after < 0.0 { at.checked_sub(span) } else { at.checked_add(span) }
        };
        let earliest = self.known.iter().filter_map(moment).min();
        let so_long = Duration::try_from_secs_f64((self.came as f64 - byte).max(0.0) / self.rate);
        earliest.or_else(|| {
            (self.begun.elapsed() > UNKNOWN).then(|| Instant::now() - so_long.unwrap_or_default())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0 * 4.0;

    fn millis(from: Instant, until: Instant) -> f64 {
        until.saturating_duration_since(from).as_secs_f64() * 1e3
            - from.saturating_duration_since(until).as_secs_f64() * 1e3
    }

    /// A server that takes 20 ms at a time and answers whenever it comes to it, and is read later still.
    #[test]
    fn the_moment_of_a_sample_does_not_depend_on_when_an_answer_is_read() {
        let begin = Instant::now() + Duration::from_secs(10);
        for age in [0.03, -0.05] {
            let mut clock = Clock::new(RATE);
            assert_eq!(clock.heard(0), None, "nothing is known");
            for n in 0u64..40 {
                let now = 0.5 + n as f64 * 0.1;
                // What the source gave up to now, in whole pieces of 20 ms.
                let taken = ((now / 0.02).floor() * 0.02 * RATE) as i64;
                // It says so up to 15 ms late.
                let late = (n * 7 % 16) as f64 / 1e3;
                let at = begin + Duration::from_secs_f64(now + late);
                let age = age + (now - taken as f64 / RATE);
                clock.came = taken as u64;
                clock.learn(&Answer { at, runs: true, taken, given: taken, age });
            }
            for byte in [0u64, 48_000, 400_000] {
                let wanted = byte as f64 / RATE - age;
                let heard = millis(begin, clock.heard(byte).unwrap()) / 1e3;
                assert!((heard - wanted).abs() < 0.001, "heard at {heard}, not {wanted}");
            }
        }
    }

    #[test]
    fn what_the_server_lost_is_not_counted_as_heard() {
        let begin = Instant::now() + Duration::from_secs(10);
        let mut clock = Clock::new(RATE);
        clock.came = 96_000;
        let at = begin + Duration::from_secs(1);
        clock.learn(&Answer { at, runs: true, taken: 192_000, given: 192_000, age: 0.0 });
        let heard = millis(begin, clock.heard(95_999).unwrap());
        assert!((heard - 1_000.0).abs() < 0.1, "the last byte that came is the newest: {heard} ms");
    }

    /// The device stands still for a second, and says so or not.
    #[test]
    fn after_a_gap_a_sample_is_heard_later() {
        let begin = Instant::now() + Duration::from_secs(10);
        for says in [true, false] {
            let mut clock = Clock::new(RATE);
            for n in 1u64..=40 {
                let at = begin + Duration::from_millis(n * 100);
                let stood = n.saturating_sub(20).min(10);
                let taken = ((n - stood) as f64 * 0.1 * RATE) as i64;
                clock.came = taken as u64;
                let runs = !says || stood == 0 || stood == 10;
                clock.learn(&Answer { at, runs, taken, given: taken, age: 0.0 });
            }
            let heard = millis(begin, clock.heard(clock.came).unwrap());
            assert!((heard - 4_000.0).abs() < 1.0, "heard at {heard} ms");
        }
    }
}
