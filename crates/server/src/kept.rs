//! "What Deskside keeps": every field, what for, who sees it, how long. One table; tests compare it with the wire's own
//! schema and with the tables that the server and the app make, so nothing can be kept without its line. Nothing here is
//! by person: it says what is kept of anyone.

use deskside_protocol::account::Kept;

use crate::{
    answer::{Answer, Json},
    caller::Caller,
};

/// `GET /api/v1/kept`
pub(crate) async fn answer(_caller: Caller) -> Answer<Json<Vec<Kept>>> {
    Ok(Json(kept()))
}

/// A group of fields with the same readers and the same time.
struct Group {
    table: &'static str,
    seen_by: &'static str,
    how_long: &'static str,
    fields: &'static [(&'static str, &'static str)],
}

/// Every line of the table.
pub fn kept() -> Vec<Kept> {
    let lines = KEPT.iter().flat_map(|group| {
        group.fields.iter().map(|(field, purpose)| Kept {
            table: group.table.into(),
            field: (*field).into(),
            purpose: (*purpose).into(),
            seen_by: group.seen_by.into(),
            how_long: group.how_long.into(),
        })
    });
    lines.collect()
}

const EVERYONE: &str = "everyone in the organisation";
const THREAD: &str = "whoever may see the request: its asker and owner, and the people it was addressed to or the desk's audience";
const ADMINS: &str = "admins";
const NOBODY: &str = "nobody; the server compares it";
const ORG: &str = "as long as the organisation is on this server";
const PERSON: &str =
    "as long as the organisation is on this server; a deactivated person keeps the name on what they wrote";
const REQUEST: &str = "as long as the organisation is on this server; words until their author deletes them";
const MEDIA: &str =
    "until its owner deletes it, or the organisation's days after the request was closed (90 unless changed)";

const KEPT: &[Group] = &[
    Group {
        table: "org",
        seen_by: EVERYONE,
        how_long: ORG,
        fields: &[
            ("name", "shown in titles and invitations"),
            ("zone", "opening hours"),
            ("provider", "how people call each other"),
            ("ticket_patterns", "recognise a ticket in an address or a title"),
            ("deny_windows", "windows that recorders paint solid"),
            ("exempt_numbers", "numbers that are not masked as cards"),
            ("keep_media_days", "when pictures and clips expire"),
            ("browser_clips", "whether clips may be recorded in a browser"),
            ("mask_contacts", "whether phone numbers and e-mail addresses are always masked"),
        ],
    },
    Group {
        table: "person",
        seen_by: EVERYONE,
        how_long: PERSON,
        fields: &[
            ("id", "names the row"),
            ("name", "shown beside what the person writes"),
            ("email", "sign-in name; some call providers ring by it"),
            ("role", "what the person may change"),
            ("active", "whether the account is in use"),
            ("status", "whether the person can be rung; said by the person, never sensed"),
            ("status_at", "when it was said, so that an old one is recognised"),
            ("quiet", "when the person wants to be left in peace; empty unless the person says so"),
            ("quiet_now", "whether that is now, so that a desk is not left unwatched"),
            ("phone", "to be called; empty unless the person enters it"),
            ("call_link", "to be met; empty unless the person enters it"),
            ("status_until", "until when the status holds, if the person said"),
            ("status_unconfirmed", "the status is too old to rely on"),
            (
                "busy_until",
                "until when the person is in a meeting, by the calendar they named; what it is about is never looked at",
            ),
            ("calendar", "whether that calendar could be read; empty unless the person names one"),
            ("asked_solved_at", "so that nobody is asked \"Solved?\" twice a day"),
            (
                "profile",
                "the directory: team, languages, topics, site, hours; empty unless the person enters it",
            ),
        ],
    },
    Group {
        table: "desk",
        seen_by: "everyone; a private desk: its helpers, its owner and admins",
        how_long: ORG,
        fields: &[
            ("id", "names the row"),
            ("name", "where to ask"),
            ("purpose", "what to ask there"),
            ("owner", "who is accountable for the desk"),
            ("helpers", "who is notified and rung"),
            ("audience", "who sees what is asked there"),
            ("hours", "when it is open"),
            ("zone", "in which time zone"),
            ("provider", "how calls are carried here"),
            ("review_before_upload", "whether clips are watched by their recorder before upload"),
            (
                "system_sound",
                "whether clips may hold what the computer plays, who allowed it, when and what for",
            ),
            ("closed", "whether one can still ask there"),
            ("service", "what people are told before they ask, and what the desk promises"),
            ("hours_since", "since when the opening hours hold"),
            ("earlier_hours", "what was promised under earlier hours is counted with them"),
            ("rota", "who is on duty when"),
            ("gaps", "hours of the next day in which nobody is on duty"),
            ("unwatched", "whether nobody on duty is there now; not who went, nor when"),
            ("history", "what was changed about the desk, by whom and when, and why where that must be said"),
        ],
    },
    Group {
        table: "request",
        seen_by: THREAD,
        how_long: REQUEST,
        fields: &[
            ("id", "names the row and its address"),
            ("desk", "where it was asked"),
            ("asker", "who gets the answer"),
            ("owner", "who has it"),
            ("text", "the question, card and account numbers masked"),
            ("urgency", "how soon"),
            ("ticket", "the customer's ticket, so that nobody asks for it twice"),
            ("private_with", "to whom it was addressed, if not to the whole desk"),
            ("state", "whose turn it is"),
            ("asked_at", "how long it waits"),
            ("first_response_at", "the desk's time to a first response"),
            ("answered_at", "when it was answered"),
            ("solved_at", "when it was solved, and until when it can be reopened"),
            ("touched_at", "the order of lists"),
            ("clip_wanted_by", "who waits for a clip"),
            ("thanked", "whether the asker said thanks"),
            (
                "care",
                "whose turn it is and until when, who was called, what was promised, handed over and learnt",
            ),
            ("archived", "whether it has left the lists"),
        ],
    },
    Group {
        table: "message",
        seen_by: THREAD,
        how_long: REQUEST,
        fields: &[
            ("id", "names the row"),
            ("request", "whose thread"),
            ("author", "who wrote or did it"),
            ("kind", "words, or what happened to the request"),
            ("text", "the words, card and account numbers masked"),
            ("attachments", "pictures and files shown with it"),
            ("clip", "the clip shown with it"),
            ("moment", "the moment of a clip it speaks of"),
            ("mentions", "whom it names, who is told because of it, and why so many"),
            ("at", "the order of the thread"),
            ("deleted", "that something stood here"),
        ],
    },
    Group {
        table: "attachment",
        seen_by: THREAD,
        how_long: MEDIA,
        fields: &[
            ("id", "names the row and its bytes"),
            ("request", "whose thread"),
            ("owner", "who may delete it"),
            ("name", "file name shown"),
            ("mime", "how it is shown"),
            ("size", "shown before it is opened"),
            ("width", "room for it on the page"),
            ("height", "room for it on the page"),
            ("state", "whether its bytes are here"),
            ("at", "when it expires"),
            ("bytes", "the picture or file, redacted before it was sent"),
            ("thumb", "a small version for lists"),
        ],
    },
    Group {
        table: "clip",
        seen_by: "its recorder; until Stop whoever the recorder lets watch; afterwards whoever may see its request",
        how_long: MEDIA,
        fields: &[
            ("id", "names the row, its bytes and its link"),
            ("recorder", "who may stop, discard and delete it"),
            ("request", "whose thread"),
            ("state", "whether it is whole"),
            ("width", "room for it on the page"),
            ("height", "room for it on the page"),
            ("sound", "whether there is something to hear"),
            ("started_at", "when recording began"),
            ("duration_ms", "how long it is"),
            ("bytes", "the recording, redacted before it was encoded, and its size"),
            ("watchers", "who was let in before Stop"),
            ("note", "what happened to the recording"),
            ("poster", "a still for lists"),
            ("version", "which version of the recording it is; a cut leaves only the new one"),
            ("cutting", "what shall be left, while it is being cut"),
            ("sprite", "small pictures along its time, to find a moment by"),
            ("codec", "how its pictures are coded, so that nobody waits for what they can't play"),
            (
                "conversion",
                "whether there is a copy for players that can't decode it; it goes when the clip goes",
            ),
            ("system_sound", "whether what the computer played is in its sound"),
            ("reviewed", "whether its recorder watched it before upload, which some desks demand"),
        ],
    },
    Group {
        table: "call",
        seen_by: "the two people, whoever was rung before, and whoever may see the request; never a recording",
        how_long: ORG,
        fields: &[
            ("id", "names the row"),
            ("request", "what it is about"),
            ("caller", "who wants to talk"),
            ("callee", "who is rung"),
            ("then", "who is rung next"),
            ("before", "who was rung before"),
            ("state", "whether somebody is rung or talks"),
            ("silent", "a card without a ring"),
            ("wants_callback", "who opens the link first"),
            ("room", "the provider's room; only in the link that the two people are given"),
            ("joined", "who opened the link"),
            ("outcome", "what came out of it, in one line"),
            ("rang_at", "when the ring is over"),
            ("accepted_at", "on the request's timeline"),
            ("joined_at", "on the request's timeline"),
            ("ended_at", "on the request's timeline"),
            ("still_asked_at", "whether an hour-long call was forgotten"),
        ],
    },
    Group {
        table: "invite",
        seen_by: ADMINS,
        how_long: ORG,
        fields: &[
            ("id", "names the row"),
            ("secret_hash", "recognises the link; the secret itself is not kept"),
            ("role", "what whoever joins may change"),
            ("label", "whom it is for"),
            ("uses_left", "how often it can still be used"),
            ("expires_at", "until when"),
            ("made_by", "who made it"),
            ("revoked", "whether it was taken back"),
        ],
    },
    Group {
        table: "secret",
        seen_by: "nobody; the server signs with it, or reads a person's calendar by it",
        how_long: "until an admin, or the person whose calendar it is, replaces it; a calendar's until the person is deactivated",
        fields: &[(
            "value",
            "the key of one's own Jitsi or LiveKit; the address of a person's calendar, or its file",
        )],
    },
    Group {
        table: "password",
        seen_by: NOBODY,
        how_long: "until it is changed",
        fields: &[("hash", "recognises the password (argon2id); the password itself is not kept")],
    },
    Group {
        table: "session",
        seen_by: "the person",
        how_long: "until it is ended by the person, by a new password or by deactivation",
        fields: &[
            ("token_hash", "recognises the device; the token itself is not kept"),
            ("device", "what the device was called, to find the one to end"),
            ("since", "when it signed in"),
        ],
    },
    Group {
        table: "link",
        seen_by: NOBODY,
        how_long: "until it is used or too old, a link to set up after 7 days, every other after a day, and the next \
                   clearing, twice a day",
        fields: &[
            ("secret_hash", "recognises the link; the secret itself is not kept"),
            ("purpose", "what it lets one do"),
            ("person", "whom it signs in"),
            ("expires_at", "until when"),
        ],
    },
    Group {
        table: "failure",
        seen_by: NOBODY,
        how_long: "until the right password, at most a day after the last, and the next clearing, twice a day",
        fields: &[
            ("name", "which account or network address guesses"),
            ("count", "slows down guessing"),
            ("last_at", "when the last one was"),
        ],
    },
    Group {
        table: "command",
        seen_by: NOBODY,
        how_long: "the answer until the app has it, under an Idempotency-Key 30 days; the number as long as the app is known",
        fields: &[
            ("n", "does nothing twice"),
            ("body_hash", "recognises a repeated command; its words are not kept here"),
            ("result", "gives a repeated command the same answer"),
        ],
    },
    Group {
        table: "log",
        seen_by: "nobody; apps are sent the rows it names, as far as they may see them",
        how_long: "30 days",
        fields: &[
            ("seq", "the order of changes"),
            ("row", "which row changed, without its contents or who did it"),
        ],
    },
    Group {
        table: "due",
        seen_by: "nobody; the server acts on it",
        how_long: "until it has happened, or need not happen any more",
        fields: &[
            ("at", "when a ring is over, a promise is due, a picture expires"),
            ("command", "what happens then, without anybody's words"),
            ("row", "to which row"),
        ],
    },
    Group {
        table: "search",
        seen_by: THREAD,
        how_long: "as long as the words themselves",
        fields: &[("text", "finds requests and answers that solved one by their words")],
    },
    Group {
        table: "upload",
        seen_by: "whoever uploads; a clip that grows: those let in",
        how_long: "as long as the clip, picture or file it is for; 7 days after the last byte if it is for none",
        fields: &[
            ("name", "which clip, picture or file it is"),
            ("kind", "which of these"),
            ("owner", "who may go on with it"),
            ("length", "when it is whole"),
            ("offset", "where it goes on after a cut"),
            ("touched_at", "whether somebody still goes on with it"),
            ("bytes", "what came so far"),
        ],
    },
    Group {
        table: "backup",
        seen_by: "whoever administers the machine, by restoring it; nobody through Deskside",
        how_long: "seven nights: what is deleted today is still in the backups of the last nights until those are \
                   replaced; longer where the administrator keeps copies elsewhere",
        fields: &[("copy", "all of the above as it was that night, should the disk or the server break")],
    },
    Group {
        table: "server_log",
        seen_by: "whoever administers the machine",
        how_long: "as long as the machine keeps its logs",
        fields: &[(
            "event",
            "what the server did or could not do: times, ids, addresses of pages, and the set-up link until the organisation is there; no words, passwords or other links",
        )],
    },
    Group {
        table: "machine",
        seen_by: "whoever uses your account on your machine",
        how_long: "what you may see: until you sign out or are deactivated; what you wrote: until the server has it, or \
                   you throw it away",
        fields: &[
            ("entities", "shows at once, and without a network, what you may see"),
            ("meta", "which server, who is signed in, how far it has listened"),
            ("lines", "what you did that the server does not have yet"),
            ("heads", "does nothing twice"),
            ("drafts", "what you have not sent"),
            ("uploads", "pictures, files and clips on their way"),
            (
                "clips",
                "your own recordings, until the server has them and the app starts anew, or you delete them",
            ),
            ("token", "keeps you signed in; in the system's keychain where there is one"),
            ("settings", "hotkeys, the desk you asked last, the area you recorded last"),
        ],
    },
    Group {
        table: "browser",
        seen_by: "whoever uses your account on your machine",
        how_long: "until the server has it, or you throw it away; choices until you clear the browser's data",
        fields: &[
            ("lines", "what you did that the server does not have yet"),
            ("drafts", "what you have not sent"),
            ("files", "pictures and files on their way"),
            ("clips", "recordings on their way, piece by piece"),
            ("choices", "colours, playing speed"),
        ],
    },
    Group {
        table: "presence",
        seen_by: EVERYONE,
        how_long: "not stored; forgotten when the connection ends",
        fields: &[
            ("connected", "whether somebody can be reached now"),
            ("idle", "helpers only: a quiet machine"),
        ],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use deskside_protocol::EntityKind;

    use super::*;

    #[test]
    fn every_field_on_the_wire_has_its_line() {
        let files = deskside_protocol::generate::files();
        let (_, openapi) =
            files.iter().find(|(path, _)| path.ends_with("openapi.json")).expect("is generated");
        let openapi: serde_json::Value = serde_json::from_str(openapi).expect("is JSON");
        let lines: BTreeSet<_> = kept().into_iter().map(|line| (line.table, line.field)).collect();
        for kind in EntityKind::ALL {
            let name = format!("{kind:?}");
            let fields = openapi["components"]["schemas"][&name]["properties"].as_object();
            let fields = fields.unwrap_or_else(|| panic!("{name} has a schema"));
            assert!(!fields.is_empty(), "{name}");
            for field in fields.keys() {
                let line = (name.to_lowercase(), field.clone());
                assert!(lines.contains(&line), "what is {}.{} kept for?", line.0, line.1);
            }
        }
    }

    /// Names after `create table` and `create virtual table`.
    fn tables(sql: &str) -> Vec<String> {
        let after = |start: &str| -> Vec<String> {
            let rest = sql.split(start).skip(1).filter_map(|rest| rest.split_whitespace().next());
            rest.map(str::to_owned).collect()
        };
        [after("create table "), after("create virtual table ")].concat()
    }

    #[test]
    fn every_table_that_is_made_has_its_line() {
        /// A table of the server's database, and where the page tells of it.
        const TOLD: [(&str, &str); 16] = [
            ("head", "log"),
            ("rows", "request"),
            ("secrets", "secret"),
            ("log", "log"),
            ("clients", "command"),
            ("results", "command"),
            ("keyed_results", "command"),
            ("due", "due"),
            ("texts", "search"),
            ("words", "search"),
            ("trigrams", "search"),
            ("passwords", "password"),
            ("sessions", "session"),
            ("links", "link"),
            ("failures", "failure"),
            ("uploads", "upload"),
        ];
        let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("crates/server");
        let told: BTreeSet<String> = kept().into_iter().map(|line| line.table).collect();
        let mut made = 0;
        for entry in std::fs::read_dir(crates.join("local/migrations")).expect("migrations") {
            let sql = std::fs::read_to_string(entry.expect("an entry").path()).expect("SQL");
            for table in tables(&sql) {
                made += 1;
                let line = TOLD.iter().find(|(name, _)| *name == table).map(|(_, line)| *line);
                let line =
                    line.unwrap_or_else(|| panic!("what is kept in the table {table}? Say it in kept.rs"));
                assert!(told.contains(line), "{table} is told of as {line}, which is not told of");
            }
        }
        assert!(made >= 16, "{made} tables were found");

        let fields: BTreeSet<String> =
            kept().into_iter().filter(|line| line.table == "machine").map(|line| line.field).collect();
        let app = std::fs::read_to_string(crates.join("client/src/db.rs")).expect("the app's database");
        let made = tables(&app);
        assert!(made.len() >= 6, "{made:?}");
        for table in made {
            assert!(fields.contains(&table), "what does the app keep in {table}? Say it in kept.rs");
        }
    }

    #[test]
    fn the_days_told_are_the_days_kept() {
        let days = format!("{} days", deskside_ports::store::KEEP_DAYS);
        for table in ["log", "command"] {
            let lines = kept().into_iter().filter(|line| line.table == table);
            assert!(lines.map(|line| line.how_long).all(|told| told.contains(&days)), "{table}: {days}");
        }
        let media = kept().into_iter().find(|line| line.table == "clip").expect("a line");
        assert!(media.how_long.contains("90"), "the organisation's default");
        let open = deskside_domain::clip::OPEN_FOR / deskside_domain::time::DAY;
        let upload = kept().into_iter().find(|line| line.table == "upload").expect("a line");
        assert!(upload.how_long.contains(&format!("{open} days")), "{}", upload.how_long);
    }

    #[test]
    fn every_line_says_all_it_has_to() {
        for line in kept() {
            let said = [&line.table, &line.field, &line.purpose, &line.seen_by, &line.how_long];
            assert!(said.iter().all(|text| !text.is_empty()), "{line:?}");
        }
    }
}
