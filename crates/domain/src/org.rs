//! The organisation: one row, one per server. What every desk inherits unless it says otherwise.

use crate::call::Provider;

/// The one organisation a server serves.
#[derive(Clone, Debug, PartialEq)]
pub struct Org {
    /// Shown in titles and invitations.
    pub name: String,
    /// IANA time zone, e.g. `Europe/Berlin`; desks without a zone of their own use it.
    pub zone: String,
    /// Who carries the media of calls, unless a desk says otherwise. `None` until someone answered
    /// "how do you call each other?"; nothing goes to a third party unasked.
    pub provider: Option<Provider>,
    /// How to recognise a ticket in an address or a window title, tried in order.
    pub ticket_patterns: Vec<TicketPattern>,
    /// Windows that recorders paint solid: a case-insensitive part of a title or a window class.
    pub deny_windows: Vec<String>,
    /// Prefix and length of numbers that look like cards but are order numbers (rules.md 4.6).
    pub exempt_numbers: Vec<ExemptNumber>,
    /// Days after which attachments and clips of closed requests are erased. 90 unless an admin changed it.
    pub keep_media_days: u16,
    /// Whether clips may be recorded in a browser, where nothing is painted over: the deny-list can't reach there.
    pub browser_clips: bool,
    /// Whether phone numbers and e-mail addresses of customers are masked too, without asking the writer.
    pub mask_contacts: bool,
}

/// How a ticket of one tool is recognised. `{id}` stands for the ticket's id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketPattern {
    /// Short name shown on the chip before the id, e.g. `ZD`.
    pub label: String,
    /// Address pattern, e.g. `https://*.zendesk.com/agent/tickets/{id}`; `*` matches within one host label or path segment.
    pub address: String,
    /// Window title pattern, e.g. `*Ticket #{id}*`; empty if titles of this tool don't tell.
    pub title: String,
}

/// Numbers that are never masked as cards: they start with `prefix` and have `digits` digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExemptNumber {
    /// Leading digits.
    pub prefix: String,
    /// Total count of digits.
    pub digits: u8,
}
