//! A clip's copy in VP9, for those whose player can't decode it as it was recorded. It is made once, beside the clip's
//! bytes and under their name, so that it goes with them: cut, deleted, expired.
//!
//! What decodes is a C library fed with what strangers upload, so it never runs in here (docs/decisions/0022): another
//! process is given the clip through a pipe and gives the copy through another. What comes out is believed no more than
//! what anybody uploads: it is looked through as every clip is, and is as long as the clip, or there is none.

use std::{
    pin::pin,
    process::Stdio,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use deskside_clip::Scan;
use deskside_domain::{
    Key,
    clip::{Clip, Conversion},
    command::System,
    id::ClipId,
};
use deskside_frame::Codec;
use deskside_ports::{Blobs, bus::Hint};
use deskside_protocol::{Mirror, feed::FromServer};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, ChildStdin, ChildStdout, Command},
};

use super::{
    clip::{Prefix, begin, prefix},
    tus::KEEP_FREE,
};
use crate::{
    decisions::{CONVERTED, PREFIX, erase_converted},
    parts::Shared,
};

/// Bytes read and written at once.
const PIECE: usize = 1024 * 1024;
/// A process that gives nothing for so long is stuck: each second of a clip is given when it is done.
const STUCK: Duration = Duration::from_secs(300);
/// A process that has given everything ends at once.
const ENDING: Duration = Duration::from_secs(10);
/// How often whoever waits is told how long it will take.
const TELL: Duration = Duration::from_secs(1);
/// Seconds that a megapixel takes for each second of its clip, until this server has measured it: less than a film takes,
/// more than a desk on which somebody types.
const PACE: f64 = 0.3;
/// The copy may be this much shorter or longer than the clip.
const OFF: Duration = Duration::from_secs(2);

/// Makes the copy if the clip's row asks for it.
pub(super) async fn run(server: Shared, clip: ClipId, place: Place) -> anyhow::Result<()> {
    let state = server.parts.store.row(&Key::Clip(clip)).await?;
    let Ok(row) = state.clip(clip) else { return Ok(()) };
    if row.conversion != Conversion::Asked || !row.cutting.is_empty() || row.is_gone() {
        return Ok(());
    }
    let blobs = &*server.parts.blobs;
    // What a crash left of an earlier try.
    erase_converted(blobs, &row.bytes_name()).await?;
    let made = tokio::select! {
        made = make(&server, row, &place) => made,
        // It is made anew when the server is there again.
        () = server.watch.stop.cancelled() => return Ok(()),
    };
    let worked = match made {
        Ok(Ok(())) => true,
        Ok(Err(why)) => {
            tracing::warn!(%clip, why = format!("{why:#}"), "a clip can't be converted");
            erase_converted(blobs, &row.bytes_name()).await?;
            false
        }
        Err(error) => {
            // A full disk gets its room back.
            erase_converted(blobs, &row.bytes_name()).await?;
            // It was deleted or cut meanwhile: there is nothing left to be converted.
            let state = server.parts.store.row(&Key::Clip(clip)).await?;
            let is_same = |now: &Clip| now.version == row.version && now.conversion == Conversion::Asked;
            return if state.clip(clip).is_ok_and(is_same) { Err(error) } else { Ok(()) };
        }
    };
    let done = System::ClipConverted { clip, version: row.version, worked };
    server.decisions.system(done).await.map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
    Ok(())
}

/// Why there is no copy, now or later: the clip is at fault, or what converts it.
type Unconvertible = anyhow::Error;

/// Writes the copy. The outer error may pass, the inner one stays.
async fn make(server: &Shared, row: &Clip, place: &Place) -> anyhow::Result<Result<(), Unconvertible>> {
    let Some(prefix) = prefix(&*server.parts.blobs, &row.bytes_name()).await? else {
        return Ok(Err(anyhow::anyhow!("it was never finished")));
    };
    let Some(program) = &server.parts.settings.converter else {
        return Ok(Err(anyhow::anyhow!("this server has nothing that converts")));
    };
    let free = server.parts.blobs.free().await?;
    ensure!(free >= KEEP_FREE.saturating_add(row.bytes), "the disk has only {free} bytes left");
    place.begin(server);
    let seconds = (60.0 + 3.0 * work_of(row)).min(6.0 * 3_600.0);
    let mut child = Command::new(program)
        .arg("convert")
        .args(["--length-ms", &row.duration_ms.to_string()])
        .args(["--cpu-seconds", &format!("{seconds:.0}")])
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("starting {}", program.display()))?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        anyhow::bail!("a process without pipes");
    };
    let mut copy = Copy::create(server, row).await?;
    let taken = {
        let mut feeding = pin!(feed(server, row, prefix.layout.cut, stdin));
        let mut taking = pin!(copy.take(server, row, stdout, place));
        let mut is_fed = false;
        loop {
            tokio::select! {
                fed = &mut feeding, if !is_fed => {
                    fed?;
                    is_fed = true;
                }
                taken = &mut taking => break taken?,
            }
        }
    };
    if taken.is_err() {
        child.start_kill()?;
    }
    let ended = said(child).await?;
    if let Err(why) = taken.and(ended) {
        return Ok(Err(why));
    }
    copy.finish(server, row).await
}

/// Gives the clip's bytes, up to its last whole cluster.
async fn feed(server: &Shared, row: &Clip, end: u64, mut stdin: ChildStdin) -> anyhow::Result<()> {
    let mut at = 0;
    while at < end {
        let piece = server.parts.blobs.read(&row.bytes_name(), at, end.min(at + PIECE as u64)).await?;
        ensure!(!piece.is_empty(), "bytes that were promised are not there");
        // It has ended; why, it says itself.
        if stdin.write_all(&piece).await.is_err() {
            return Ok(());
        }
        at += piece.len() as u64;
    }
    Ok(())
}

/// How the process ended, in its own words if it failed.
async fn said(mut child: Child) -> anyhow::Result<Result<(), Unconvertible>> {
    let mut words = String::new();
    let ending = async {
        if let Some(stderr) = child.stderr.take() {
            // Words that are no text are no reason to fail.
            let _ = stderr.take(2_000).read_to_string(&mut words).await;
        }
        child.wait().await
    };
    let Ok(status) = tokio::time::timeout(ENDING, ending).await else {
        return Ok(Err(anyhow::anyhow!("it did not end")));
    };
    let status = status?;
    Ok(if status.success() { Ok(()) } else { Err(anyhow::anyhow!("{status}: {}", words.trim())) })
}

/// The copy as it grows.
struct Copy {
    name: String,
    token: u64,
    offset: u64,
    scan: Scan,
}

impl Copy {
    async fn create(server: &Shared, row: &Clip) -> anyhow::Result<Self> {
        let name = format!("{}{CONVERTED}", row.bytes_name());
        let token = begin(&*server.parts.blobs, &name, row, server.now()).await?;
        Ok(Self { name, token, offset: 0, scan: Scan::new() })
    }

    /// Keeps what the process gives, to its end.
    async fn take(
        &mut self,
        server: &Shared,
        row: &Clip,
        mut stdout: ChildStdout,
        place: &Place,
    ) -> anyhow::Result<Result<(), Unconvertible>> {
        // More than the encoder would ever spend.
        let most = 16 * PIECE as u64 + (work_of(row).max(seconds_of(row)) * 1e6) as u64;
        let mut waiting = Vec::with_capacity(PIECE);
        let mut told = tokio::time::interval(TELL);
        let mut heard = Instant::now();
        loop {
            let got = tokio::select! {
                got = stdout.read_buf(&mut waiting) => got?,
                _ = told.tick() => {
                    let done = self.scan.kept().as_duration().as_secs_f64() / seconds_of(row).max(0.001);
                    place.tell(server, done);
                    if heard.elapsed() > STUCK {
                        return Ok(Err(anyhow::anyhow!("it gave nothing for {STUCK:?}")));
                    }
                    continue;
                }
            };
            heard = Instant::now();
            if waiting.len() >= PIECE || got == 0 {
                self.scan.push(&waiting);
                if let Some(fault) = self.scan.fault() {
                    return Ok(Err(anyhow::anyhow!("what it gave is no clip: {fault}")));
                }
                let now = server.now();
                self.offset =
                    server.parts.blobs.append(&self.name, self.token, self.offset, &waiting, now).await?;
                waiting.clear();
                if self.offset > most {
                    return Ok(Err(anyhow::anyhow!("it gave more than {most} bytes")));
                }
                let free = server.parts.blobs.free().await?;
                ensure!(free >= KEEP_FREE, "the disk has only {free} bytes left");
            }
            if got == 0 {
                return Ok(Ok(()));
            }
        }
    }

    /// Makes it a clip that can be served, if it is one.
    async fn finish(self, server: &Shared, row: &Clip) -> anyhow::Result<Result<(), Unconvertible>> {
        let finished = match self.scan.finish() {
            Ok(finished) => finished,
            Err(unplayable) => return Ok(Err(unplayable.into())),
        };
        let wanted = Duration::from_millis(row.duration_ms.into());
        if finished.tracks.video.codec != Codec::Vp9 || finished.duration.abs_diff(wanted) > OFF {
            let (codec, length) = (finished.tracks.video.codec, finished.duration);
            return Ok(Err(anyhow::anyhow!("it gave {length:?} of {codec:?} for {wanted:?}")));
        }
        let blobs: &dyn Blobs = &*server.parts.blobs;
        blobs.put(&format!("{}{PREFIX}", self.name), Prefix::pack(finished, self.offset)).await?;
        blobs.set_length(&self.name, self.offset).await?;
        blobs.close(&self.name).await?;
        Ok(Ok(()))
    }
}

fn seconds_of(row: &Clip) -> f64 {
    f64::from(row.duration_ms) / 1e3
}

/// Megapixels times seconds.
fn work_of(row: &Clip) -> f64 {
    f64::from(row.width) * f64::from(row.height) / 1e6 * seconds_of(row)
}

/// Who waits for a copy, in order: the first is being made.
#[derive(Default)]
pub(crate) struct Line(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    jobs: Vec<Job>,
    /// What [`PACE`] is here.
    pace: Option<f64>,
}

struct Job {
    clip: ClipId,
    work: f64,
    /// 0 to 1.
    done: f64,
    begun: Option<Instant>,
}

impl Line {
    /// Joins its end.
    pub(super) fn join(server: &Shared, row: &Clip) -> Place {
        let job = Job { clip: row.id, work: work_of(row), done: 0.0, begun: None };
        server.watch.line.lock().jobs.push(job);
        tell_all(server);
        Place { server: server.clone(), clip: row.id }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    /// Seconds that are left: as it goes, once it has gone far enough to tell.
    fn left(&self, pace: f64) -> f64 {
        let took = self.begun.map_or(0.0, |begun| begun.elapsed().as_secs_f64());
        if took > 2.0 && self.done > 0.02 {
            took * (1.0 - self.done) / self.done
        } else {
            self.work * pace * (1.0 - self.done)
        }
    }
}

impl Waiting {
    /// For each: its clip, how many are before it, how far it is, and how many seconds all of it takes.
    fn outlook(&self) -> Vec<(ClipId, u32, u16, u32)> {
        let pace = self.pace.unwrap_or(PACE);
        let mut seconds = 0.0;
        let told = (0..).zip(&self.jobs).map(|(ahead, job)| {
            seconds += job.left(pace);
            (job.clip, ahead, (job.done * 1e3) as u16, (seconds.ceil() as u32).max(1))
        });
        told.collect()
    }
}

/// One's place in the line; left when it is dropped.
pub(super) struct Place {
    server: Shared,
    clip: ClipId,
}

impl Place {
    fn begin(&self, server: &Shared) {
        self.change(server, |job| job.begun = Some(Instant::now()));
        tell_all(server);
    }

    fn tell(&self, server: &Shared, done: f64) {
        self.change(server, |job| job.done = done.clamp(0.0, 1.0));
        tell_all(server);
    }

    fn change(&self, server: &Shared, change: impl FnOnce(&mut Job)) {
        if let Some(job) = server.watch.line.lock().jobs.iter_mut().find(|job| job.clip == self.clip) {
            change(job);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut waiting = self.server.watch.line.lock();
        let Some(at) = waiting.jobs.iter().position(|job| job.clip == self.clip) else { return };
        let job = waiting.jobs.remove(at);
        // Half of what was believed before stays: no two desks are alike.
        if let Some(begun) = job.begun
            && job.done > 0.5
        {
            let measured = begun.elapsed().as_secs_f64() / (job.work * job.done).max(0.001);
            waiting.pace = Some(waiting.pace.unwrap_or(PACE).midpoint(measured));
        }
    }
}

fn tell_all(server: &Shared) {
    let outlook = server.watch.line.lock().outlook();
    for (clip, ahead, permille, seconds) in outlook {
        let clip = Mirror::from_domain(clip);
        server.parts.bus.say(Hint::Fleeting(FromServer::ClipConverts { clip, ahead, permille, seconds }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(n: u128, work: f64) -> Job {
        Job { clip: ClipId(uuid::Uuid::from_u128(n)), work, done: 0.0, begun: None }
    }

    #[test]
    fn who_waits_is_told_of_all_that_is_before_them() {
        let jobs = vec![job(1, 100.0), job(2, 50.0)];
        let mut line = Waiting { jobs, pace: Some(0.2) };
        let told: Vec<_> = line.outlook().iter().map(|told| (told.1, told.2, told.3)).collect();
        assert_eq!(told, [(0, 0, 20), (1, 0, 30)]);
        // Half of it took a minute: it is slower than was thought.
        line.jobs[0].begun = Instant::now().checked_sub(Duration::from_secs(60));
        line.jobs[0].done = 0.5;
        let told: Vec<_> = line.outlook().iter().map(|told| (told.1, told.2, told.3)).collect();
        assert_eq!(told, [(0, 500, 61), (1, 0, 71)]);
    }
}
