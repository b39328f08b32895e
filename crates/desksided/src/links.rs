//! One-time links that are printed: to set up, to sign in.

use anyhow::{Context, bail};
use deskside_domain::{
    Key, Read, State, Time,
    id::PersonId,
    person::Role,
    time::{DAY, HOUR},
};
use deskside_ports::accounts::{LinkPurpose, LinkRow};
use deskside_server::{Parts, Settings, Token};

use crate::{
    assemble::{assemble, open},
    certificates, console,
    options::SetupLink,
};

/// A printed sign-in link lives this long.
const SIGN_IN_FOR: i64 = 12 * HOUR;
/// A set-up link lives this long.
const SET_UP_FOR: i64 = 7 * DAY;

/// `desksided setup-link`
pub async fn set_up(options: SetupLink) -> anyhow::Result<()> {
    let link = match console::ask(&options.data, "setup-link").await? {
        Some(link) => link,
        None => {
            let machine = open(&options.data)?;
            let settings =
                Settings { pin: certificates::kept_pin(&options.data), ..Settings::at(options.public_url) };
            set_up_link(&assemble(&machine, settings)).await?
        }
    };
    println!("{link}");
    Ok(())
}

/// Whether the organisation exists.
pub async fn is_set_up(parts: &Parts) -> anyhow::Result<bool> {
    Ok(parts.store.row(&Key::Org).await?.org().is_ok())
}

/// A link that sets up the organisation; once there is one, a link that gives its first admin a new password.
pub async fn set_up_link(parts: &Parts) -> anyhow::Result<String> {
    if !is_set_up(parts).await? {
        return keep(parts, LinkPurpose::SetUp, "set-up", parts.clock.now().plus(SET_UP_FOR)).await;
    }
    let people = people(parts).await?;
    let admin = people.people().find(|person| person.active && person.role == Role::Admin);
    let admin = admin.context("there is no active admin")?;
    keep(parts, LinkPurpose::NewPassword(admin.id), "sign-in", parts.clock.now().plus(DAY)).await
}

/// A link that signs in as the person with this name or e-mail address.
pub async fn sign_in_link(parts: &Parts, who: &str) -> anyhow::Result<String> {
    let people = people(parts).await?;
    let found = people.people().find(|person| {
        person.active && (person.email.eq_ignore_ascii_case(who) || person.name.eq_ignore_ascii_case(who))
    });
    let Some(person) = found else { bail!("nobody here is called {who}") };
    sign_in_link_of(parts, person.id).await
}

async fn sign_in_link_of(parts: &Parts, person: PersonId) -> anyhow::Result<String> {
    keep(parts, LinkPurpose::SignIn(person), "sign-in", parts.clock.now().plus(SIGN_IN_FOR)).await
}

async fn people(parts: &Parts) -> anyhow::Result<State> {
    Ok(parts.store.load(&[Read::People]).await?.state)
}

async fn keep(parts: &Parts, purpose: LinkPurpose, page: &str, expires_at: Time) -> anyhow::Result<String> {
    let token = Token::fresh(&*parts.chance);
    parts.accounts.keep_link(LinkRow { secret_hash: token.hash(), purpose, expires_at }).await?;
    Ok(parts.settings.link(page, &token.text()))
}
