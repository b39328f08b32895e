//! The pages of this app that are open, by their name, and the way to tell each something. A page that is still loading
//! hears what it must not miss once it attaches.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use tokio::sync::mpsc::{self, Receiver, Sender};

use crate::to_ui::{AppNews, ToUi};

/// News that one page may lag behind.
const BEHIND: usize = 256;

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
