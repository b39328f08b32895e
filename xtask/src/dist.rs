//! `dist`: a Debian package and a tarball of each binary, in `dist/` of the build folder, with their checksums.
//!
//! The files are laid out here and packed by `dpkg-deb`, so what a package brings can be read in one place.
//! What it depends on is asked of the binary itself (`dpkg-shlibdeps`), never kept by hand. The server's packages carry
//! the app's, so that what it offers at /download is of its own version.

mod notices;
mod trial;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::{shell, ui, workspace};

#[derive(Args)]
pub struct Options {
    /// Pack the release binaries that are already built.
    #[arg(long)]
    no_build: bool,
}

pub use trial::{obstacle, trial};

/// How it is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The release binaries, as small as can be.
    Release,
    /// The debug binaries, as fast as can be: to try the packages, never to hand them out.
    Trial,
}

/// A file of a package: where it goes, what is in it, whether it is a program.
struct Entry {
    to: String,
    from: Source,
    mode: u32,
}

enum Source {
    Text(&'static str),
    File(PathBuf),
}

struct Product {
    name: &'static str,
    summary: &'static str,
    description: &'static str,
    recommends: &'static str,
    needs: &'static str,
    files: Vec<Entry>,
    /// The maintainer scripts and other files of the package's control part.
    control: &'static [(&'static str, &'static str, u32)],
}

/// The task.
pub fn dist(options: &Options) -> Result<()> {
    for tool in ["dpkg-deb", "dpkg-shlibdeps", "strip", "tar", "sha256sum"] {
        if shell::find(tool).is_none() {
            bail!("{tool} is missing: packages are made on Debian or Ubuntu, with build-essential installed");
        }
    }
    if !options.no_build {
        ui::build(shell::run)?;
        shell::run(&mut workspace::build_binaries(true)?)?;
    }
    let folder = workspace::target().join("dist");
    pack(Kind::Release, &folder)?;
    checksums(&folder)
}

/// Packs what is built into `folder`, which is emptied first.
fn pack(kind: Kind, folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    pack_product(kind, &app(kind), folder)?;
    pack_product(kind, &server(kind, folder)?, folder)?;
    Ok(fs::remove_dir_all(folder.join("stage"))?)
}

fn pack_product(kind: Kind, product: &Product, folder: &Path) -> Result<()> {
    // dpkg-shlibdeps wants to find a program where a source package would have put it.
    let stage = folder.join("stage").join(product.name).join("debian").join(product.name);
    lay_out(product, &stage)?;
    let papers = stage.join("usr/share/doc").join(product.name);
    write(&papers.join("third-party.txt"), &notices::notices(product.name)?, 0o644)?;
    tarball(kind, product, &stage, folder)?;
    debian_package(kind, product, &stage, folder)
}

/// The server, with the app's packages that lie in `folder`.
fn server(kind: Kind, folder: &Path) -> Result<Product> {
    let mut files = binary_and_papers("desksided", kind);
    for entry in fs::read_dir(folder)? {
        let from = entry?.path();
        if let (true, Some(name)) = (from.is_file(), from.file_name().and_then(|name| name.to_str())) {
            files.push(file(&format!("usr/share/desksided/downloads/{name}"), from.clone()));
        }
    }
    files.push(text("usr/lib/systemd/system/desksided.service", include_str!("../dist/desksided.service")));
    files.push(text("etc/default/desksided", include_str!("../dist/desksided.default")));
    Ok(Product {
        name: "desksided",
        summary: "Deskside server: help at the side of every desk",
        description: "Keeps the requests, answers and clips of a team and serves them to the desktop app and to\n \
                      browsers. One program, its own storage, no other service needed.",
        recommends: "",
        needs: "adduser",
        files,
        control: &[
            ("conffiles", "/etc/default/desksided\n", 0o644),
            ("postinst", include_str!("../dist/desksided.postinst"), 0o755),
            ("prerm", include_str!("../dist/desksided.prerm"), 0o755),
            ("postrm", include_str!("../dist/desksided.postrm"), 0o755),
        ],
    })
}

fn app(kind: Kind) -> Product {
    let mut files = binary_and_papers("deskside", kind);
    files.push(text("usr/share/applications/deskside.desktop", include_str!("../dist/deskside.desktop")));
    files
        .push(text("etc/xdg/autostart/deskside.desktop", include_str!("../dist/deskside-autostart.desktop")));
    let icons = workspace::root().join("icons");
    for size in [32, 128, 256, 512] {
        let to = format!("usr/share/icons/hicolor/{size}x{size}/apps/deskside.png");
        files.push(file(&to, icons.join(format!("{size}x{size}.png"))));
    }
    files.push(file("usr/share/icons/hicolor/scalable/apps/deskside.svg", icons.join("deskside.svg")));
    Product {
        name: "deskside",
        summary: "Deskside: ask, show the screen, go on working",
        description: "Ask a colleague for help by one key and one line, with a screenshot or a clip, and go on working.\n \
                      Answer in the thread or jump into a call.",
        // Clips are VP9 and Opus in WebM, which base and good play; the others open what colleagues attach.
        recommends: "gstreamer1.0-plugins-base, gstreamer1.0-plugins-good, gstreamer1.0-plugins-bad, gstreamer1.0-libav",
        // Card numbers in screenshots are looked for by it; a picture should not leave unlooked at for want of a package.
        needs: "tesseract-ocr",
        files,
        control: &[("conffiles", "/etc/xdg/autostart/deskside.desktop\n", 0o644)],
    }
}

fn binary_and_papers(name: &str, kind: Kind) -> Vec<Entry> {
    let root = workspace::root();
    let mut files = vec![
        file(&format!("usr/bin/{name}"), workspace::binary(name, kind == Kind::Release)),
        file(&format!("usr/share/doc/{name}/copyright"), root.join("LICENSE")),
        file(&format!("usr/share/doc/{name}/README.md"), root.join("README.md")),
        file(&format!("usr/share/doc/{name}/changelog"), root.join("CHANGELOG.md")),
    ];
    files[0].mode = 0o755;
    files
}

fn text(to: &str, text: &'static str) -> Entry {
    Entry { to: to.to_owned(), from: Source::Text(text), mode: 0o644 }
}

fn file(to: &str, from: PathBuf) -> Entry {
    Entry { to: to.to_owned(), from: Source::File(from), mode: 0o644 }
}

fn lay_out(product: &Product, stage: &Path) -> Result<()> {
    for entry in &product.files {
        let to = stage.join(&entry.to);
        write(&to, "", entry.mode)?;
        match &entry.from {
            Source::Text(text) => fs::write(&to, text)?,
            Source::File(from) => {
                fs::copy(from, &to).with_context(|| format!("packing {}", from.display()))?;
            }
        }
        fs::set_permissions(&to, fs::Permissions::from_mode(entry.mode))?;
    }
    // Names of functions stay, for the traces people send; the line tables are three quarters of the file.
    shell::run(Command::new("strip").arg("--strip-debug").arg(stage.join("usr/bin").join(product.name)))
}

fn tarball(kind: Kind, product: &Product, stage: &Path, folder: &Path) -> Result<()> {
    let name = format!("{}-{}-{}-linux", product.name, workspace::version(), std::env::consts::ARCH);
    shell::run(
        Command::new("tar")
            .args(["--create", "--sort=name", "--owner=0", "--group=0", "--numeric-owner"])
            .arg(if kind == Kind::Release {
                "--use-compress-program=gzip -9"
            } else {
                "--use-compress-program=gzip -1"
            })
            .arg(format!("--transform=s,^\\.,{name},"))
            .arg("--file")
            .arg(folder.join(format!("{name}.tar.gz")))
            .arg("--directory")
            .arg(stage)
            .arg("."),
    )
}

fn debian_package(kind: Kind, product: &Product, stage: &Path, folder: &Path) -> Result<()> {
    let architecture = shell::output(Command::new("dpkg").arg("--print-architecture"))?;
    let debian = stage.join("DEBIAN");
    fs::create_dir_all(&debian)?;
    let libraries = libraries(product, &folder.join("stage").join(product.name))?;
    let depends = [product.needs, &libraries]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(", ");
    let mut control = format!(
        "Package: {}\nVersion: {}\nArchitecture: {}\nMaintainer: The Deskside authors <deskside@localhost>\n\
         Section: misc\nPriority: optional\nDepends: {depends}\n",
        product.name,
        workspace::version(),
        architecture.trim(),
    );
    if !product.recommends.is_empty() {
        control.push_str(&format!("Recommends: {}\n", product.recommends));
    }
    control.push_str(&format!("Description: {}\n {}\n", product.summary, product.description));
    write(&debian.join("control"), &control, 0o644)?;
    for (name, text, mode) in product.control {
        write(&debian.join(name), text, *mode)?;
    }
    let mut build = Command::new("dpkg-deb");
    build.args(["--root-owner-group", if kind == Kind::Release { "-Zxz" } else { "-Znone" }, "--build"]);
    shell::run(build.arg(stage).arg(folder))
}

/// The packages of the shared libraries that the program is linked with, with their oldest good versions.
fn libraries(product: &Product, source: &Path) -> Result<String> {
    let description = format!("Source: {0}\n\nPackage: {0}\nArchitecture: any\n", product.name);
    write(&source.join("debian/control"), &description, 0o644)?;
    let program = format!("debian/{0}/usr/bin/{0}", product.name);
    let text = shell::output(Command::new("dpkg-shlibdeps").current_dir(source).arg("-O").arg(program))?;
    let depends = text.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    depends.map(str::to_owned).with_context(|| format!("dpkg-shlibdeps printed no dependencies: {text:?}"))
}

fn checksums(folder: &Path) -> Result<()> {
    let mut names: Vec<_> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<_>>()?;
    names.sort();
    let sums = shell::output(Command::new("sha256sum").current_dir(folder).args(&names))?;
    fs::write(folder.join("SHA256SUMS"), &sums)?;
    for name in names {
        let path = folder.join(name);
        println!("{:>10} bytes  {}", fs::metadata(&path)?.len(), path.display());
    }
    Ok(())
}

fn write(path: &Path, text: &str, mode: u32) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))?;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}
