//! The desktop app's windows: tray, hotkeys, overlay, deep links, notifications.

fn main() {}
