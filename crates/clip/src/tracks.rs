//! The track descriptions of a clip: one picture track, at most one sound track.
//!
//! A finished prefix repeats the description that the file came with, byte for byte, so this reads only what Deskside
//! itself wants to know, and refuses what its players can't decode.

use deskside_frame::{AudioFormat, Codec, Track, VideoFormat};

use crate::ebml::{self, Elements, id};
use crate::walk::Fault;

/// The track number that [`crate::Writer`] gives to pictures.
pub(crate) const VIDEO_NUMBER: u8 = 1;
/// The track number that [`crate::Writer`] gives to sound.
pub(crate) const AUDIO_NUMBER: u8 = 2;

/// Sound that a player decodes and throws away after a seek, in nanoseconds: 80 ms for Opus (RFC 7845, 4.6).
const SEEK_PRE_ROLL: u64 = 80_000_000;

/// What the tracks of a clip hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracks {
    /// The pictures.
    pub video: VideoFormat,
    /// The sound, where there is any.
    pub audio: Option<AudioFormat>,
    pub(crate) video_number: u8,
    pub(crate) audio_number: Option<u8>,
}

impl Tracks {
    /// Which track a block's number stands for; `None` for one that Deskside does not play.
    pub(crate) fn track(&self, number: u8) -> Option<Track> {
        if number == self.video_number {
            Some(Track::Video)
        } else if Some(number) == self.audio_number {
            Some(Track::Audio)
        } else {
            None
        }
    }

    /// Reads the body of a Tracks element. Tracks beyond the first of each kind are ignored.
    pub(crate) fn read(body: &[u8]) -> Result<Tracks, Fault> {
        let (mut video, mut audio) = (None, None);
        let mut entries = Elements::new(body);
        for (element, entry) in entries.by_ref() {
            if element != id::TRACK_ENTRY {
                continue;
            }
            let entry = Entry::read(entry)?;
            match entry.kind {
                1 if video.is_none() => video = Some((entry.number, entry.video()?)),
                2 if audio.is_none() => audio = Some((entry.number, entry.audio()?)),
                _ => {}
            }
        }
        if entries.broken {
            return Err(Fault::Tracks);
        }
        let (video_number, video) = video.ok_or(Fault::NoVideo)?;
        let (audio_number, audio) = audio.unzip();
        if audio_number == Some(video_number) {
            return Err(Fault::Tracks);
        }
        Ok(Tracks { video, audio, video_number, audio_number })
    }
}

/// The body of the Tracks element of a new clip. `Err` names the codec that has no place in that track.
pub(crate) fn write(video: &VideoFormat, audio: Option<&AudioFormat>) -> Result<Vec<u8>, Codec> {
    let codec_id = match video.codec {
        Codec::Vp9 => "V_VP9",
        Codec::Av1 => "V_AV1",
        other => return Err(other),
    };
    let mut body = Vec::new();
    ebml::put_master(&mut body, id::TRACK_ENTRY, |entry| {
        put_common(entry, VIDEO_NUMBER, 1, codec_id);
        if !video.setup.is_empty() {
            ebml::put_bytes(entry, id::CODEC_PRIVATE, &video.setup);
        }
        ebml::put_master(entry, id::VIDEO, |settings| {
            ebml::put_uint(settings, id::FLAG_INTERLACED, 2);
            ebml::put_uint(settings, id::PIXEL_WIDTH, video.width.into());
            ebml::put_uint(settings, id::PIXEL_HEIGHT, video.height.into());
            // BT.709, limited range: without these players guess by the height, and small regions get a tint.
            ebml::put_master(settings, id::COLOUR, |colour| {
                ebml::put_uint(colour, id::MATRIX_COEFFICIENTS, 1);
                ebml::put_uint(colour, id::BITS_PER_CHANNEL, 8);
                ebml::put_uint(colour, id::RANGE, 1);
                ebml::put_uint(colour, id::TRANSFER_CHARACTERISTICS, 1);
                ebml::put_uint(colour, id::PRIMARIES, 1);
            });
        });
    });
    if let Some(audio) = audio {
        if audio.codec != Codec::Opus {
            return Err(audio.codec);
        }
        ebml::put_master(&mut body, id::TRACK_ENTRY, |entry| {
            put_common(entry, AUDIO_NUMBER, 2, "A_OPUS");
            ebml::put_bytes(entry, id::CODEC_PRIVATE, &opus_head(audio));
            ebml::put_uint(entry, id::CODEC_DELAY, u64::from(audio.pre_skip) * 1_000_000_000 / 48_000);
            ebml::put_uint(entry, id::SEEK_PRE_ROLL, SEEK_PRE_ROLL);
            ebml::put_master(entry, id::AUDIO, |settings| {
                ebml::put_float(settings, id::SAMPLING_FREQUENCY, 48_000.0);
                ebml::put_uint(settings, id::CHANNELS, audio.channels.into());
            });
        });
    }
    Ok(body)
}

fn put_common(entry: &mut Vec<u8>, number: u8, kind: u64, codec_id: &str) {
    ebml::put_uint(entry, id::TRACK_NUMBER, number.into());
    // Ids only have to differ within the file; random ones would make the same recording two different files.
    ebml::put_uint(entry, id::TRACK_UID, number.into());
    ebml::put_uint(entry, id::TRACK_TYPE, kind);
    ebml::put_uint(entry, id::FLAG_LACING, 0);
    ebml::put_bytes(entry, id::LANGUAGE, b"und");
    ebml::put_bytes(entry, id::CODEC_ID, codec_id.as_bytes());
}

/// The identification header of RFC 7845, section 5.1, for one or two channels.
fn opus_head(audio: &AudioFormat) -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    head.push(audio.channels as u8);
    head.extend_from_slice(&audio.pre_skip.to_le_bytes());
    head.extend_from_slice(&audio.rate.to_le_bytes());
    head.extend_from_slice(&[0, 0, 0]);
    head
}

/// A TrackEntry, half understood.
#[derive(Default)]
struct Entry {
    number: u8,
    kind: u64,
    codec_id: Vec<u8>,
    private: Vec<u8>,
    default_duration: u64,
    width: u32,
    height: u32,
    channels: u16,
}

impl Entry {
    fn read(body: &[u8]) -> Result<Entry, Fault> {
        let mut entry = Entry { channels: 1, ..Entry::default() };
        let mut elements = Elements::new(body);
        for (element, body) in elements.by_ref() {
            match element {
                id::TRACK_NUMBER => entry.number = narrow(body)?,
                id::TRACK_TYPE => entry.kind = ebml::uint(body),
                id::CODEC_ID => entry.codec_id = ebml::text(body).to_vec(),
                id::CODEC_PRIVATE => entry.private = body.to_vec(),
                id::DEFAULT_DURATION => entry.default_duration = ebml::uint(body),
                // Compressed or encrypted blocks: nothing in a browser plays them.
                id::CONTENT_ENCODINGS => return Err(Fault::Tracks),
                id::VIDEO => {
                    for (element, body) in Elements::new(body) {
                        match element {
                            id::PIXEL_WIDTH => entry.width = narrow(body)?,
                            id::PIXEL_HEIGHT => entry.height = narrow(body)?,
                            _ => {}
                        }
                    }
                }
                id::AUDIO => {
                    for (element, body) in Elements::new(body) {
                        if element == id::CHANNELS {
                            entry.channels = narrow(body)?;
                        }
                    }
                }
                _ => {}
            }
        }
        // A block names its track in one byte, marker bit included.
        if elements.broken || !(1..=126).contains(&entry.number) {
            return Err(Fault::Tracks);
        }
        Ok(entry)
    }

    fn video(self) -> Result<VideoFormat, Fault> {
        let codec = match &self.codec_id[..] {
            b"V_VP9" => Codec::Vp9,
            b"V_AV1" => Codec::Av1,
            b"V_VP8" => Codec::Vp8,
            _ => return Err(Fault::Codec),
        };
        if self.width == 0 || self.height == 0 {
            return Err(Fault::Tracks);
        }
        let fps = 1_000_000_000u64.checked_div(self.default_duration).unwrap_or(0);
        let fps = u32::try_from(fps).unwrap_or(0);
        Ok(VideoFormat { codec, width: self.width, height: self.height, fps, setup: self.private })
    }

    fn audio(self) -> Result<AudioFormat, Fault> {
        if self.codec_id != b"A_OPUS" {
            return Err(Fault::Codec);
        }
        let head =
            self.private.strip_prefix(b"OpusHead").filter(|head| head.len() >= 11).ok_or(Fault::Tracks)?;
        Ok(AudioFormat {
            codec: Codec::Opus,
            rate: u32::from_le_bytes([head[4], head[5], head[6], head[7]]),
            channels: self.channels,
            pre_skip: u16::from_le_bytes([head[2], head[3]]),
        })
    }
}

fn narrow<T: TryFrom<u64>>(body: &[u8]) -> Result<T, Fault> {
    T::try_from(ebml::uint(body)).map_err(|_| Fault::Tracks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let video =
            VideoFormat { codec: Codec::Av1, width: 1920, height: 1080, fps: 0, setup: vec![0x81, 8, 12, 0] };
        let audio = AudioFormat { codec: Codec::Opus, rate: 44_100, channels: 2, pre_skip: 312 };
        let body = write(&video, Some(&audio)).unwrap();
        let tracks = Tracks::read(&body).unwrap();
        assert_eq!((tracks.video.clone(), tracks.audio.clone()), (video, Some(audio)));
        assert_eq!(tracks.track(1), Some(Track::Video));
        assert_eq!(tracks.track(2), Some(Track::Audio));
        assert_eq!(tracks.track(3), None);
    }

    #[test]
    fn a_codec_in_the_wrong_track_is_named() {
        let video = VideoFormat { codec: Codec::Opus, width: 2, height: 2, fps: 0, setup: vec![] };
        assert_eq!(write(&video, None), Err(Codec::Opus));
    }
}
