//! A proxy that cuts connections after a random number of bytes, in either direction, from a seed that replays.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// A proxy in front of a server.
pub struct CuttingProxy {
    /// Where it listens.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    cutting: AtomicBool,
    cuts: AtomicU64,
    chance: Mutex<u64>,
    /// Bytes a connection lives for: from, up to.
    life: (u64, u64),
}

impl Shared {
    /// xorshift64*: enough chance for cutting, and the same one for the same seed.
    fn next(&self) -> u64 {
        let mut state = self.chance.lock().expect("no panic under this lock");
        *state ^= *state >> 12;
        *state ^= *state << 25;
        *state ^= *state >> 27;
        state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn life(&self) -> u64 {
        if self.cutting.load(Ordering::Relaxed) {
            self.life.0 + self.next() % (self.life.1 - self.life.0)
        } else {
            u64::MAX
        }
    }
}

impl CuttingProxy {
    /// Begins to carry connections to `server`, each for a number of bytes within `life`.
    pub async fn start(server: SocketAddr, seed: u64, life: (u64, u64)) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            cutting: AtomicBool::new(false),
            cuts: AtomicU64::new(0),
            chance: Mutex::new(seed | 1),
            life,
        });
        let carrying = shared.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, server, carrying.clone()));
            }
        });
        Ok(Self { address, shared, task: task.abort_handle() })
    }

    /// Cuts from now on, or no longer.
    pub fn cut(&self, cutting: bool) {
        self.shared.cutting.store(cutting, Ordering::Relaxed);
    }

    /// How often it cut.
    pub fn cuts(&self) -> u64 {
        self.shared.cuts.load(Ordering::Relaxed)
    }
}

impl Drop for CuttingProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut near: TcpStream, server: SocketAddr, shared: Arc<Shared>) {
    let Ok(mut far) = TcpStream::connect(server).await else { return };
    let (mut up, mut down) = (shared.life(), shared.life());
    let (mut from_near, mut from_far) = (vec![0; 16 << 10], vec![0; 16 << 10]);
    loop {
        let (read, to, left, buffer) = tokio::select! {
            read = near.read(&mut from_near) => (read, &mut far, &mut up, &from_near),
            read = far.read(&mut from_far) => (read, &mut near, &mut down, &from_far),
        };
        let Ok(read) = read else { return };
        if read == 0 {
            return;
        }
        // Opened before the cutting began, or alive when it ended.
        if (*left > u64::MAX / 2) == shared.cutting.load(Ordering::Relaxed) {
            *left = shared.life();
        }
        let pass = usize::try_from(*left).unwrap_or(usize::MAX).min(read);
        if to.write_all(&buffer[..pass]).await.is_err() {
            return;
        }
        *left -= pass as u64;
        if *left == 0 {
            shared.cuts.fetch_add(1, Ordering::Relaxed);
            // Reset rather than closed: nobody gets a polite end.
            let _ = near.set_zero_linger();
            let _ = far.set_zero_linger();
            return;
        }
    }
}
