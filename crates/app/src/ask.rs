//! Asking without the overlay: `deskside ask …`, keys that the desktop defines, links. Only the text is required; the
//! desk is the one asked last, the urgency *today*. What was typed is masked before it is kept.

use deskside_client::{Client, Ticket as Kept, Trouble};
use deskside_domain::{masking, org::TicketPattern};
use deskside_protocol::{
    Code, Entity, EntityRef, Mirror as _,
    command::Ask,
    entity::{Desk, Org},
    id::{AttachmentId, MessageId, RequestId},
    values::{NewAttachment, Urgency},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{picture::Clean, settings::Settings, ticket};

/// What to ask.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct AskFor {
    /// The words.
    pub text: String,
    /// A desk's name or the beginning of it.
    pub desk: Option<String>,
    /// How soon.
    pub urgency: Option<Urgency>,
    /// The ticket's address.
    pub ticket: Option<String>,
    /// With a picture of the screen.
    pub shot: bool,
}

/// A question that is on disk.
#[derive(Debug)]
pub struct Asked {
    /// Which.
    pub request: RequestId,
    /// The desk's name.
    pub desk: String,
    /// Tells what became of it.
    pub kept: Kept,
}

/// Keeps a question, and its picture if there is one. Refused as `unknown` without such a desk.
pub async fn ask(
    client: &Client,
    settings: &Settings,
    what: &AskFor,
    picture: Option<Clean>,
) -> Result<Asked, Trouble> {
    let org = org(client).await?;
    let desk = desk(client, settings, what.desk.as_deref()).await?;
    let patterns: Vec<TicketPattern> =
        org.iter().flat_map(|org| org.ticket_patterns.clone().into_domain()).collect();
    let contacts = org.as_ref().is_some_and(|org| org.mask_contacts);
    let exempt = org.map(|org| org.exempt_numbers.into_domain()).unwrap_or_default();
    // Nobody sees the words before they leave, so nothing in them is left readable.
    let choice = masking::Choice { readable: &[], contacts };
    let ticket =
        match &what.ticket {
            Some(address) => Some(ticket::of_address(address, &patterns).ok_or_else(|| {
                Trouble::refused(Code::Invalid, "--ticket needs the ticket's https address")
            })?),
            None => None,
        };
    let request = RequestId::fresh();
    let attachments: Vec<_> = picture
        .iter()
        .map(|picture| NewAttachment {
            id: AttachmentId::fresh(),
            name: "screen.png".to_owned(),
            mime: "image/png".to_owned(),
            size: picture.png.len() as u64,
            width: picture.width,
            height: picture.height,
        })
        .collect();
    // The picture first: a crash in between leaves a file without a question, never a question without its picture.
    for (attachment, picture) in attachments.iter().zip(picture) {
        client.upload_bytes(attachment.id.0, &attachment.mime, picture.png).await?;
    }
    let command = Ask {
        request,
        message: MessageId::fresh(),
        desk: desk.id,
        text: masking::mask_as(&what.text, &exempt, choice).text,
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        urgency: what.urgency.unwrap_or(Urgency::Today),
        ticket,
        private_with: None,
        attachments,
        clip: None,
        details: Vec::new(),
        asked_at: client.server_now().0,
    };
    let kept = client.keep(Uuid::now_v7(), command.into()).await?;
    settings.change(|values| values.last_desk = Some(desk.id));
    Ok(Asked { request, desk: desk.name, kept })
}

/// The organisation, if the replica has it.
pub async fn org(client: &Client) -> Result<Option<Org>, Trouble> {
    Ok(match client.entity(EntityRef::Org).await? {
        Some(Entity::Org(org)) => Some(org),
        _ => None,
    })
}

async fn desk(client: &Client, settings: &Settings, named: Option<&str>) -> Result<Desk, Trouble> {
    let snapshot = client.replica().await?.ok_or_else(|| {
        Trouble::refused(
            Code::Unavailable,
            "Deskside has not seen its server yet: open it once with a network",
        )
    })?;
    let mut desks: Vec<_> = snapshot
        .entities
        .into_iter()
        .filter_map(|entity| match entity {
            Entity::Desk(desk) if !desk.closed => Some(desk),
            _ => None,
        })
        .collect();
    desks.sort_by(|one, other| one.name.cmp(&other.name));
    let Some(named) = named.map(str::to_lowercase) else {
        let last = settings.get().last_desk;
        let at = desks.iter().position(|desk| Some(desk.id) == last).unwrap_or(0);
        return if desks.is_empty() {
            Err(Trouble::refused(Code::Unknown, "there is no desk to ask"))
        } else {
            Ok(desks.swap_remove(at))
        };
    };
    let names = desks.iter().map(|desk| desk.name.as_str()).collect::<Vec<_>>().join(", ");
    let exact = desks.iter().position(|desk| desk.name.to_lowercase() == named);
    let at = exact.or_else(|| desks.iter().position(|desk| desk.name.to_lowercase().starts_with(&named)));
    match at {
        Some(at) => Ok(desks.swap_remove(at)),
        None => {
            let mut problem = deskside_protocol::Problem::new(Code::Unknown, "there is no such desk");
            problem.detail = Some(format!("there are: {names}"));
            Err(problem.into())
        }
    }
}
