//! Finding requests and accepted answers by their words. The index is kept by the writer in the transaction that
//! changes a row, so a deleted word is gone from it when the deletion is acknowledged.
//!
//! Passes, each filling what the one before left open: texts that hold every code of the query (an error number, an
//! order number); words ranked by bm25, the last one as a beginning because it may still be typed; the same with two
//! neighbouring letters swapped back; three-letter pieces, for a letter too many or too few and for parts of codes.
//! Who may see a hit is asked during each pass.

use std::collections::BTreeSet;

use deskside_domain::{
    Key, Row, State,
    id::RequestId,
    message::{Message, MessageKind},
    request::{Request, RequestState},
};
use deskside_ports::store::{Match, Visible};
use rusqlite::{Connection, OptionalExtension, params};

use super::load::Loading;
use crate::rows;

/// Words of a query that count; a pasted page is cut here.
const WORDS: usize = 24;
/// How much of the query's three-letter pieces a text must hold to be a hit, in percent.
const SHARE: usize = 50;
/// Hits of the last pass that may fall short of `SHARE` before it stops: they come best first.
const MISSES: usize = 200;
/// Words that say nothing about what a text is about; in a young desk they are as rare as any other, and bm25 would
/// take them for a subject. English, as the interface; what is missing from the list only ranks lower than it should.
const FUNCTION_WORDS: [&str; 64] = [
    "a", "about", "after", "all", "am", "an", "and", "any", "are", "as", "at", "be", "but", "by", "can",
    "could", "did", "do", "does", "for", "from", "has", "have", "how", "i", "if", "in", "is", "it", "its",
    "me", "my", "no", "not", "of", "on", "or", "our", "should", "so", "that", "the", "their", "them", "then",
    "there", "they", "this", "to", "was", "we", "were", "what", "when", "where", "which", "who", "why",
    "will", "with", "would", "yes", "you", "your",
];
/// Longer words are not tried with letters swapped: each letter is one more word to look up.
const LONGEST_SWAPPED: usize = 16;
/// Marks around a match; texts are indexed without them.
const MARK: (char, char) = ('\u{2}', '\u{3}');

/// Puts the words of `row`, stored at `place`, into the index, or takes them out.
pub(super) fn index(connection: &Connection, place: i64, row: &Row) -> anyhow::Result<()> {
    match row {
        Row::Request(request) => {
            set_text(connection, place, request.id, false, words_of(row, false))?;
            index_answers(connection, request)
        }
        Row::Message(message) if message.kind == MessageKind::Answered => {
            let solved = connection
                .prepare_cached("select solved from rows where kind = 'request' and id = ?1")?
                .query_row([message.request.0.as_bytes()], |row| row.get(0))
                .optional()?
                .unwrap_or(false);
            set_text(connection, place, message.request, true, words_of(row, solved))
        }
        _ => Ok(()),
    }
}

/// The words of `row` that search finds; `solved`: whether its request is. `None`: it finds none.
pub(crate) fn words_of(row: &Row, solved: bool) -> Option<String> {
    let text = match row {
        Row::Request(request) if request.state != RequestState::Withdrawn => &request.text,
        Row::Message(message) if solved && message.kind == MessageKind::Answered && !message.deleted => {
            &message.text
        }
        _ => return None,
    };
    (!text.is_empty()).then(|| text.replace([MARK.0, MARK.1], " "))
}

/// Answers are found while their request is solved: that is when the asker accepted them.
fn index_answers(connection: &Connection, request: &Request) -> anyhow::Result<()> {
    let id = request.id.0;
    let solved = request.state == RequestState::Solved;
    let any = "select exists (select 1 from texts where request = ?1 and answer = 1)";
    if !solved && !connection.prepare_cached(any)?.query_row([id.as_bytes()], |row| row.get(0))? {
        return Ok(());
    }
    let mut statement = connection.prepare_cached(
        "select place, body from rows where request = ?1 and kind = 'message' and answer = 1",
    )?;
    let mut found = statement.query([id.as_bytes()])?;
    while let Some(row) = found.next()? {
        let message = rows::from_body(row.get_ref(1)?.as_str()?)?;
        set_text(connection, row.get(0)?, request.id, true, words_of(&message, solved))?;
    }
    Ok(())
}

fn set_text(
    connection: &Connection,
    place: i64,
    request: RequestId,
    is_answer: bool,
    text: Option<String>,
) -> anyhow::Result<()> {
    let before: Option<String> = connection
        .prepare_cached("select text from texts where place = ?1")?
        .query_row([place], |row| row.get(0))
        .optional()?;
    if before == text {
        return Ok(());
    }
    if let Some(before) = before {
        // An index that reads its text from elsewhere must be told which words to take out.
        for delete in [
            "insert into words (words, rowid, text) values ('delete', ?1, ?2)",
            "insert into trigrams (trigrams, rowid, text) values ('delete', ?1, ?2)",
        ] {
            connection.prepare_cached(delete)?.execute(params![place, before])?;
        }
        connection.prepare_cached("delete from texts where place = ?1")?.execute([place])?;
    }
    if let Some(text) = text {
        connection
            .prepare_cached("insert into texts (place, request, answer, text) values (?1, ?2, ?3, ?4)")?
            .execute(params![place, request.0.as_bytes(), is_answer, text])?;
        for insert in [
            "insert into words (rowid, text) values (?1, ?2)",
            "insert into trigrams (rowid, text) values (?1, ?2)",
        ] {
            connection.prepare_cached(insert)?.execute(params![place, text])?;
        }
    }
    Ok(())
}

pub(super) fn search(
    connection: &Connection,
    query: &str,
    limit: usize,
    visible: &Visible,
) -> anyhow::Result<Vec<Match>> {
    let tokens = subject(tokens(query));
    if tokens.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let mut searching =
        Searching { connection, visible, limit, found: Vec::new(), requests: BTreeSet::new() };
    let codes: Vec<&String> = tokens
        .iter()
        .filter(|token| token.len() >= 3 && token.contains(|c: char| c.is_ascii_digit()))
        .collect();
    if !codes.is_empty() {
        searching
            .words(&codes.iter().map(|code| format!("\"{code}\"*")).collect::<Vec<_>>().join(" AND "))?;
    }
    searching.words(&any_word(&tokens))?;
    let swapped: Vec<String> = tokens.iter().flat_map(|token| swapped(token)).collect();
    if !swapped.is_empty() {
        searching
            .words(&swapped.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(" OR "))?;
    }
    searching.pieces(&tokens)?;
    Ok(searching.found)
}

/// A search in progress.
struct Searching<'a> {
    connection: &'a Connection,
    visible: &'a Visible,
    limit: usize,
    found: Vec<Match>,
    requests: BTreeSet<RequestId>,
}

impl Searching<'_> {
    fn words(&mut self, expression: &str) -> anyhow::Result<()> {
        if self.is_done() {
            return Ok(());
        }
        let mut statement = self.connection.prepare_cached(
            "select rowid, snippet(words, 0, char(2), char(3), '…', 24) from words where words match ?1 order by rank",
        )?;
        let mut hits = statement.query([expression])?;
        while let Some(hit) = hits.next()? {
            self.consider(hit.get(0)?, || Ok(hit.get(1)?))?;
            if self.is_done() {
                break;
            }
        }
        Ok(())
    }

    fn pieces(&mut self, tokens: &[String]) -> anyhow::Result<()> {
        let pieces: BTreeSet<String> = tokens.iter().flat_map(|token| pieces(token)).collect();
        if self.is_done() || pieces.is_empty() {
            return Ok(());
        }
        let expression = pieces.iter().map(|piece| format!("\"{piece}\"")).collect::<Vec<_>>().join(" OR ");
        let mut statement = self.connection.prepare_cached(
            "select rowid, text, snippet(trigrams, 0, char(2), char(3), '…', 64) from trigrams
             where trigrams match ?1 order by rank",
        )?;
        let mut hits = statement.query([expression])?;
        let mut misses = 0;
        while let Some(hit) = hits.next()? {
            let text: String = hit.get(1)?;
            let text = text.to_lowercase();
            let shared = pieces.iter().filter(|piece| text.contains(piece.as_str())).count();
            if shared * 100 < pieces.len() * SHARE {
                misses += 1;
                if misses == MISSES {
                    break;
                }
                continue;
            }
            self.consider(hit.get(0)?, || Ok(hit.get(2)?))?;
            if self.is_done() {
                break;
            }
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.found.len() >= self.limit
    }

    /// Adds the text at `place` if its request is not found yet and may be seen.
    fn consider(
        &mut self,
        place: i64,
        snippet: impl FnOnce() -> anyhow::Result<String>,
    ) -> anyhow::Result<()> {
        let key = self
            .connection
            .prepare_cached("select kind, id from rows where place = ?1")?
            .query_row([place], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
        let key = rows::key_at(&key.0, &key.1)?;
        let mut loading = Loading::new(self.connection);
        loading.key(&key)?;
        loading.follow()?;
        let state = loading.loaded.state;
        let Some((request, message)) = request_of(&key, &state) else { return Ok(()) };
        if self.requests.contains(&request.id) {
            return Ok(());
        }
        let row = state.get(&key);
        if row.is_none_or(|row| !(self.visible)(row, &state)) {
            return Ok(());
        }
        let (snippet, marks) = unmark(&snippet()?);
        self.requests.insert(request.id);
        self.found.push(Match {
            request: request.id,
            message: message.map(|message| message.id),
            snippet,
            marks,
            solved: request.state == RequestState::Solved,
        });
        Ok(())
    }
}

fn request_of<'a>(key: &Key, state: &'a State) -> Option<(&'a Request, Option<&'a Message>)> {
    match state.get(key)? {
        Row::Request(request) => Some((request, None)),
        Row::Message(message) => Some((state.request(message.request).ok()?, Some(message))),
        _ => None,
    }
}

/// The query's words as the index sees them: runs of letters and digits, in lower case.
fn tokens(query: &str) -> Vec<String> {
    let words = query.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).take(WORDS).collect()
}

/// The words that say what is asked, if any do. The last one stays: it may be the beginning of another.
fn subject(mut tokens: Vec<String>) -> Vec<String> {
    let says_something = |token: &String| !FUNCTION_WORDS.contains(&token.as_str());
    if tokens.iter().any(says_something) {
        let last = tokens.len() - 1;
        let mut at = 0;
        tokens.retain(|token| {
            at += 1;
            says_something(token) || (at - 1 == last && token.len() < 3)
        });
    }
    tokens
}

fn any_word(tokens: &[String]) -> String {
    let mut words: Vec<String> = tokens.iter().map(|token| format!("\"{token}\"")).collect();
    if let Some(last) = tokens.last() {
        // Besides the beginning, the whole word: it is reduced to its stem, a beginning is not always one.
        words.push(format!("\"{last}\"*"));
    }
    words.join(" OR ")
}

/// `token` with each two neighbouring letters the other way round; nothing for short ones, which become other words.
fn swapped(token: &str) -> Vec<String> {
    let characters: Vec<char> = token.chars().collect();
    if characters.len() < 4 || characters.len() > LONGEST_SWAPPED {
        return Vec::new();
    }
    let pairs = (1..characters.len()).filter(|at| characters[at - 1] != characters[*at]);
    let swap = |at: usize| {
        let mut word = characters.clone();
        word.swap(at - 1, at);
        word.into_iter().collect()
    };
    pairs.map(swap).collect()
}

/// Every stretch of three characters of `token`.
fn pieces(token: &str) -> Vec<String> {
    let characters: Vec<char> = token.chars().collect();
    characters.windows(3).map(|three| three.iter().collect()).collect()
}

/// The text without marks, and what was marked as byte ranges.
fn unmark(marked: &str) -> (String, Vec<(usize, usize)>) {
    let mut text = String::with_capacity(marked.len());
    let mut marks = Vec::new();
    let mut begun = None;
    for c in marked.chars() {
        if c == MARK.0 {
            begun = Some(text.len());
        } else if c == MARK.1 {
            marks.extend(begun.take().map(|begin| (begin, text.len())));
        } else {
            text.push(c);
        }
    }
    (text, marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_byte_ranges() {
        let (text, marks) = unmark("größe \u{2}über\u{3} \u{2}alles\u{3}…");
        assert_eq!(text, "größe über alles…");
        let marked: Vec<&str> = marks.iter().map(|(from, to)| &text[*from..*to]).collect();
        assert_eq!(marked, ["über", "alles"]);
    }

    #[test]
    fn letters_are_swapped_back() {
        assert!(swapped("prniter").contains(&"printer".to_owned()));
        assert_eq!(swapped("tell"), ["etll", "tlel"]);
        assert!(swapped("the").is_empty());
    }

    #[test]
    fn words_that_say_nothing_are_not_looked_for() {
        let subject = |query| super::subject(tokens(query));
        assert_eq!(subject("Why is the refund button grey?"), ["refund", "button", "grey"]);
        assert_eq!(subject("sim is"), ["sim", "is"], "the last may become \"issue\"");
        assert_eq!(subject("who is it"), ["who", "is", "it"], "nothing else to go by");
        assert!(FUNCTION_WORDS.is_sorted());
    }

    #[test]
    fn a_query_is_never_syntax() {
        assert_eq!(tokens("NEAR(\"a b\" -c:* OR)"), ["near", "a", "b", "c", "or"]);
        assert_eq!(any_word(&tokens("Or \"x")), r#""or" OR "x" OR "x"*"#);
        assert!(tokens("\"'*^-:() ").is_empty());
    }
}
