//! Installs the packages and uses them, on a copy of this machine that is thrown away: its files are laid over the real
//! ones and go with it (an overlay), its network is a loopback of its own, its processes end with it.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use super::{Kind, pack};
use crate::{shell, workspace};

/// What is done inside.
const SCRIPT: &str = include_str!("../../dist/trial.sh");

/// Makes the copy, in namespaces of its own, and goes into it. `$1` is the folder of the trial.
const ENTER: &str = r#"
set -eu
mkdir -p "$1/changed" "$1/work" "$1/root"
mount -t tmpfs -o mode=755 tmpfs "$1/work"
mkdir "$1/work/upper" "$1/work/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/work/upper,workdir=$1/work/work" "$1/root"
for folder in run tmp var/tmp packages; do
  mkdir -p "$1/root/$folder"
  mount -t tmpfs -o mode=1777 tmpfs "$1/root/$folder"
done
mount -t proc proc "$1/root/proc"
mount --rbind /dev "$1/root/dev"
cp "$1"/packages/* "$1/root/packages/"
ip link set lo up
exec chroot "$1/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin:"$2" HOME=/root LC_ALL=C.UTF-8 \
  DEBIAN_FRONTEND=noninteractive sh /packages/trial.sh
"#;

/// Why it can't be tried here, if so.
pub fn obstacle() -> Option<&'static str> {
    // SAFETY: a system call without arguments that cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        return Some("packages are installed by root only: run it as root, or leave it to CI");
    }
    let tools = ["unshare", "ip", "dpkg-deb", "dpkg-shlibdeps", "systemd-analyze", "desktop-file-validate"];
    if tools.iter().any(|tool| shell::find(tool).is_none()) {
        return Some("a tool is missing: `cargo xtask setup` installs it");
    }
    if !shell::succeeds(Command::new("unshare").args(["--mount", "--net", "--pid", "--fork", "true"])) {
        return Some("this machine lets nobody make namespaces");
    }
    None
}

/// Packs the debug binaries, installs them and uses them.
pub fn trial() -> Result<()> {
    let folder = workspace::target().join("dist-trial");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let packages = folder.join("packages");
    pack(Kind::Trial, &packages)?;
    fs::write(packages.join("trial.sh"), SCRIPT)?;
    let done = enter(&folder);
    fs::remove_dir_all(&folder)?;
    done
}

fn enter(folder: &Path) -> Result<()> {
    // Node may be installed where no package put it.
    let node = shell::find("node").and_then(|node| Some(node.parent()?.to_path_buf())).unwrap_or_default();
    let status = Command::new("unshare")
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child", "--propagation", "private"])
        .args(["sh", "-c", ENTER, "trial"])
        .arg(folder)
        .arg(node)
        .stdin(std::process::Stdio::null())
        .status()?;
    if !status.success() {
        bail!("the packages failed their trial: {status}");
    }
    Ok(())
}
