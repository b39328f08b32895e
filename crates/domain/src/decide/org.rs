//! The organisation: founded once, set up by admins.

use crate::{
    Read, Refusal, Row,
    call::link,
    command::{EditOrg, KeepSecret},
    decide::{
        Change, Decide,
        desk::{self, zone},
        person::{admin_only, limited, member},
        words,
    },
    desk::Desk,
    id::{DeskId, PersonId},
    org::{ExemptNumber, Org, TicketPattern},
    person::{Person, Role},
    row::Key,
    secret::Secret,
    {deny, ticket},
};

/// Days attachments and clips of closed requests are kept unless an admin says otherwise.
const KEEP_MEDIA_DAYS: u16 = 90;
/// Most patterns, windows or numbers of each kind.
const MOST: usize = 200;
/// Fewest leading digits of an exempt number: fewer would exempt every card of a network.
const SHORTEST_PREFIX: usize = 3;

/// Who sets up an organisation.
pub(crate) struct Founder<'a> {
    pub id: PersonId,
    pub name: &'a str,
    pub email: &'a str,
}

/// Set-up by the one-time link.
pub(crate) fn found(
    change: &mut Change<'_>,
    name: &str,
    org_zone: &str,
    founder: &Founder<'_>,
    desk: DeskId,
    desk_name: &str,
) -> Result<(), Refusal> {
    if change.state.org().is_ok() {
        let is_repeated = change.state.person(founder.id).is_ok();
        return if is_repeated { Ok(()) } else { Err(Refusal::WrongState("organisation")) };
    }
    let person = member(change, founder.id, founder.name, founder.email)?;
    change.put(Row::Org(Org {
        name: words::name("organisation", name, words::NAME)?,
        zone: given_zone(org_zone)?,
        provider: None,
        ticket_patterns: ticket::default_patterns(),
        deny_windows: deny::default_windows(),
        exempt_numbers: Vec::new(),
        keep_media_days: KEEP_MEDIA_DAYS,
        browser_clips: true,
        mask_contacts: false,
    }));
    change.put(Row::Person(Person { role: Role::Admin, ..person }));
    let desk_name = words::name("desk", desk_name, words::NAME)?;
    change.put(Row::Desk(desk::first(desk, desk_name, founder.id)));
    Ok(())
}

impl Decide for EditOrg {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Org), Read::Desks, Read::AllOpen]
    }

    /// Desks without a zone of their own move with the organisation's: what is asked there is priced anew.
    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        admin_only(by)?;
        let zone_was = change.state.org()?.zone.clone();
        if let Some(provider) = &self.provider {
            link::validate(provider)?;
        }
        at_most("ticket_patterns", self.ticket_patterns.len())?;
        at_most("deny_windows", self.deny_windows.len())?;
        at_most("exempt_numbers", self.exempt_numbers.len())?;
        limited("keep_media_days", u64::from(self.keep_media_days), 3_650)?;
        let windows = self.deny_windows.iter().map(|part| words::name("deny_windows", part, words::NAME));
        change.put(Row::Org(Org {
            name: words::name("organisation", &self.name, words::NAME)?,
            zone: given_zone(&self.zone)?,
            provider: self.provider.clone(),
            ticket_patterns: self.ticket_patterns.iter().map(pattern).collect::<Result<_, _>>()?,
            deny_windows: windows.collect::<Result<_, _>>()?,
            exempt_numbers: self.exempt_numbers.iter().map(exempt).collect::<Result<_, _>>()?,
            keep_media_days: self.keep_media_days,
            browser_clips: self.browser_clips,
            mask_contacts: self.mask_contacts,
        }));
        if zone_was != given_zone(&self.zone)? {
            let moved = |desk: &&Desk| desk.zone.is_empty();
            let desks: Vec<Desk> = change.state.desks().filter(moved).cloned().collect();
            for desk in desks {
                desk::moved_to_zone(change, desk, &zone_was)?;
            }
        }
        Ok(())
    }
}

impl Decide for KeepSecret {
    fn reads(&self) -> Vec<Read> {
        vec![Read::Row(Key::Secret(self.name.clone()))]
    }

    fn decide(&self, by: &Person, change: &mut Change<'_>) -> Result<(), Refusal> {
        admin_only(by)?;
        let (name, desk) =
            self.name.split_once(':').map_or((self.name.as_str(), None), |(n, d)| (n, Some(d)));
        let is_desk =
            desk.is_none_or(|desk| uuid::Uuid::try_parse(desk).is_ok_and(|id| id.to_string() == desk));
        if !matches!(name, "jitsi" | "livekit") || !is_desk {
            return Err(Refusal::Invalid { field: "secret", why: "no secret has this name" });
        }
        if self.value.is_empty() {
            return Err(Refusal::Empty("secret"));
        }
        if self.value.len() > words::ADDRESS {
            return Err(Refusal::TooLong { field: "secret", limit: words::ADDRESS as u64 });
        }
        change.put(Row::Secret(Secret { name: self.name.clone(), value: self.value.clone() }));
        Ok(())
    }
}

fn given_zone(name: &str) -> Result<String, Refusal> {
    let zone = zone("zone", name)?;
    if zone.is_empty() { Err(Refusal::Empty("zone")) } else { Ok(zone) }
}

fn at_most(field: &'static str, count: usize) -> Result<(), Refusal> {
    if count > MOST { Err(Refusal::TooLong { field, limit: MOST as u64 }) } else { Ok(()) }
}

fn pattern(pattern: &TicketPattern) -> Result<TicketPattern, Refusal> {
    let pattern = TicketPattern {
        label: words::name("ticket pattern", &pattern.label, 20)?,
        address: pattern.address.trim().to_owned(),
        title: words::optional_name("ticket pattern", &pattern.title, words::LINE)?,
    };
    ticket::validate(&pattern)?;
    Ok(pattern)
}

fn exempt(number: &ExemptNumber) -> Result<ExemptNumber, Refusal> {
    let is_number = number.prefix.chars().all(|char| char.is_ascii_digit())
        && (SHORTEST_PREFIX..=usize::from(number.digits)).contains(&number.prefix.len())
        && (12..=19).contains(&number.digits);
    if is_number {
        Ok(number.clone())
    } else {
        let why = "three or more leading digits of a number of 12 to 19";
        Err(Refusal::Invalid { field: "exempt_numbers", why })
    }
}
