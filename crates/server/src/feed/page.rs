//! A stretch of the log with the rows it is about, each serialised once for all sockets.

use std::collections::HashSet;

use deskside_domain::{Key, Row, State, id::PersonId, in_feed, may_see, permission::Viewer};
use deskside_ports::{
    Store,
    store::{LogPage, LogWhat},
};
use deskside_protocol::{Entity, EntityRef, feed::Change};

/// Most log rows read at once.
pub(super) const ROWS: usize = 500;

/// A stretch of the log.
pub(super) struct Page {
    /// The log row before it.
    pub after: u64,
    /// The last log row it covers.
    pub upto: u64,
    /// Whether the log went on behind it when it was read.
    pub more: bool,
    /// Where the log stood when it was read.
    pub head: u64,
    items: Vec<Item>,
    state: State,
}

struct Item {
    seq: u64,
    key: Key,
    sight: Sight,
    put: Option<Box<str>>,
    gone: Box<str>,
}

/// Why an item is there.
#[derive(Clone, Copy)]
enum Sight {
    /// The row changed.
    Touched,
    /// Sight of it changed, for everyone or for this person.
    Changed(Option<PersonId>),
}

impl Page {
    /// Reads the log after `after`.
    pub async fn read(store: &dyn Store, after: u64) -> anyhow::Result<Self> {
        let page = store.log_after(after, ROWS).await?;
        let more = page.items.len() >= ROWS;
        let upto = if more { page.items.last().map_or(after, |item| item.seq) } else { page.head.max(after) };
        Ok(Self { after, upto, more, head: page.head, items: items(&page), state: page.state })
    }

    /// The changes `viewer` is to be sent of the log rows after `after`, in order, with their numbers.
    pub fn seen_by<'page>(
        &'page self,
        viewer: &'page Viewer,
        after: u64,
    ) -> impl Iterator<Item = (u64, &'page str)> + 'page {
        self.items
            .iter()
            .filter(move |item| item.seq > after)
            .filter_map(move |item| Some((item.seq, item.seen_by(viewer, &self.state)?)))
    }

    /// The row of this person, if the log rows after `after` touch it.
    pub fn person(&self, person: PersonId, after: u64) -> Option<&deskside_domain::person::Person> {
        let key = Key::Person(person);
        self.items.iter().find(|item| item.key == key && item.seq > after)?;
        self.state.person(person).ok()
    }
}

impl Item {
    fn seen_by(&self, viewer: &Viewer, state: &State) -> Option<&str> {
        let row = state.get(&self.key);
        let visible = row.is_some_and(|row| may_see(viewer, row, state));
        let in_feed = row.is_some_and(|row| in_feed(row, state));
        let put = self.put.as_deref();
        match self.sight {
            Sight::Changed(Some(person)) if person != viewer.person => None,
            Sight::Changed(_) if visible && in_feed => put,
            Sight::Changed(_) => Some(&self.gone),
            Sight::Touched if visible && in_feed => put,
            // It left the feed for everybody who could see it.
            Sight::Touched if visible => Some(&self.gone),
            // Whoever may not see it is told nothing, not even that there is something.
            Sight::Touched => None,
        }
    }
}

fn items(page: &LogPage) -> Vec<Item> {
    let mut items = Vec::with_capacity(page.items.len());
    let mut later = HashSet::new();
    // Backwards: of many touches of one row only the last says something, as each shows the row as it is now.
    for logged in page.items.iter().rev() {
        match &logged.what {
            LogWhat::Touched(key) => {
                if later.insert(key) {
                    items.extend(item(logged.seq, key, Sight::Touched, &page.state));
                }
            }
            LogWhat::Access { person, keys, .. } => {
                let sight = Sight::Changed(*person);
                items.extend(keys.iter().rev().filter_map(|key| item(logged.seq, key, sight, &page.state)));
            }
        }
    }
    items.reverse();
    items
}

fn item(seq: u64, key: &Key, sight: Sight, state: &State) -> Option<Item> {
    // A secret has no reference on the wire, and so no item.
    let reference = EntityRef::from_key(key)?;
    let put = state.get(key).cloned().and_then(|row: Row| Entity::shown(row)).map(Change::Put);
    let text = |change: &Change| serde_json::to_string(change).ok().map(String::into_boxed_str);
    Some(Item {
        seq,
        key: key.clone(),
        sight,
        put: put.as_ref().and_then(text),
        gone: text(&Change::Gone(reference))?,
    })
}
