//! A person with one device: sends commands, follows the feed into a replica, as any app does. Whatever a test waits
//! for must have happened by a deadline.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use deskside_protocol::{
    Command, Entity, EntityRef, Millis, Problem, VERSION,
    account::SignedIn,
    command::{Answer, Ask, Say},
    feed::{
        Batch, BatchResult, Change, CommandResult, Cursor, FromClient, FromServer, Numbered, ResetReason,
        Snapshot,
    },
    id::{DeskId, MessageId, PersonId, RequestId},
    values::Urgency,
};
use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, Method, RequestBuilder, Response};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{Message, client::IntoClientRequest, handshake::client::Request, protocol::CloseFrame},
};
use uuid::Uuid;

use crate::within;

/// Somebody signed in on one device.
pub struct Person {
    /// What they are called.
    pub name: String,
    /// Who they are.
    pub id: PersonId,
    /// Their session.
    pub token: String,
    /// Where the server is.
    pub base: String,
    /// Their device's line of commands.
    pub client_id: String,
    n: u64,
    http: Client,
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    /// The socket's end was heard.
    is_over: bool,
    /// How far they have followed the feed.
    pub cursor: Cursor,
    /// What time it was at the server when they last took a snapshot.
    pub heard_at: Millis,
    /// What they have heard, as their app holds it.
    pub replica: BTreeMap<EntityRef, Entity>,
    /// Frames that are never stored, as they came.
    pub fleeting: Vec<FromServer>,
}

impl Person {
    /// Whoever signed in at `base`.
    pub fn new(name: &str, base: &str, signed_in: SignedIn) -> Self {
        Self {
            name: name.into(),
            id: signed_in.person,
            token: signed_in.token.expect("a token was asked for"),
            base: base.into(),
            client_id: Uuid::now_v7().to_string(),
            n: 0,
            http: Client::new(),
            socket: None,
            is_over: false,
            cursor: Cursor { epoch: 0, seq: 0 },
            heard_at: Millis(0),
            replica: BTreeMap::new(),
            fleeting: Vec::new(),
        }
    }

    /// A request to the server with this person's token.
    pub fn http(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// An answer to GET.
    pub async fn get(&self, path: &str) -> Response {
        within("an answer", self.http(Method::GET, path).send()).await.expect("the server answers")
    }

    /// The first page of a kind.
    pub async fn page(&self, plural: &str) -> Vec<Entity> {
        self.items(&format!("/api/v1/{plural}?limit=200")).await
    }

    /// What of a kind belongs to one request.
    pub async fn thread(&self, plural: &str, request: RequestId) -> Vec<Entity> {
        self.items(&format!("/api/v1/{plural}?request={request}")).await
    }

    async fn items(&self, path: &str) -> Vec<Entity> {
        let page: serde_json::Value = self.get(path).await.json().await.expect("a page");
        serde_json::from_value(page["items"].clone()).expect("entities")
    }

    /// One command, which must be done.
    pub async fn does(&mut self, command: impl Into<Command>) -> u64 {
        let command = command.into();
        let kind = command.kind();
        match self.tries(command).await {
            Ok(seq) => seq,
            Err(problem) => panic!("{} could not {kind}: {problem}", self.name),
        }
    }

    /// One command, done or refused.
    pub async fn tries(&mut self, command: impl Into<Command>) -> Result<u64, Problem> {
        self.n += 1;
        let numbered = Numbered { n: self.n, command_id: Uuid::now_v7(), command: command.into() };
        let result = self.sends(&[numbered]).await.expect("the batch is taken").remove(0);
        match result.refused {
            None => Ok(result.seq),
            Some(problem) => Err(problem),
        }
    }

    /// A batch as it is.
    pub async fn sends(&self, commands: &[Numbered]) -> Result<Vec<CommandResult>, Problem> {
        let batch = Batch { client_id: self.client_id.clone(), acked: 0, commands: commands.to_vec() };
        let request = self.http(Method::POST, "/api/v1/commands").json(&batch).send();
        let answer = within("a batch", request).await.expect("the server answers");
        if answer.status().is_success() {
            Ok(answer.json::<BatchResult>().await.expect("results").results)
        } else {
            Err(answer.json().await.expect("a problem"))
        }
    }

    /// Asks a question of today.
    pub async fn asks(&mut self, desk: DeskId, text: &str) -> RequestId {
        let ask = question(desk, text);
        let request = ask.request;
        self.does(ask).await;
        request
    }

    /// Answers.
    pub async fn answers(&mut self, request: RequestId, text: &str) -> MessageId {
        let message = MessageId::fresh();
        let (text, attachments) = (text.into(), Vec::new());
        self.does(Answer {
            request,
            message,
            text,
            readable_ibans: Vec::new(),
            mentions: Default::default(),
            attachments,
            clip: None,
            moment: None,
        })
        .await;
        message
    }

    /// Says something in the thread.
    pub async fn says(&mut self, request: RequestId, text: &str) -> MessageId {
        let message = MessageId::fresh();
        let (text, attachments) = (text.into(), Vec::new());
        self.does(Say {
            request,
            message,
            text,
            readable_ibans: Vec::new(),
            mentions: Default::default(),
            attachments,
            clip: None,
            moment: None,
        })
        .await;
        message
    }

    /// All they may see.
    pub async fn snapshot(&self) -> Snapshot {
        let answer = self.get("/api/v1/snapshot").await;
        assert_eq!(answer.status(), 200, "{}'s snapshot", self.name);
        answer.json().await.expect("a snapshot")
    }

    /// Begins to follow the feed: a snapshot, then changes.
    pub async fn follows(&mut self) {
        let snapshot = self.snapshot().await;
        self.begins_with(snapshot);
        self.connects().await;
    }

    fn begins_with(&mut self, snapshot: Snapshot) {
        self.cursor = snapshot.cursor;
        self.heard_at = snapshot.now;
        self.replica = by_reference(snapshot.entities);
    }

    /// Like [`Self::follows`], where the server may be down: whether it was there.
    pub async fn tries_to_follow(&mut self) -> bool {
        self.is_cut_off();
        let get = self.http(Method::GET, "/api/v1/snapshot");
        let snapshot = async { get.send().await?.error_for_status()?.json().await };
        match within("a snapshot or a cut", snapshot).await {
            Ok(snapshot) => self.begins_with(snapshot),
            Err(_) => return false,
        }
        self.tries_to_connect().await
    }

    /// Opens the socket and goes on from the cursor.
    pub async fn connects(&mut self) {
        self.opens_socket().await;
        self.hello().await;
    }

    /// Opens the feed's socket.
    pub async fn opens_socket(&mut self) {
        let request = self.upgrade();
        let (socket, _) = within("the socket", connect_async(request)).await.expect("the socket opens");
        self.is_on(socket);
    }

    fn is_on(&mut self, socket: WebSocketStream<MaybeTlsStream<TcpStream>>) {
        self.socket = Some(socket);
        self.is_over = false;
    }

    /// Opens a socket over which little fits that nobody reads.
    pub async fn opens_narrow_socket(&mut self) {
        let address = self.base.strip_prefix("http://").expect("http").parse().expect("an address");
        let narrow = TcpSocket::new_v4().expect("a socket");
        narrow.set_recv_buffer_size(4 * 1024).expect("a small buffer");
        let stream = within("a connection", narrow.connect(address)).await.expect("connects");
        let request = self.upgrade();
        let opened = client_async(request, MaybeTlsStream::Plain(stream));
        let (socket, _) = within("the socket", opened).await.expect("the socket opens");
        self.is_on(socket);
    }

    fn upgrade(&self) -> Request {
        let address = format!("{}/api/v1/feed", self.base.replacen("http", "ws", 1));
        let mut request = address.into_client_request().expect("an address");
        let token = format!("Bearer {}", self.token).parse().expect("a header");
        request.headers_mut().insert("authorization", token);
        request
    }

    /// Goes on from the cursor.
    pub async fn hello(&mut self) {
        let hello = self.greeting();
        self.tells(&hello).await;
    }

    fn greeting(&self) -> FromClient {
        FromClient::Hello { client_id: self.client_id.clone(), cursor: self.cursor, version: VERSION.into() }
    }

    /// Like [`Self::connects`], where the server may be down: whether it was there.
    pub async fn tries_to_connect(&mut self) -> bool {
        let Ok((mut socket, _)) = connect_async(self.upgrade()).await else { return false };
        let hello = serde_json::to_string(&self.greeting()).expect("a frame");
        let greeted = socket.send(Message::Text(hello.into())).await.is_ok();
        self.is_on(socket);
        greeted
    }

    /// Sends a frame.
    pub async fn tells(&mut self, frame: &FromClient) {
        let text = serde_json::to_string(frame).expect("a frame");
        let socket = self.socket.as_mut().expect("connected");
        within("a frame to be sent", socket.send(Message::Text(text.into()))).await.expect("sends");
    }

    /// Whether there is a socket, as far as it is known here.
    pub fn is_connected(&self) -> bool {
        self.socket.is_some() && !self.is_over
    }

    /// Cuts the connection without a word.
    pub fn is_cut_off(&mut self) {
        self.socket = None;
    }

    /// The next frame, taken into the replica. `Err`: the server closed the socket.
    pub async fn hears(&mut self) -> Result<FromServer, Option<CloseFrame>> {
        let name = self.name.clone();
        let socket = self.socket.as_mut().expect("connected");
        loop {
            let message = within(&format!("a frame for {name}"), socket.next()).await;
            match message {
                Some(Ok(Message::Text(text))) => {
                    let frame: FromServer = serde_json::from_str(&text).expect("a frame makes sense");
                    self.takes_in(&frame);
                    return Ok(frame);
                }
                Some(Ok(Message::Close(frame))) => return Err(self.is_closed_by(frame)),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(self.is_closed_by(None)),
            }
        }
    }

    fn is_closed_by(&mut self, frame: Option<CloseFrame>) -> Option<CloseFrame> {
        self.is_over = true;
        frame
    }

    fn takes_in(&mut self, frame: &FromServer) {
        match frame {
            FromServer::Changes { prev, seq, items } => {
                assert_eq!(*prev, self.cursor.seq, "{}: a frame was lost or doubled", self.name);
                assert!(seq >= prev, "{}: the cursor went back", self.name);
                for item in items {
                    match item {
                        Change::Put(entity) => {
                            self.replica.insert(entity.reference(), entity.clone());
                        }
                        Change::Gone(reference) => {
                            self.replica.remove(reference);
                        }
                    }
                }
                self.cursor.seq = *seq;
            }
            FromServer::CaughtUp { seq } => self.cursor.seq = *seq,
            FromServer::Head { .. } | FromServer::Reset { .. } => {}
            FromServer::Presence { .. }
            | FromServer::ClipGrows { .. }
            | FromServer::ClipConverts { .. }
            | FromServer::Typing { .. } => {
                self.fleeting.push(frame.clone());
            }
        }
    }

    /// Hears frames until the cursor has reached `seq`.
    pub async fn reaches(&mut self, seq: u64) {
        while self.cursor.seq < seq {
            self.hears_on(&format!("change {seq}")).await;
        }
    }

    /// Hears frames until this is so.
    pub async fn hears_until(&mut self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        let heard = async {
            while !is_so(self) {
                self.hears_on(what).await;
            }
        };
        within(what, heard).await;
    }

    /// Hears one more frame, and does what it asks. Whoever's own row changes between their snapshot and their hello is
    /// asked for a fresh snapshot, because nobody knows which rights the first was made for.
    async fn hears_on(&mut self, what: &str) {
        match self.hears().await {
            Ok(FromServer::Reset { reason: ResetReason::Rights }) => self.follows().await,
            Ok(FromServer::Reset { reason }) => {
                panic!("{} lost their place before {what}: {reason:?}", self.name)
            }
            Ok(_) => {}
            Err(close) => {
                panic!("{} was cut off at {} before {what}: {close:?}", self.name, self.cursor.seq);
            }
        }
    }

    /// Hears frames until the server closes the socket; with which code.
    pub async fn hears_the_close(&mut self) -> u16 {
        loop {
            if let Err(close) = self.hears().await {
                self.socket = None;
                return close.map_or(0, |frame| frame.code.into());
            }
        }
    }

    /// Snapshot + changes must equal a fresh snapshot.
    pub async fn verifies(&mut self) {
        // What happens meanwhile may be heard already: only one that is as new as the replica tells anything.
        let fresh = loop {
            let fresh = self.snapshot().await;
            self.reaches(fresh.cursor.seq).await;
            if self.cursor.seq == fresh.cursor.seq {
                break by_reference(fresh.entities);
            }
        };
        for (reference, entity) in &fresh {
            assert_eq!(self.replica.get(reference), Some(entity), "{}'s replica of {reference:?}", self.name);
        }
        for reference in self.replica.keys() {
            assert!(fresh.contains_key(reference), "{} still holds {reference:?}", self.name);
        }
    }

    /// Hears what comes until a fresh snapshot; whether the replica is the same. False also if something came after it.
    pub async fn agrees(&mut self) -> bool {
        let fresh = self.snapshot().await;
        while self.cursor.seq < fresh.cursor.seq {
            match self.hears().await {
                Ok(FromServer::Reset { .. }) => {
                    self.tries_to_follow().await;
                    return false;
                }
                Ok(_) => {}
                Err(_) => return false,
            }
        }
        self.cursor == fresh.cursor && self.replica == by_reference(fresh.entities)
    }

    /// Whether any entity in the replica holds this text.
    pub fn holds(&self, text: &str) -> bool {
        self.replica.values().any(|entity| serde_json::to_string(entity).expect("JSON").contains(text))
    }
}

/// A tus upload under way.
pub struct Upload {
    /// Its address below the server's.
    pub path: String,
}

impl Person {
    /// Creates an upload; `length` if it is known.
    pub async fn begins_upload(&self, kind: &str, id: Uuid, length: Option<u64>) -> Upload {
        let metadata = format!("kind {},id {}", STANDARD.encode(kind), STANDARD.encode(id.to_string()));
        let request = self.http(Method::POST, "/api/v1/uploads").header("Tus-Resumable", "1.0.0");
        let request = match length {
            Some(length) => request.header("Upload-Length", length),
            None => request.header("Upload-Defer-Length", "1"),
        };
        let answer = within("an upload", request.header("Upload-Metadata", metadata).send()).await;
        let answer = answer.expect("the server answers");
        assert_eq!(answer.status(), 201, "{}", answer.text().await.unwrap_or_default());
        let path = answer.headers()["location"].to_str().expect("an address").to_owned();
        Upload { path }
    }

    /// A PATCH at `offset`, to be changed and sent.
    pub fn patch(&self, upload: &Upload, offset: u64) -> RequestBuilder {
        self.http(Method::PATCH, &upload.path)
            .header("Tus-Resumable", "1.0.0")
            .header("Upload-Offset", offset)
            .header("Content-Type", "application/offset+octet-stream")
    }

    /// Appends; answers the offset that the server promises.
    pub async fn uploads(&self, upload: &Upload, offset: u64, bytes: &[u8]) -> u64 {
        let sent = within("bytes to be taken", self.patch(upload, offset).body(bytes.to_vec()).send()).await;
        let answer = sent.expect("the server answers");
        assert_eq!(answer.status(), 204, "{}", answer.text().await.unwrap_or_default());
        number(&answer, "upload-offset")
    }

    /// Declares the length with the last, empty PATCH.
    pub async fn ends_upload(&self, upload: &Upload, length: u64) {
        let sent = self.patch(upload, length).header("Upload-Length", length).send();
        assert_eq!(within("the end", sent).await.expect("the server answers").status(), 204);
    }

    /// Where the server stands.
    pub async fn offset(&self, upload: &Upload) -> u64 {
        let sent = self.http(Method::HEAD, &upload.path).header("Tus-Resumable", "1.0.0").send();
        let answer = within("the offset", sent).await.expect("the server answers");
        assert_eq!(answer.status(), 200);
        number(&answer, "upload-offset")
    }
}

fn number(answer: &Response, header: &str) -> u64 {
    answer.headers()[header].to_str().expect("text").parse().expect("a number")
}

/// A question with nothing but a text.
pub fn question(desk: DeskId, text: &str) -> Ask {
    Ask {
        request: RequestId::fresh(),
        message: MessageId::fresh(),
        desk,
        text: text.into(),
        readable_ibans: Vec::new(),
        mentions: Default::default(),
        urgency: Urgency::Today,
        ticket: None,
        private_with: None,
        attachments: Vec::new(),
        clip: None,
        details: Vec::new(),
        asked_at: 0,
    }
}

fn by_reference(entities: Vec<Entity>) -> BTreeMap<EntityRef, Entity> {
    entities.into_iter().map(|entity| (entity.reference(), entity)).collect()
}
