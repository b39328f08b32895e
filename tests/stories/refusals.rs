//! Every refusal is a problem with a code and a next step, whatever was sent; browsers are guarded.

use deskside_protocol::{Code, Command, EntityKind, Problem, account::SignInByLink, feed::Numbered};
use reqwest::{Client, Method, StatusCode};

use crate::support::{House, within};

/// Method, path, type and text of a body; status and code of the answer.
type Case = (Method, String, Option<(&'static str, String)>, u16, Code);

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_the_answer_is_a_problem() {
    let (house, _ada, [ana]) = House::with_team(["Ana"]).await;
    let json = "application/json";
    let problem_json = reqwest::header::HeaderValue::from_static("application/problem+json");
    let cases: Vec<Case> = vec![
        (Method::GET, "/api/v1/nowhere".into(), None, 404, Code::Unknown),
        (Method::GET, "/media/nowhere".into(), None, 404, Code::Unknown),
        (Method::DELETE, "/api/v1/hello".into(), None, 405, Code::Malformed),
        (Method::POST, "/api/v1/commands".into(), Some((json, "{".into())), 400, Code::Malformed),
        (Method::POST, "/api/v1/commands".into(), Some(("text/plain", "{}".into())), 400, Code::Malformed),
        (
            Method::POST,
            "/api/v1/commands".into(),
            Some((json, r#"{"client_id":"a b","commands":[]}"#.into())),
            400,
            Code::Malformed,
        ),
        (Method::POST, "/api/v1/commands/dance".into(), Some((json, "{}".into())), 404, Code::UnknownCommand),
        (Method::POST, "/api/v1/commands/ask".into(), Some((json, "{}".into())), 400, Code::Malformed),
        (
            Method::POST,
            "/api/v1/commands".into(),
            Some((json, " ".repeat(3 * 1024 * 1024))),
            413,
            Code::TooLarge,
        ),
        (Method::GET, "/api/v1/requests/not-an-id".into(), None, 404, Code::Unknown),
        (Method::GET, "/api/v1/requests?limit=1000".into(), None, 400, Code::Malformed),
        (Method::GET, "/api/v1/requests?limit=x".into(), None, 400, Code::Malformed),
        (Method::GET, "/api/v1/search".into(), None, 400, Code::Malformed),
        (
            Method::GET,
            "/api/v1/calls/00000000-0000-0000-0000-000000000000/link".into(),
            None,
            404,
            Code::Unknown,
        ),
        (Method::GET, "/media/clip/00000000-0000-0000-0000-000000000000".into(), None, 404, Code::Unknown),
        (Method::POST, "/api/v1/uploads".into(), None, 412, Code::VersionMismatch),
        (Method::GET, "/api/v1/uploads/x".into(), None, 405, Code::Malformed),
        (Method::GET, "/missing.js".into(), None, 404, Code::Unknown),
        // No handshake at all, and names that are no text.
        (Method::GET, "/api/v1/feed".into(), None, 400, Code::Malformed),
        (Method::GET, "/api/v1/requests/%FF".into(), None, 400, Code::Malformed),
        (Method::GET, "/media/clip/%FF".into(), None, 400, Code::Malformed),
        (Method::GET, "/media/attachment/a%80b".into(), None, 400, Code::Malformed),
        (Method::GET, "/download/%FF".into(), None, 400, Code::Malformed),
        (Method::GET, "/api/v1/join/%FF".into(), None, 400, Code::Malformed),
        (Method::POST, "/api/v1/commands/%FF".into(), Some((json, "{}".into())), 400, Code::Malformed),
        (Method::DELETE, "/api/v1/sessions/%FF".into(), None, 400, Code::Malformed),
        (Method::POST, "/".into(), None, 405, Code::Malformed),
    ];
    for (method, path, body, status, code) in cases {
        let request = ana.http(method.clone(), &path);
        let request = match body {
            Some((kind, body)) => request.header("content-type", kind).body(body),
            None => request,
        };
        let answer = within("an answer", request.send()).await.expect("the server answers");
        let what = format!("{method} {path}");
        assert_eq!(answer.status(), status, "{what}");
        assert_eq!(answer.headers()["content-type"], problem_json, "{what}");
        let problem: Problem = answer.json().await.expect("a problem");
        assert_eq!((problem.code, problem.status), (code, status), "{what}");
        assert!(!problem.next.is_empty() && problem.kind.starts_with("urn:deskside:"), "{what}");
    }
    // A handshake of another age of the protocol.
    let old = ana
        .http(Method::GET, "/api/v1/feed")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "8")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
    let answer = within("an answer", old.send()).await.expect("the server answers");
    assert_eq!(
        (answer.status(), &answer.headers()["content-type"]),
        (StatusCode::BAD_REQUEST, &problem_json)
    );
    let problem: Problem = answer.json().await.expect("a problem");
    assert_eq!(problem.code, Code::Malformed);
    assert_eq!(house.get("/livez").await.status(), 200, "the server lives");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_who_is_not_signed_in_gets_anything() {
    let (house, _ada) = House::with_ada().await;
    let mut paths: Vec<(Method, String)> = vec![
        (Method::GET, "/api/v1/snapshot".into()),
        (Method::GET, "/api/v1/search?q=x".into()),
        (Method::GET, "/api/v1/sessions".into()),
        (Method::GET, "/api/v1/kept".into()),
        (Method::POST, "/api/v1/commands".into()),
        (Method::POST, "/api/v1/uploads".into()),
    ];
    paths.extend(EntityKind::ALL.iter().map(|kind| (Method::GET, format!("/api/v1/{}", kind.plural()))));
    paths.extend(Command::KINDS.iter().map(|kind| (Method::POST, format!("/api/v1/commands/{kind}"))));
    let http = Client::new();
    for (method, path) in paths {
        for token in [None, Some("guessed")] {
            let request = http.request(method.clone(), format!("{}{path}", house.base));
            let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
            let request = request
                .header("content-type", "application/json")
                .header("tus-resumable", "1.0.0")
                .body("{}");
            let answer = within("an answer", request.send()).await.expect("the server answers");
            assert_eq!(answer.status(), 401, "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_is_signed_in_by_cookie_and_foreign_pages_change_nothing() {
    let (house, ada, [ana]) = House::with_team(["Ana"]).await;
    let path = format!("/api/v1/people/{}/password-link", ana.id);
    let link: serde_json::Value =
        ada.http(Method::POST, &path).send().await.expect("answers").json().await.expect("a link");
    let secret = link["link"].as_str().expect("a link").split_once('#').expect("a secret").1.to_owned();
    let by_link = SignInByLink {
        secret,
        new_password: Some("a brand new one".into()),
        device: "Firefox".into(),
        token: false,
    };
    let signed_in = house.post("/api/v1/session/link", &by_link).await;
    let cookie = signed_in.headers()["set-cookie"]
        .to_str()
        .expect("text")
        .split(';')
        .next()
        .expect("a pair")
        .to_owned();
    assert!(cookie.starts_with("deskside="), "plain HTTP on loopback: {cookie}");
    let http = Client::new();
    let with_cookie = |method: Method, path: &str| {
        http.request(method, format!("{}{path}", house.base)).header("cookie", &cookie)
    };
    assert_eq!(with_cookie(Method::GET, "/api/v1/snapshot").send().await.expect("answers").status(), 200);

    let batch = r#"{"client_id":"tab","commands":[]}"#;
    let own = house.base.clone();
    for (headers, status) in [
        (vec![("sec-fetch-site", "same-origin")], StatusCode::OK),
        (vec![("origin", own.as_str())], StatusCode::OK),
        (vec![("sec-fetch-site", "cross-site")], StatusCode::FORBIDDEN),
        (vec![("sec-fetch-site", "same-site"), ("origin", own.as_str())], StatusCode::FORBIDDEN),
        (vec![("origin", "https://evil.example")], StatusCode::FORBIDDEN),
        (vec![], StatusCode::FORBIDDEN),
    ] {
        let request = with_cookie(Method::POST, "/api/v1/commands")
            .header("content-type", "application/json")
            .body(batch);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        assert_eq!(request.send().await.expect("answers").status(), status, "{headers:?}");
    }
    // The socket is no exception: a foreign page could open one with the cookie.
    for (origin, status) in [("https://evil.example", 403), (own.as_str(), 101)] {
        let request = with_cookie(Method::GET, "/api/v1/feed")
            .header("origin", origin)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        assert_eq!(request.send().await.expect("answers").status().as_u16(), status, "{origin}");
    }
    let out =
        with_cookie(Method::DELETE, "/api/v1/session").header("sec-fetch-site", "same-origin").send().await;
    assert_eq!(out.expect("answers").status(), 204);
    assert_eq!(with_cookie(Method::GET, "/api/v1/snapshot").send().await.expect("answers").status(), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_and_how_to_call_it_is_told() {
    let (house, _ada, [ana]) = House::with_team(["Ana"]).await;
    let kept: serde_json::Value = ana.get("/api/v1/kept").await.json().await.expect("a table");
    assert!(
        kept.as_array()
            .expect("lines")
            .iter()
            .any(|line| line["table"] == "session" && line["field"] == "token_hash")
    );
    let openapi: serde_json::Value = house.get("/api/openapi.json").await.json().await.expect("JSON");
    assert!(openapi["paths"]["/api/v1/commands/ask"].is_object());
    assert_eq!(house.get("/readyz").await.status(), 200);
    let metrics = house.get("/metrics").await.text().await.expect("text");
    assert!(metrics.contains("deskside_commands_done_total"), "{metrics}");
    for header in ["content-security-policy", "x-content-type-options", "referrer-policy"] {
        assert!(house.get("/livez").await.headers().contains_key(header), "{header}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_says_nothing_or_nonsense_is_closed() {
    let (_house, _ada, [mut ana]) = House::with_team(["Ana"]).await;
    ana.opens_socket().await;
    assert_eq!(ana.hears_the_close().await, 4002, "no hello within five seconds");
    ana.opens_socket().await;
    ana.tells(&deskside_protocol::feed::FromClient::Idle { idle: false }).await;
    assert_eq!(ana.hears_the_close().await, 4002, "hello comes first");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_gone_wild_is_slowed_down_and_nobody_else() {
    let (_house, _ada, [ana, sam]) = House::with_team(["Ana", "Sam"]).await;
    let status = deskside_protocol::command::SetStatus {
        status: deskside_protocol::values::Status::Away,
        until: None,
    };
    let batch: Vec<_> = (1..=250)
        .map(|n| Numbered { n, command_id: uuid::Uuid::now_v7(), command: status.clone().into() })
        .collect();
    for _ in 0..12 {
        ana.sends(&batch).await.expect("a long backlog goes through at once");
    }
    let body = deskside_protocol::feed::Batch { client_id: ana.client_id.clone(), acked: 0, commands: batch };
    let answer = ana.http(Method::POST, "/api/v1/commands").json(&body).send().await.expect("answers");
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "5", "250 commands at 50 per second");
    let problem: Problem = answer.json().await.expect("a problem");
    assert_eq!(problem.code, Code::SlowDown);
    assert!(problem.next.contains("Retry-After"), "{}", problem.next);
    sam.sends(&body.commands[..1]).await.expect("Sam's session is another");
}
