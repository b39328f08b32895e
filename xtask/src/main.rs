//! Build, test, bench, run: the one task runner.

fn main() {}
