//! The operations that come from no table: accounts, feed, uploads, media, and what operators ask.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use super::{answers, id_parameter, reference};
use crate::{Command, account, feed, place, search, values};

/// Path, method and operation of each.
pub(super) fn plain(generator: &mut SchemaGenerator) -> Vec<(&'static str, &'static str, Value)> {
    let mut all = accounts(generator);
    all.extend(reads_and_batches(generator));
    all.extend(uploads());
    all.extend(media());
    all.extend(operators());
    all
}

fn accounts(generator: &mut SchemaGenerator) -> Vec<(&'static str, &'static str, Value)> {
    use account::*;
    vec![
        ("/api/v1/hello", "get", open(returns::<Hello>("hello", generator))),
        ("/api/v1/setup", "post", open(takes::<SetUp, SignedIn>("set_up", generator))),
        ("/api/v1/join", "post", open(takes::<Join, SignedIn>("join", generator))),
        (
            "/api/v1/join/{secret}",
            "get",
            open(with_secret(returns::<InviteOffer>("invite_offer", generator))),
        ),
        ("/api/v1/session", "post", open(takes::<SignIn, SignedIn>("sign_in", generator))),
        ("/api/v1/session", "delete", done("sign_out", "204")),
        ("/api/v1/session/link", "post", open(takes::<SignInByLink, SignedIn>("sign_in_by_link", generator))),
        ("/api/v1/sessions", "get", returns::<Vec<Session>>("sessions", generator)),
        ("/api/v1/sessions/{id}", "delete", with_text_id(done("end_session", "204"))),
        (
            "/api/v1/people/{id}/password-link",
            "post",
            with_id(returns::<OneTimeLink>("password_link", generator)),
        ),
        ("/api/v1/calls/{id}/link", "get", with_id(returns::<CallLink>("call_link", generator))),
        ("/api/v1/kept", "get", returns::<Vec<Kept>>("kept", generator)),
    ]
}

fn reads_and_batches(generator: &mut SchemaGenerator) -> Vec<(&'static str, &'static str, Value)> {
    let mut found = returns::<search::Found>("search", generator);
    found["parameters"] = json!([
        { "name": "q", "in": "query", "required": true, "schema": { "type": "string", "maxLength": 500 } },
        { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 50 } },
    ]);
    // Named here so that the document holds the frames.
    let _ = (reference::<feed::FromClient>(generator), reference::<feed::FromServer>(generator));
    let socket = json!({
        "operationId": "feed", "tags": ["feed"],
        "summary": "A WebSocket. The client begins with a FromClient frame `hello`; the server sends FromServer frames.",
        "responses": {
            "101": { "description": "The socket is open." },
            "default": { "$ref": "#/components/responses/Problem" },
        },
    });
    let mut desk_place = with_id(returns::<place::Place>("desk_place", generator));
    if let Some(parameters) = desk_place["parameters"].as_array_mut() {
        let urgency = reference::<values::Urgency>(generator);
        parameters.push(json!({ "name": "urgency", "in": "query", "required": true, "schema": urgency }));
    }
    vec![
        ("/api/v1/requests/{id}/place", "get", with_id(returns::<place::Place>("request_place", generator))),
        ("/api/v1/desks/{id}/place", "get", desk_place),
        (
            "/api/v1/desks/{id}/live-share",
            "get",
            with_id(returns::<place::LiveShare>("desk_live_share", generator)),
        ),
        (
            "/api/v1/desks/{id}/affected",
            "post",
            with_id(takes::<Command, place::Affected>("desk_affected", generator)),
        ),
        ("/api/v1/snapshot", "get", returns::<feed::Snapshot>("snapshot", generator)),
        ("/api/v1/commands", "post", takes::<feed::Batch, feed::BatchResult>("send_batch", generator)),
        ("/api/v1/search", "get", found),
        ("/api/v1/feed", "get", socket),
    ]
}

/// tus 1.0.0: what a client of it needs to know beyond the protocol is the metadata.
fn uploads() -> Vec<(&'static str, &'static str, Value)> {
    let version = header("Tus-Resumable", true, json!({ "const": "1.0.0" }));
    let length = header("Upload-Length", false, json!({ "type": "integer", "minimum": 0 }));
    let checksum =
        header("Upload-Checksum", false, json!({ "type": "string", "pattern": "^(sha1|sha256) " }));
    let bytes = |required: bool| {
        let content = json!({ "application/offset+octet-stream": {} });
        json!({ "required": required, "content": content })
    };
    let metadata = json!({
        "name": "Upload-Metadata", "in": "header", "required": true, "schema": { "type": "string" },
        "description": "`kind` (clip or attachment) and `id`, the UUID of the clip or attachment, each in base64.",
    });
    let defer = header("Upload-Defer-Length", false, json!({ "const": "1" }));
    let offset = header("Upload-Offset", true, json!({ "type": "integer", "minimum": 0 }));

    let mut create = upload("create_upload", "201", json!([version, length, defer, metadata, checksum]));
    create["requestBody"] = bytes(false);
    let mut patch = upload("append_to_upload", "204", json!([version, offset, length, checksum]));
    patch["requestBody"] = bytes(true);
    vec![
        ("/api/v1/uploads", "post", create),
        ("/api/v1/uploads", "options", upload("upload_options", "204", json!([]))),
        ("/api/v1/uploads/{id}", "head", with_id(upload("upload_offset", "200", json!([version])))),
        ("/api/v1/uploads/{id}", "patch", with_id(patch)),
        ("/api/v1/uploads/{id}", "delete", with_id(upload("terminate_upload", "204", json!([version])))),
        ("/api/v1/uploads/{id}", "options", with_id(upload("options_of_upload", "204", json!([])))),
    ]
}

fn media() -> Vec<(&'static str, &'static str, Value)> {
    let picture = json!({ "schema": { "type": "string", "contentMediaType": "image/*" } });
    let mut poster = done("put_poster", "204");
    poster["requestBody"] = json!({
        "required": true,
        "content": { "image/png": picture, "image/jpeg": picture, "image/webp": picture },
    });
    let mut sprite = done("put_sprite", "204");
    sprite["requestBody"] = poster["requestBody"].clone();
    sprite["parameters"] = ["every_ms", "tiles", "columns", "version"]
        .map(|name| {
            let schema = json!({ "type": "integer", "minimum": 1 });
            json!({ "name": name, "in": "query", "required": name != "version", "schema": schema })
        })
        .into();
    let ranged = |id: &str, what: &str| {
        let range = header("Range", false, json!({ "type": "string" }));
        json!({
            "operationId": id, "tags": ["media"], "parameters": [range],
            "responses": {
                "200": { "description": what },
                "206": { "description": "The part that Range asks for; of a clip that grows, without an end." },
                "304": { "description": "As it was when this ETag was given." },
                "416": { "description": "The part lies behind the end." },
                "default": { "$ref": "#/components/responses/Problem" },
            },
        })
    };
    vec![
        ("/api/v1/clips/{id}/poster", "put", with_id(poster)),
        ("/api/v1/clips/{id}/sprite", "put", with_id(sprite)),
        (
            "/media/clip/{id}",
            "get",
            with_id(ranged(
                "clip_bytes",
                "The clip: WebM, with a strong ETag. `?as=vp9`: its copy in VP9, once it was converted.",
            )),
        ),
        ("/media/clip/{id}/poster", "get", with_id(ranged("poster_bytes", "A still of it: JPEG."))),
        (
            "/media/clip/{id}/sprite",
            "get",
            with_id(ranged("sprite_bytes", "Small pictures along its time, row by row: JPEG.")),
        ),
        ("/media/attachment/{id}", "get", with_id(ranged("attachment_bytes", "The picture or file."))),
    ]
}

fn operators() -> Vec<(&'static str, &'static str, Value)> {
    let mut download = told("download", "The file.");
    download["parameters"] =
        json!([{ "name": "name", "in": "path", "required": true, "schema": { "type": "string" } }]);
    vec![
        ("/api/openapi.json", "get", open(told("openapi", "This document."))),
        ("/livez", "get", open(told("livez", "The process answers."))),
        ("/readyz", "get", open(told("readyz", "Rows can be read and bytes can be kept."))),
        ("/metrics", "get", open(told("metrics", "Prometheus text; answered on loopback only."))),
        ("/download", "get", open(told("downloads", "The names of the files offered, as JSON."))),
        ("/download/{name}", "get", open(download)),
    ]
}

fn returns<T: JsonSchema>(id: &str, generator: &mut SchemaGenerator) -> Value {
    json!({ "operationId": id, "responses": answers(reference::<T>(generator)) })
}

fn takes<B: JsonSchema, T: JsonSchema>(id: &str, generator: &mut SchemaGenerator) -> Value {
    let body = reference::<B>(generator);
    let mut operation = returns::<T>(id, generator);
    operation["requestBody"] =
        json!({ "required": true, "content": { "application/json": { "schema": body } } });
    operation
}

fn done(id: &str, status: &str) -> Value {
    let mut responses = json!({ "default": { "$ref": "#/components/responses/Problem" } });
    responses[status] = json!({ "description": "Done." });
    json!({ "operationId": id, "responses": responses })
}

fn told(id: &str, what: &str) -> Value {
    let mut operation = done(id, "200");
    operation["responses"]["200"]["description"] = what.into();
    operation["tags"] = json!(["operators"]);
    operation
}

fn upload(id: &str, status: &str, parameters: Value) -> Value {
    let mut operation = done(id, status);
    operation["tags"] = json!(["uploads"]);
    operation["parameters"] = parameters;
    operation
}

/// Nobody need be signed in.
fn open(mut operation: Value) -> Value {
    operation["security"] = json!([]);
    operation
}

fn with_id(operation: Value) -> Value {
    with_parameters(operation, id_parameter())
}

fn with_text_id(operation: Value) -> Value {
    let id = json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }]);
    with_parameters(operation, id)
}

fn with_secret(operation: Value) -> Value {
    let secret =
        json!([{ "name": "secret", "in": "path", "required": true, "schema": { "type": "string" } }]);
    with_parameters(operation, secret)
}

fn with_parameters(mut operation: Value, mut parameters: Value) -> Value {
    if let (Some(all), Some(more)) = (parameters.as_array_mut(), operation["parameters"].as_array()) {
        all.extend(more.iter().cloned());
    }
    operation["parameters"] = parameters;
    operation
}

fn header(name: &str, required: bool, schema: Value) -> Value {
    json!({ "name": name, "in": "header", "required": required, "schema": schema })
}
