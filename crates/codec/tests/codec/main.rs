//! The real libraries, on pictures and sounds whose answer is known.

mod conversion;
mod sound;
mod vp9;
