//! `desksided demo`: the organisation *Numbra* with a day of requests, made by the commands that people give,
//! so that it is as valid as any other organisation. Nobody in it has a password: `--links` lets one in.

mod numbra;
mod script;

use anyhow::Context;
use deskside_server::Settings;

use crate::{
    assemble::{assemble, open},
    certificates, console, links,
    options::Demo,
};

/// Whose links are printed: an agent, a supervisor, an admin.
const SHOWN: [&str; 3] = ["Ana", "Sam", "Ada"];

/// Fills an empty data directory; prints links, if asked, in any case.
pub async fn run(options: Demo) -> anyhow::Result<()> {
    let mut printed = Vec::new();
    if let Some(first) = console::ask(&options.data, &question(SHOWN[0])).await.transpose() {
        // A server has it open: it was filled before.
        printed.push(first?);
        for name in &SHOWN[1..] {
            printed.extend(console::ask(&options.data, &question(name)).await?);
        }
    } else {
        let machine = open(&options.data)?;
        let settings =
            Settings { pin: certificates::kept_pin(&options.data), ..Settings::at(&options.public_url) };
        let parts = assemble(&machine, settings);
        if !links::is_set_up(&parts).await? {
            numbra::fill(&parts, options.media.as_deref()).await.context("filling the demo organisation")?;
        }
        if options.links {
            for name in SHOWN {
                printed.push(links::sign_in_link(&parts, name).await?);
            }
        }
    }
    if options.json {
        let map: serde_json::Map<_, _> =
            SHOWN.iter().map(|name| (*name).to_owned()).zip(printed.into_iter().map(Into::into)).collect();
        println!("{}", serde_json::Value::Object(map));
    } else if options.links {
        for (name, link) in SHOWN.iter().zip(printed) {
            println!("{name} {link}");
        }
    }
    Ok(())
}

fn question(name: &str) -> String {
    format!("sign-in-link {name}")
}
