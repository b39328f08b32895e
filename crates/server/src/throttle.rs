//! Slows down whoever guesses. Failures are kept by account and address together, by address, and by account,
//! in the store, so that a restart forgives nothing; a success forgives the account at that address only.

use std::net::IpAddr;

use axum::http::{HeaderValue, header};
use deskside_domain::{
    Time,
    time::{DAY, MINUTE, SECOND},
};
use deskside_ports::Accounts;
use deskside_protocol::Code;

use crate::answer::{Answer, Oops};

/// What is tried.
pub(crate) struct Tries<'a> {
    accounts: &'a dyn Accounts,
    /// Name and free failures of each counter.
    counters: Vec<(String, u32)>,
}

impl<'a> Tries<'a> {
    /// Tries to sign in to an account.
    pub fn of(accounts: &'a dyn Accounts, account: &str, address: IpAddr) -> Self {
        let counters = vec![
            (format!("account {account} from {address}"), 5),
            (format!("address {address}"), 50),
            // Slows a guess that comes from everywhere, late enough that one stranger can't lock anyone out.
            (format!("account {account}"), 100),
        ];
        Self { accounts, counters }
    }

    /// Tries of a secret that belongs to no account yet.
    pub fn from(accounts: &'a dyn Accounts, address: IpAddr) -> Self {
        Self { accounts, counters: vec![(format!("address {address}"), 50)] }
    }

    /// Refuses if it is too early.
    pub async fn check(&self, now: Time) -> Answer<()> {
        let mut wait = 0;
        for (name, free) in &self.counters {
            let (failures, last) = self.accounts.failures(name).await?;
            if failures > 0 && now.since(last) > DAY {
                self.accounts.clear_failures(name).await?;
                continue;
            }
            wait = wait.max(last.plus(pause(failures, *free)).since(now));
        }
        if wait <= 0 {
            return Ok(());
        }
        let seconds = (wait + SECOND - 1) / SECOND;
        Err(Oops::new(Code::SlowDown, "too many wrong tries")
            .detail(format!("wait {seconds} s"))
            .header(header::RETRY_AFTER, HeaderValue::from(seconds)))
    }

    /// One more wrong try.
    pub async fn failed(&self, now: Time) -> Answer<()> {
        for (name, _) in &self.counters {
            self.accounts.add_failure(name, now).await?;
        }
        Ok(())
    }

    /// A right one.
    pub async fn succeeded(&self) -> Answer<()> {
        if let Some((name, _)) = self.counters.first() {
            self.accounts.clear_failures(name).await?;
        }
        Ok(())
    }
}

/// How long to wait after so many failures: doubling from a second to a quarter of an hour.
fn pause(failures: u32, free: u32) -> i64 {
    match failures.checked_sub(free) {
        None => 0,
        Some(over) => (SECOND << over.min(20)).min(15 * MINUTE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_are_free_and_nobody_waits_longer_than_a_quarter_of_an_hour() {
        assert_eq!([0, 4, 5, 6, 9].map(|failures| pause(failures, 5)), [0, 0, 1_000, 2_000, 16_000]);
        assert_eq!(pause(u32::MAX, 5), 15 * MINUTE);
    }
}
