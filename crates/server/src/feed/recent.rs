//! Pages of the log that were read a moment ago. When the network was gone for everybody, everybody comes back at
//! once and asks for nearly the same stretch: it is read once for all who wait for it, not once for each.
//!
//! Nobody is given a page that is older than their question: a page is used again only while it holds everything
//! that was committed when the next one asked.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use deskside_ports::Store;
use tokio::{sync::Mutex as Turn, time::Instant};

use super::page::Page;

/// Pages begin at multiples of this, so that cursors that are near each other find the same one.
const BLOCK: u64 = 128;
/// Between two readings of one page: who asks meanwhile waits and shares the next.
const GATHER: Duration = Duration::from_millis(40);
/// A page nobody asked for again is forgotten after this long.
const KEEP: Duration = Duration::from_secs(1);

/// The pages, by where they begin.
#[derive(Default)]
pub(super) struct Recent {
    slots: Mutex<HashMap<u64, Arc<Slot>>>,
}

/// A page, held while it is read.
type Slot = Turn<Option<Read>>;

struct Read {
    at: Instant,
    page: Arc<Page>,
}

impl Recent {
    /// A page that begins at or before `position`, goes on behind it if the log does, and was read when the log
    /// stood at `head` or later.
    pub async fn after(&self, store: &dyn Store, position: u64, head: u64) -> anyhow::Result<Arc<Page>> {
        let start = position - position % BLOCK;
        let slot = self.lock().entry(start).or_default().clone();
        let mut held = slot.lock().await;
        let page = match &*held {
            Some(read) if read.page.head >= head => read.page.clone(),
            known => {
                if let Some(read) = known {
                    tokio::time::sleep_until(read.at + GATHER).await;
                }
                let page = Arc::new(Page::read(store, start).await?);
                *held = Some(Read { at: Instant::now(), page: page.clone() });
                page
            }
        };
        drop(held);
        if page.more && page.upto <= position {
            // It ends early because one of its rows stands for a whole desk.
            return Ok(Arc::new(Page::read(store, position).await?));
        }
        Ok(page)
    }

    /// Forgets what nobody asks for any more.
    pub fn forget_old(&self) {
        self.lock().retain(|_, slot| match slot.try_lock() {
            Ok(held) => held.as_ref().is_some_and(|read| read.at.elapsed() < KEEP),
            // Somebody is reading it.
            Err(_) => true,
        });
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<u64, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
