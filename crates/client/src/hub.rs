//! Who listens. A subscription starts with the present state and misses nothing after it, because both are handed
//! out under the lock that every change is made under.

use std::collections::BTreeMap;

use tokio::sync::mpsc;

use crate::news::News;

/// A listener this far behind is cut off and starts again, rather than filling the memory.
const BEHIND: usize = 4096;

/// A stream of news.
pub struct Subscription {
    first: std::vec::IntoIter<News>,
    then: mpsc::Receiver<News>,
    /// All drafts of the person signed in, at the start.
    pub drafts: BTreeMap<String, String>,
}

impl Subscription {
    /// The next news; `None` when the client was closed or this listener fell too far behind: subscribe again.
    pub async fn next(&mut self) -> Option<News> {
        match self.first.next() {
            Some(news) => Some(news),
            None => self.then.recv().await,
        }
    }
}

/// The listeners.
#[derive(Default)]
pub(crate) struct Hub {
    listeners: Vec<mpsc::Sender<News>>,
}

impl Hub {
    /// Tells everyone.
    pub(crate) fn publish(&mut self, news: &News) {
        self.listeners.retain(|listener| listener.try_send(news.clone()).is_ok());
    }

    /// A new listener that begins with `first`.
    pub(crate) fn subscribe(&mut self, first: Vec<News>, drafts: BTreeMap<String, String>) -> Subscription {
        let (sender, receiver) = mpsc::channel(BEHIND);
        self.listeners.push(sender);
        Subscription { first: first.into_iter(), then: receiver, drafts }
    }

    /// Nobody is told anything any more.
    pub(crate) fn close(&mut self) {
        self.listeners.clear();
    }
}
