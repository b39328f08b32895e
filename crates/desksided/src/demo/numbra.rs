//! The organisation and its day: three desks, twelve people, a dozen threads in every state there is.

use std::path::Path;

use deskside_protocol::{
    Command,
    calls::Provider,
    command::*,
    id::{DeskId, MessageId, PersonId, RequestId},
    values::{Audience, Helpers, OpenInterval, Role, Status, TicketPattern, Urgency},
};
use deskside_server::Parts;

use super::script::{Question, Script};

/// A question without anything special.
const PLAIN: Question<'static> =
    Question { text: "", urgency: Urgency::Today, ticket: None, only: None, media: "" };

/// Fills an empty organisation.
pub async fn fill(parts: &Parts, media: Option<&Path>) -> anyhow::Result<()> {
    let mut day = Script::new(parts, media);
    day.ago(2 * 24 * 60);
    let phones = day.found("Numbra", "Ada", "Phones help").await?;
    for name in ["Ana", "Ben", "Chi", "Dov", "Eve", "Fay", "Kit", "Eli"] {
        day.join("Ada", name, Role::Agent).await?;
    }
    for name in ["Sam", "Sid"] {
        day.join("Ada", name, Role::Lead).await?;
    }
    day.join("Ada", "Alf", Role::Admin).await?;
    let (billing, engineering) = desks(&mut day, phones).await?;
    profiles(&mut day).await?;

    yesterday(&mut day, phones, billing).await?;
    this_morning(&mut day, phones, billing, engineering).await?;
    just_now(&mut day, phones).await
}

async fn desks(day: &mut Script, phones: DeskId) -> anyhow::Result<(DeskId, DeskId)> {
    day.does(
        "Ada",
        EditOrg {
            name: "Numbra".into(),
            zone: "Europe/Berlin".into(),
            provider: Some(Provider::Jitsi { host: "meet.jit.si".into(), app_id: String::new() }),
            ticket_patterns: [
                ("ZD", "https://*.zendesk.com/agent/tickets/{id}", ""),
                ("JIRA", "https://*.atlassian.net/browse/{id}", "[{id}] *"),
            ]
            .map(|(label, address, title)| TicketPattern {
                label: label.into(),
                address: address.into(),
                title: title.into(),
            })
            .into(),
            deny_windows: vec!["Payment terminal".into(), "KeePass".into()],
            exempt_numbers: Vec::new(),
            keep_media_days: 90,
            browser_clips: true,
            mask_contacts: false,
        },
    )
    .await?;
    let helpers = |day: &Script, names: &[&str]| Helpers::These {
        people: names.iter().map(|name| day.person(name)).collect::<Vec<PersonId>>(),
    };
    let edit = EditDesk {
        desk: phones,
        name: "Phones help".into(),
        purpose: "Tariffs, porting, SIM cards: anything a customer on the line asks".into(),
        owner: day.person("Sam"),
        helpers: helpers(day, &["Sam", "Sid", "Kit"]),
        audience: Audience::Open,
        hours: around_the_clock(),
        zone: String::new(),
        provider: None,
        review_before_upload: false,
        closed: false,
    };
    day.does("Ada", edit).await?;
    let (billing, engineering) = (DeskId::fresh(), DeskId::fresh());
    let open = OpenDesk {
        desk: billing,
        name: "Billing".into(),
        purpose: "Invoices, refunds, dunning".into(),
        owner: day.person("Sid"),
        helpers: helpers(day, &["Eve", "Fay"]),
        audience: Audience::Open,
        hours: weekdays(&[(9 * 60, 17 * 60)]),
        zone: String::new(),
    };
    day.does("Sid", open).await?;
    let open = OpenDesk {
        desk: engineering,
        name: "Engineering".into(),
        purpose: "What only the people who built it can answer".into(),
        owner: day.person("Eli"),
        helpers: helpers(day, &["Eli", "Sam", "Sid"]),
        audience: Audience::Open,
        hours: weekdays(&[(10 * 60, 16 * 60)]),
        zone: String::new(),
    };
    day.does("Sam", open).await?;
    Ok((billing, engineering))
}

/// Customers call at night too, and so does whoever tries the demo on a Sunday.
fn around_the_clock() -> Vec<OpenInterval> {
    (1..=7).map(|weekday| OpenInterval { weekday, from: 0, to: 24 * 60 }).collect()
}

fn weekdays(stretches: &[(u16, u16)]) -> Vec<OpenInterval> {
    let day = |weekday| stretches.iter().map(move |&(from, to)| OpenInterval { weekday, from, to });
    (1..=5).flat_map(day).collect()
}

async fn profiles(day: &mut Script) -> anyhow::Result<()> {
    for (name, phone) in [("Sam", "2041"), ("Sid", "2042"), ("Eve", "2310"), ("Eli", "2777")] {
        let profile = EditProfile { name: name.into(), phone: phone.into(), call_link: String::new() };
        day.does(name, profile).await?;
    }
    let statuses = [
        ("Ana", Status::OnCall),
        ("Ben", Status::Available),
        ("Sam", Status::Available),
        ("Sid", Status::OnCall),
        ("Eli", Status::Away),
        ("Kit", Status::Off),
    ];
    for (name, status) in statuses {
        day.does(name, SetStatus { status, until: None }).await?;
    }
    Ok(())
}

async fn yesterday(day: &mut Script, phones: DeskId, billing: DeskId) -> anyhow::Result<()> {
    day.ago(26 * 60);
    let ivr = day
        .asks(
            "Dov",
            phones,
            Question { text: "Which IVR code routes a business customer to line 17?", ..PLAIN },
        )
        .await?;
    day.wait(240);
    day.does(
        "Kit",
        answer(ivr, "Code 4417, then the customer number. It is on the routing sheet, second page."),
    )
    .await?;
    day.wait(90);
    day.does("Dov", Solve { request: ivr }).await?;
    day.does("Dov", Thank { request: ivr }).await?;

    day.ago(25 * 60);
    let roaming = Question {
        text: "Customer was charged roaming in Switzerland twice on one invoice. Refund both?",
        ticket: Some(4655),
        ..PLAIN
    };
    let roaming = day.asks("Ben", billing, roaming).await?;
    day.wait(600);
    day.does("Fay", Take { request: roaming }).await?;
    day.does("Fay", answer(roaming, "Only the second line. The first is the day pass, the duplicate is a known fault of Tuesday's run.")).await?;
    day.wait(300);
    day.does("Ben", Solve { request: roaming }).await?;

    day.ago(24 * 60);
    let sim = Question {
        text: "How long may a customer keep the old SIM after a swap?",
        urgency: Urgency::Whenever,
        ..PLAIN
    };
    let sim = day.asks("Eve", phones, sim).await?;
    day.wait(1_800);
    day.does("Sam", answer(sim, "24 hours, then it is switched off by itself.")).await?;
    day.wait(600);
    day.does("Eve", Solve { request: sim }).await?;
    day.wait(7_200);
    day.does("Eve", say(sim, "Mine was off after two hours already. Is it different for eSIM?")).await
}

async fn this_morning(
    day: &mut Script,
    phones: DeskId,
    billing: DeskId,
    engineering: DeskId,
) -> anyhow::Result<()> {
    day.ago(190);
    let esim = Question {
        text: "eSIM can't be activated on a Pixel 8: the QR code says it was used already. Can we send a new one?",
        ticket: Some(4702),
        media: "esim",
        ..PLAIN
    };
    let esim = day.asks("Ben", phones, esim).await?;
    day.wait(200);
    day.does("Sam", Take { request: esim }).await?;
    day.does("Sam", say(esim, "Looking at the profile now.")).await?;
    day.wait(400);
    day.does(
        "Sam",
        ask_back(
            esim,
            "Did the customer reset the phone since Monday? Then the old profile must be released first.",
        ),
    )
    .await?;

    day.ago(150);
    let dunning = Question {
        text: "Dunning letter although the customer paid on the 3rd. Who stops the next one?",
        ticket: Some(4698),
        ..PLAIN
    };
    let dunning = day.asks("Ana", billing, dunning).await?;
    day.wait(420);
    day.does("Eve", Take { request: dunning }).await?;
    day.does("Eve", say(dunning, "Stopped for this account. I am checking why the payment was not matched."))
        .await?;

    day.ago(95);
    let porting = Question {
        text: "The porting API answers 504 since 9:40, four customers so far. Is something known?",
        urgency: Urgency::Live,
        ticket: Some(4706),
        media: "porting",
        ..PLAIN
    };
    let porting = day.asks("Chi", engineering, porting).await?;
    day.wait(120);
    day.does("Eli", Take { request: porting }).await?;
    day.does("Eli", say(porting, "Seen. The carrier's gateway is slow; we retry every minute.")).await?;
    day.does("Eli", AskForClip { request: porting }).await?;
    day.wait(60);
    day.does("Chi", SetUrgency { request: porting, urgency: Urgency::Today }).await?;

    day.ago(80);
    let swap = Question {
        text: "Could I swap Friday's late shift with Dov?",
        urgency: Urgency::Whenever,
        only: Some("Sam"),
        ..PLAIN
    };
    day.asks("Ben", phones, swap).await?;

    day.ago(60);
    let never_mind = Question { text: "Where is the form for a change of ownership?", ..PLAIN };
    let never_mind = day.asks("Fay", phones, never_mind).await?;
    day.wait(40);
    day.does("Fay", Withdraw { request: never_mind }).await?;

    day.ago(45);
    let refund = Question {
        text: "Port-out last week, prepaid credit left: does the customer get it back?",
        ticket: Some(4709),
        ..PLAIN
    };
    let refund = day.asks("Chi", phones, refund).await?;
    day.wait(300);
    day.does(
        "Sid",
        answer(refund, "Yes, within 14 days after the port-out, by bank transfer only. Form R-12."),
    )
    .await
}

async fn just_now(day: &mut Script, phones: DeskId) -> anyhow::Result<()> {
    day.ago(12);
    let voicemail = Question {
        text: "Voicemail greets in French after the tariff change. Where is the language set?",
        ..PLAIN
    };
    day.asks("Dov", phones, voicemail).await?;
    day.ago(6);
    let hotspot = Question {
        text: "Is tethering included in Numbra S, or only from M on?",
        urgency: Urgency::Whenever,
        ..PLAIN
    };
    day.asks("Eve", phones, hotspot).await?;
    day.ago(2);
    let refund = Question {
        text: "Refund after port-out, allowed?",
        urgency: Urgency::Live,
        ticket: Some(4711),
        media: "refund",
        ..PLAIN
    };
    day.asks("Ana", phones, refund).await?;
    Ok(())
}

fn answer(request: RequestId, text: &str) -> Command {
    let (message, text) = (MessageId::fresh(), text.into());
    Answer {
        request,
        message,
        text,
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        attachments: Vec::new(),
        clip: None,
        moment: None,
    }
    .into()
}

fn ask_back(request: RequestId, text: &str) -> Command {
    let (message, text) = (MessageId::fresh(), text.into());
    AskBack {
        request,
        message,
        text,
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        attachments: Vec::new(),
        clip: None,
        moment: None,
    }
    .into()
}

fn say(request: RequestId, text: &str) -> Command {
    let (message, text) = (MessageId::fresh(), text.into());
    Say {
        request,
        message,
        text,
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        attachments: Vec::new(),
        clip: None,
        moment: None,
    }
    .into()
}
