//! The pages of this app that are open, by their name, and the way to tell each something. A page that is still loading
//! hears what it must not miss once it attaches; what changes more often than it can draw is gathered for it.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use deskside_protocol::feed::Change;
use tokio::{
    sync::mpsc::{self, Receiver, Sender},
    time::Instant,
};

use crate::to_ui::{AppNews, ToUi};

/// News that one page may lag behind.
const BEHIND: usize = 256;
/// A page draws no more often.
const PICTURE: Duration = Duration::from_millis(16);
/// What is longer, as JSON, is fetched by the page instead of being handed to it, which takes another way round.
const HANDED: usize = 7_500;

/// See the module's text.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    open: Mutex<HashMap<String, Sender<ToUi>>>,
    /// What pages that are still loading are told first.
    early: Mutex<HashMap<String, Vec<AppNews>>>,
}

impl Pages {
    /// What `page` is told from now on. An older page of the same name is told nothing more.
    pub fn open(&self, page: &str) -> Receiver<ToUi> {
        let (sender, told) = mpsc::channel(BEHIND);
        // Held until the page stands in the table, so that nothing falls between the two.
        let mut pages = self.pages();
        for news in self.early().remove(page).unwrap_or_default() {
            // The channel is empty, and longer than what a person does before a page has loaded.
            let _ = sender.try_send(news.into());
        }
        pages.insert(page.to_owned(), sender);
        told
    }

    /// Answers whether the page is open.
    pub fn tell(&self, page: &str, news: AppNews) -> bool {
        let told = self.pages().get(page).is_some_and(|sender| sender.try_send(news.into()).is_ok());
        if !told {
            tracing::debug!(page, "nobody is there to be told");
        }
        told
    }

    /// Tells all pages but one.
    pub fn tell_others(&self, page: &str, news: impl Fn() -> AppNews) {
        for (_, sender) in self.pages().iter().filter(|(other, _)| *other != page) {
            // One that far behind does not run any more.
            let _ = sender.try_send(news().into());
        }
    }

    /// Tells a page something also if it is still loading.
    pub fn tell_surely(&self, page: &str, news: AppNews) {
        let pages = self.pages();
        match pages.get(page) {
            Some(sender) => {
                // As in `tell_others`.
                let _ = sender.try_send(news.into());
            }
            None => self.early().entry(page.to_owned()).or_default().push(news),
        }
    }

    fn pages(&self) -> MutexGuard<'_, HashMap<String, Sender<ToUi>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locked only while `pages` is.
    fn early(&self) -> MutexGuard<'_, HashMap<String, Vec<AppNews>>> {
        self.early.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Changes on their way to one page. The first goes at once; what comes while the page draws it goes together, because
/// every message is a script that the page has to read.
#[derive(Debug)]
pub(crate) struct Gathered {
    changes: VecDeque<Change>,
    /// When the page can draw again.
    due: Instant,
}

impl Default for Gathered {
    fn default() -> Self {
        Self { changes: VecDeque::new(), due: Instant::now() }
    }
}

impl Gathered {
    pub fn add(&mut self, changes: Vec<Change>) {
        self.changes.extend(changes);
    }

    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// When the page is to be told; now, if it was told nothing for a while.
    pub fn due(&self) -> Instant {
        self.due
    }

    /// The next ones, in order, as many as one message holds.
    pub fn take(&mut self) -> Vec<Change> {
        let mut room = HANDED;
        let mut taken = Vec::new();
        while let Some(next) = self.changes.front() {
            // And a comma.
            let length = serde_json::to_vec(next).map_or(HANDED, |json| json.len() + 1);
            if length > room && !taken.is_empty() {
                return taken;
            }
            room = room.saturating_sub(length);
            taken.extend(self.changes.pop_front());
        }
        self.due = Instant::now() + PICTURE;
        taken
    }
}

#[cfg(test)]
mod tests {
    use deskside_protocol::{EntityRef, id::RequestId};

    use super::*;

    fn gone(count: usize) -> Vec<Change> {
        (0..count).map(|_| Change::Gone(EntityRef::Request(RequestId::fresh()))).collect()
    }

    #[test]
    fn the_first_change_goes_at_once_and_what_follows_goes_together_in_order() {
        let mut gathered = Gathered::default();
        let (first, then) = (gone(1), gone(3));
        gathered.add(first.clone());
        assert!(gathered.due() <= Instant::now(), "a page that was told nothing is told at once");
        assert_eq!(gathered.take(), first);
        assert!(gathered.due() > Instant::now(), "then it draws");
        for change in &then {
            gathered.add(vec![change.clone()]);
        }
        assert_eq!(gathered.take(), then);
        assert!(gathered.is_empty());
    }

    #[test]
    fn no_message_is_longer_than_what_is_handed_over_and_nothing_is_lost() {
        let mut gathered = Gathered::default();
        let all = gone(1_000);
        gathered.add(all.clone());
        let mut told = Vec::new();
        while !gathered.is_empty() {
            let taken = gathered.take();
            assert!(serde_json::to_vec(&taken).expect("writes").len() < 8_192, "{} changes", taken.len());
            told.extend(taken);
        }
        assert_eq!(told, all);
    }
}
