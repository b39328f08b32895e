//! Screens, windows, regions, cursor, damage and microphone of the operating system.
