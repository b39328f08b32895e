//! The server binary: reads configuration, assembles the parts in one function, serves.

fn main() {}
