//! A disk that runs full while it is recorded, on a small disk of the test's own.
//!
//! The disk is a tmpfs in a mount namespace that ends with the recorder. Where the system grants no namespace, the test
//! says so and does nothing.

use std::process::Stdio;

use crate::desk::Desk;
use crate::headless::{binary, command};
use crate::support::{Painted, pictures, probed_seconds};

/// Records on a disk of 80 MB, waits for the warning, then puts a file of so many bytes beside the clip.
const SCRIPT: &str = r#"
set -e
mount -t tmpfs -o size=80m none "$1"
"$2" record --json --out "$1/clip.webm" > "$4.said" 2> "$4.told" &
recorder=$!
until grep -q disk_low "$4.said"; do kill -0 $recorder; done
head -c "$3" /dev/zero > "$1/filler" 2> /dev/null || true
code=0; wait $recorder || code=$?
cp "$1/clip.webm" "$4"
cat "$4.said" "$4.told"
exit $code
"#;

#[test]
fn a_disk_that_runs_full_ends_the_recording_with_a_word_and_a_playable_clip() {
    let namespaces =
        std::process::Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if !namespaces.is_ok_and(|status| status.success()) {
        eprintln!("this system grants no mount namespace: nothing is tested");
        return;
    }
    let desk = Desk::start(320, 240);
    let painted = Painted::new(&desk, 320, 240);
    for (left, filler) in [("too little is left", "40m"), ("nothing is left", "100m")] {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.webm");
        let disk = folder.path().join("disk");
        std::fs::create_dir(&disk).unwrap();
        let mut unshare = std::process::Command::new("unshare");
        unshare.args(["-rm", "sh", "-c", SCRIPT, "sh"]).arg(&disk).arg(binary()).arg(filler).arg(&out);
        // The recorder's surroundings, as for every other test.
        for (name, value) in command(&desk).get_envs() {
            match value {
                Some(value) => unshare.env(name, value),
                None => unshare.env_remove(name),
            };
        }
        let mut child = unshare.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut colour = 0u32;
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while child.try_wait().unwrap().is_none() {
            assert!(std::time::Instant::now() < deadline, "{left}: the recorder goes on");
            colour = colour.wrapping_add(0x10_2030) & 0xff_ffff;
            painted.show(colour);
            std::thread::park_timeout(std::time::Duration::from_millis(30));
        }
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let log = format!("{left}: {said}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(!output.status.success(), "{log}");
        assert!(said.contains(r#""event":"failed","message":"the disk is full"#), "{log}");
        assert!(said.contains("Free some space"), "it says what to do: {log}");
        let seconds = probed_seconds(&out);
        // The first second, which was whole on the disk before that was full.
        assert!(seconds > 0.9, "{log}");
        assert!(pictures(&out).len() as f64 > seconds * 3.0, "{log}");
    }
}
