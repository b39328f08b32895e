//! A headless app for the kill tests: opens a profile, keeps one question after the other, and prints each one's id
//! only once it is on disk. It is killed without a word.

use std::io::Write as _;

use anyhow::Context as _;
use deskside_client::{Client, Options};
use deskside_protocol::{
    command::Ask,
    id::{DeskId, MessageId, RequestId},
    values::Urgency,
};
use uuid::Uuid;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("the profile's folder")?;
    let desk: DeskId = arguments.next().context("the desk")?.parse()?;
    let mut options = Options::at(folder);
    options.keychain = false;
    let client = Client::open(options).await?;
    for count in 0_u64.. {
        let request = RequestId::fresh();
        let ask = Ask {
            request,
            message: MessageId::fresh(),
            desk,
            text: format!("question {count}"),
            readable_ibans: Vec::new(),
            mentions: Default::default(),
            urgency: Urgency::Today,
            ticket: None,
            private_with: None,
            attachments: Vec::new(),
            clip: None,
            details: Vec::new(),
            asked_at: 0,
        };
        client.keep(Uuid::now_v7(), ask.into()).await?;
        println!("{request}");
        std::io::stdout().flush()?;
    }
    Ok(())
}
