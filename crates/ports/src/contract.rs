//! What every implementation of the ports promises, as tests. An implementation says where it is (`Place`) and gets
//! one test per promise from [`contract!`]; a promise that only one of them keeps is none.

pub mod accounts;
pub mod commits;
pub mod due;
pub mod log;
pub mod rows;
pub mod search;
pub mod seed;
pub mod uploads;

use std::sync::Arc;

use async_trait::async_trait;

use crate::{Accounts, Blobs, Store};

/// An implementation under test: an empty place of its own for each test.
#[async_trait]
pub trait Place: Send + Sync {
    /// Opens it; what was stored before is there. Everything from an earlier call has been dropped.
    async fn open(&self) -> Opened;
}

/// An opened place.
pub struct Opened {
    /// Rows.
    pub store: Arc<dyn Store>,
    /// Sign-in data.
    pub accounts: Arc<dyn Accounts>,
    /// Bytes.
    pub blobs: Arc<dyn Blobs>,
}

/// Makes one `tokio` test per promise; `$place` is an expression for a fresh [`Place`], with a
/// path from the crate on: it stands inside modules.
#[macro_export]
macro_rules! contract {
    ($place:expr) => {
        $crate::contract_tests! { $place;
            accounts: passwords_belong_to_people, sessions_begin_and_end, links_are_used_once, failures_survive;
            commits: commands_count_once, keys_count_once, gaps_are_refused, lines_belong_to_one_person,
                stale_decisions_conflict, refusals_are_stored, writers_lose_nothing, loads_follow;
            due: due_rows_are_used_once, due_rows_are_replaced;
            log: snapshot_and_log_equal_snapshot, access_carries_the_scope, secrets_stay_inside, old_log_is_forgotten,
                pages_are_in_order;
            search: words_are_found, permission_is_asked_inside, erased_words_are_gone, accepted_answers_are_found;
            uploads: older_writers_are_fenced, readers_see_what_is_kept, promised_bytes_survive, lengths_are_kept,
                uploads_end, small_blobs_are_whole;
        }
    };
}

/// See [`contract!`].
#[doc(hidden)]
#[macro_export]
macro_rules! contract_tests {
    ($place:expr; $($area:ident: $($promise:ident),+;)+) => {
        $(mod $area {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::contract::$area::$promise(&$place).await;
            })+
        })+
    };
}
