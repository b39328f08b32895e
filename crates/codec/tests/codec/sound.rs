//! Opus: what is heard comes back, at the right moment.

use deskside_codec::{AudioEncoder, CodecError, OpusDecoder, OpusEncoder, PACKET_SAMPLES, SOUND_RATE};
use deskside_frame::{Pcm, Time};

#[test]
fn a_click_is_heard_where_the_pre_skip_says() {
    for channels in [1u16, 2] {
        let mut encoder = OpusEncoder::new(channels).unwrap();
        let mut decoder = OpusDecoder::new(channels).unwrap();
        let format = encoder.format();
        assert_eq!((format.rate, format.channels), (48_000, channels));
        let click_at = 10 * PACKET_SAMPLES + 400;
        let mut heard = Vec::new();
        for packet in 0..20 {
            let samples = (0..PACKET_SAMPLES)
                .flat_map(|i| {
                    let at = packet * PACKET_SAMPLES + i;
                    let loud = (click_at..click_at + 96).contains(&at);
                    let value = if loud { (at as f32 * 0.4).sin() * 0.8 } else { 0.0 };
                    std::iter::repeat_n(value, usize::from(channels))
                })
                .collect();
            let time = Time::from_samples((packet * PACKET_SAMPLES) as u64, SOUND_RATE);
            let block = Pcm { time, rate: SOUND_RATE, channels, samples };
            let encoded = encoder.encode(&block).unwrap();
            assert_eq!(encoded.time, time);
            heard.extend(decoder.decode(&encoded.bytes).unwrap().into_iter().step_by(channels.into()));
        }
        let heard = &heard[usize::from(format.pre_skip)..];
        let first_loud = heard.iter().position(|sample| sample.abs() > 0.2).expect("the click is heard");
        let late = first_loud as i64 - click_at as i64;
        assert!(late.abs() < 240, "the click is {late} samples off with {channels} channel(s)");
    }
}

#[test]
fn a_block_of_another_length_is_refused() {
    let mut encoder = OpusEncoder::new(1).unwrap();
    let block = Pcm { time: Time::ZERO, rate: SOUND_RATE, channels: 1, samples: vec![0.0; 100] };
    assert!(matches!(encoder.encode(&block), Err(CodecError::Packet { expected: 960, got: 100 })));
}
