//! The OpenAPI 3.1 document, made from the command and entity tables; what comes from no table is in `plain`.

mod plain;

use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use plain::plain;

use crate::{Command, EntityKind, Problem, entity, feed};

pub(super) fn document() -> String {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    let mut add = |path: String, method: &str, operation: Value| {
        let entry = paths.entry(path).or_insert_with(|| json!({}));
        if let Some(entry) = entry.as_object_mut() {
            entry.insert(method.to_owned(), operation);
        }
    };

    for (kind, schema) in Command::table(&mut generator) {
        add(
            format!("/api/v1/commands/{kind}"),
            "post",
            json!({
                "operationId": kind,
                "tags": ["commands"],
                "parameters": [{
                    "name": "Idempotency-Key", "in": "header", "required": true,
                    "schema": { "type": "string", "minLength": 1, "maxLength": 128 },
                    "description": "The same key gives the same answer, whatever happened in between.",
                }],
                "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } },
                "responses": answers(reference::<feed::CommandResult>(&mut generator)),
            }),
        );
    }
    for &kind in EntityKind::ALL {
        let schema = entity_schema(kind, &mut generator);
        let plural = kind.plural();
        if kind == EntityKind::Org {
            add(format!("/api/v1/{plural}"), "get", get(plural, "entities", json!([]), schema));
            continue;
        }
        let page = json!({
            "type": "object", "required": ["items"],
            "properties": { "items": { "type": "array", "items": schema.clone() }, "next": { "type": ["string", "null"] } },
        });
        let mut page_parameters = json!([
            { "name": "after", "in": "query", "schema": { "type": "string" } },
            { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 200 } },
            { "name": "request", "in": "query", "schema": { "type": "string", "format": "uuid" },
              "description": "Only what belongs to this request; then all of it, in one page." },
        ]);
        if let (EntityKind::Request, Some(parameters)) = (kind, page_parameters.as_array_mut()) {
            parameters.push(json!({
                "name": "ticket", "in": "query", "schema": { "type": "string" },
                "description": "Only what was asked about the ticket with this label, at any desk, in one page.",
            }));
        }
        add(
            format!("/api/v1/{plural}"),
            "get",
            get(&format!("list_{plural}"), "entities", page_parameters, page),
        );
        add(
            format!("/api/v1/{plural}/{{id}}"),
            "get",
            get(&format!("get_{plural}"), "entities", id_parameter(), schema),
        );
    }

    for (path, method, operation) in plain(&mut generator) {
        add(path.to_owned(), method, operation);
    }

    let problem = reference::<Problem>(&mut generator);
    let schemas = generator.take_definitions(true);
    let document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Deskside", "version": crate::VERSION,
            "description": "Uploads below /api/v1/uploads speak tus 1.0.0 (https://tus.io); the feed is a WebSocket at \
                            /api/v1/feed, whose frames are the schemas FromClient and FromServer.",
        },
        "security": [{ "token": [] }, { "cookie": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer" },
                "cookie": { "type": "apiKey", "in": "cookie", "name": "__Host-deskside" },
            },
            "responses": { "Problem": {
                "description": "Refused or broken; `code` says why, `next` what to do.",
                "content": { "application/problem+json": { "schema": problem } },
            } },
            "schemas": schemas,
        },
    });
    let mut text = serde_json::to_string_pretty(&document).expect("a JSON value always has a text form");
    text.push('\n');
    text
}

fn reference<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn entity_schema(kind: EntityKind, generator: &mut SchemaGenerator) -> Value {
    match kind {
        EntityKind::Org => reference::<entity::Org>(generator),
        EntityKind::Person => reference::<entity::Person>(generator),
        EntityKind::Desk => reference::<entity::Desk>(generator),
        EntityKind::Request => reference::<entity::Request>(generator),
        EntityKind::Message => reference::<entity::Message>(generator),
        EntityKind::Attachment => reference::<entity::Attachment>(generator),
        EntityKind::Clip => reference::<entity::Clip>(generator),
        EntityKind::Call => reference::<entity::Call>(generator),
        EntityKind::Invite => reference::<entity::Invite>(generator),
    }
}

fn id_parameter() -> Value {
    json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } }])
}

fn get(id: &str, tag: &str, parameters: Value, schema: Value) -> Value {
    json!({ "operationId": id, "tags": [tag], "parameters": parameters, "responses": answers(schema) })
}

fn answers(schema: Value) -> Value {
    json!({
        "200": { "description": "Done.", "content": { "application/json": { "schema": schema } } },
        "default": { "$ref": "#/components/responses/Problem" },
    })
}
