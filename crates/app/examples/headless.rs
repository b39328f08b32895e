//! The capture commands without the app around them, for tests and benches: `headless record --out clip.webm`.

fn main() -> std::process::ExitCode {
    deskside_app::cli::run(std::env::args_os())
}
