//! Pictures and sound in flight: raw and encoded frames with their times.
