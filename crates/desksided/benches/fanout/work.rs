//! What happens at the desks: requests are asked, taken, talked about, answered and solved, at a steady rate, by people
//! drawn from each desk. Every command goes the way an app's does: numbered, in its client's own line.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use deskside_protocol::{
    Command,
    command::{Answer, Ask, Say, Solve, Take},
    feed::{Batch, BatchResult, Numbered},
    id::{MessageId, RequestId},
    values::Urgency,
};
use tokio::{sync::Mutex, task::JoinSet};
use uuid::Uuid;

use crate::{Dice, Shared, Size, crowd::Crowd};

/// Requests under way at each desk.
const AT_ONCE: usize = 4;

/// The work.
pub struct Work {
    house: Shared,
    http: reqwest::Client,
    url: String,
    rate: u64,
    dice: Dice,
    /// Per client: the last number of its line.
    lines: HashMap<usize, Arc<Mutex<u64>>>,
    /// Per desk: what is under way.
    requests: Vec<Vec<Request>>,
    done: Vec<Done>,
}

/// A request under way.
#[derive(Clone, Copy)]
struct Request {
    id: RequestId,
    asker: usize,
    helper: usize,
    steps: usize,
    /// Its last command is still on its way.
    busy: bool,
}

/// A command that was done.
pub struct Done {
    /// Where.
    pub desk: usize,
    /// The log's position with it in.
    pub seq: u64,
    /// The message that came with it.
    pub message: Option<Uuid>,
    request: RequestId,
    sent: Instant,
    answered: Instant,
}

/// How late changes were.
#[derive(Default)]
pub struct Late {
    /// Counted from the moment the command was sent.
    pub from_sending: Vec<Duration>,
    /// Counted from the moment its sender had the answer; none if others had it before.
    pub from_the_answer: Vec<Duration>,
}

impl Work {
    /// Nothing has happened yet.
    pub fn new(house: Shared, url: String, size: Size) -> Self {
        let requests = house.desks.iter().map(|_| Vec::new()).collect();
        Self {
            house,
            http: reqwest::Client::new(),
            url,
            rate: size.rate,
            dice: Dice::new(size.seed),
            lines: HashMap::new(),
            requests,
            done: Vec::new(),
        }
    }

    /// Everything that was done.
    pub fn done(&self) -> &[Done] {
        &self.done
    }

    /// Goes on for `span` while `crowd` is connected: how late it was for whom, and how much was done.
    pub async fn go_on(&mut self, span: Duration, crowd: &Crowd) -> anyhow::Result<(Late, usize)> {
        let from = self.done.len();
        self.go_on_alone(span).await?;
        let mut late = Late::default();
        for done in &self.done[from..] {
            crowd
                .arrivals(done.desk, done.seq, |when| {
                    late.from_sending.push(when.saturating_duration_since(done.sent));
                    late.from_the_answer.push(when.saturating_duration_since(done.answered));
                })
                .await?;
        }
        Ok((late, self.done.len() - from))
    }

    /// Goes on for `span`, whoever is there.
    pub async fn go_on_alone(&mut self, span: Duration) -> anyhow::Result<()> {
        let mut pace = tokio::time::interval(Duration::from_micros(1_000_000 / self.rate));
        let mut on_their_way = JoinSet::new();
        let until = Instant::now() + span;
        while Instant::now() < until {
            tokio::select! {
                _ = pace.tick() => {
                    let (desk, request, actor, command, message) = self.next();
                    let line = self.lines.entry(actor).or_default().clone();
                    let post = self.http.post(format!("{}/api/v1/commands", self.url));
                    let post = post.bearer_auth(&self.house.people[actor].token);
                    let client_id = self.house.people[actor].client_id.clone();
                    on_their_way.spawn(async move {
                        let mut n = line.lock().await;
                        let sent = Instant::now();
                        let seq = send(post, client_id, *n + 1, command).await?;
                        *n += 1;
                        anyhow::Ok(Done { desk, seq, message, request, sent, answered: Instant::now() })
                    });
                }
                Some(done) = on_their_way.join_next() => self.note(done??),
            }
        }
        while let Some(done) = on_their_way.join_next().await {
            self.note(done??);
        }
        Ok(())
    }

    fn note(&mut self, done: Done) {
        let at_desk = &mut self.requests[done.desk];
        if let Some(request) = at_desk.iter_mut().find(|request| request.id == done.request) {
            request.busy = false;
        }
        at_desk.retain(|request| request.busy || request.steps < 5);
        self.done.push(done);
    }

    /// The next thing that somebody does somewhere.
    fn next(&mut self) -> (usize, RequestId, usize, Command, Option<Uuid>) {
        let desk = self.dice.throw(self.house.desks.len());
        let under_way = self.requests[desk].len();
        let pick = self.dice.throw(AT_ONCE);
        if let Some(request) = self.requests[desk].get_mut(pick).filter(|request| !request.busy) {
            request.busy = true;
            request.steps += 1;
            let Request { id, asker, helper, steps, .. } = *request;
            let message = MessageId::fresh();
            let (attachments, clip, moment) = (Vec::new(), None, None);
            return match steps {
                2 => (desk, id, helper, Take { request: id }.into(), None),
                3 => {
                    let text = "It says the contract ended, but she paid yesterday.".to_owned();
                    let say = Say {
                        request: id,
                        message,
                        text,
                        readable_ibans: Vec::new(),
                        mentions: Default::default(),
                        attachments,
                        clip,
                        moment,
                    };
                    (desk, id, asker, say.into(), Some(uuid_of(message)))
                }
                4 => {
                    let text =
                        "Book it on the old contract and mark it; billing moves it tonight.".to_owned();
                    let answer = Answer {
                        request: id,
                        message,
                        text,
                        readable_ibans: Vec::new(),
                        mentions: Default::default(),
                        attachments,
                        clip,
                        moment,
                    };
                    (desk, id, helper, answer.into(), Some(uuid_of(message)))
                }
                _ => (desk, id, asker, Solve { request: id }.into(), None),
            };
        }
        let members: Vec<usize> = self.house.members(desk).collect();
        let asker = members[self.dice.throw(members.len())];
        let helper =
            members[(members.iter().position(|member| *member == asker).unwrap_or(0) + 1) % members.len()];
        let (request, message) = (RequestId::fresh(), MessageId::fresh());
        let ask = Ask {
            request,
            message,
            desk: self.house.desks[desk],
            text: "Her payment of the twelfth does not show, and the line is blocked. What now?".to_owned(),
            readable_ibans: Vec::new(),
            mentions: Default::default(),
            urgency: Urgency::Today,
            ticket: None,
            private_with: None,
            attachments: Vec::new(),
            clip: None,
            asked_at: 0,
            details: Vec::new(),
        };
        // Beyond what is under way at once, a question stays as it was asked.
        if under_way < AT_ONCE {
            self.requests[desk].push(Request { id: request, asker, helper, steps: 1, busy: true });
        }
        (desk, request, asker, ask.into(), Some(uuid_of(message)))
    }
}

async fn send(
    post: reqwest::RequestBuilder,
    client_id: String,
    n: u64,
    command: Command,
) -> anyhow::Result<u64> {
    let kind = command.kind();
    let batch = Batch {
        client_id,
        acked: n - 1,
        commands: vec![Numbered { n, command_id: Uuid::now_v7(), command }],
    };
    let answer = post.json(&batch).send().await?.error_for_status()?.json::<BatchResult>().await?;
    let result = answer.results.into_iter().next().context("a result")?;
    match result.refused {
        None => Ok(result.seq),
        Some(problem) => anyhow::bail!("{kind}: {problem}"),
    }
}

fn uuid_of(message: MessageId) -> Uuid {
    use deskside_protocol::Mirror;
    message.into_domain().0
}
