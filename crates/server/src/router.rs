//! Every route. Commands and entities come from protocol's tables: one that is added there is served here.

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequest, Path, Request, State},
    middleware::from_fn_with_state,
    response::IntoResponse,
    routing::{any, delete, get, post, put},
};
use deskside_protocol::{Command, EntityKind};

use crate::{
    accounts,
    answer::{Answer, Asked, Json},
    caller::Caller,
    calls, commands, entities, feed, guard, kept, media, pages,
    parts::Shared,
    search, uploads,
};

/// Largest body of a command or a batch.
const MAX_BODY: usize = 2 * 1024 * 1024;

pub(crate) fn router(server: Shared) -> Router {
    let mut router = Router::new()
        .route("/api/v1/hello", get(accounts::hello))
        .route("/api/v1/setup", post(accounts::set_up))
        .route("/api/v1/join", post(accounts::join))
        .route("/api/v1/join/{secret}", get(accounts::invite_offer))
        .route("/api/v1/session", post(accounts::sign_in).delete(accounts::sign_out))
        .route("/api/v1/session/link", post(accounts::sign_in_by_link))
        .route("/api/v1/sessions", get(accounts::sessions))
        .route("/api/v1/sessions/{id}", delete(accounts::end_session))
        .route("/api/v1/people/{id}/password-link", post(accounts::password_link))
        .route("/api/v1/calls/{id}/link", get(calls::link))
        .route(
            "/api/v1/clips/{id}/poster",
            put(uploads::put_poster).layer(DefaultBodyLimit::max(4 * 1024 * 1024)),
        )
        .route("/api/v1/kept", get(kept::answer))
        .route("/api/v1/search", get(search::search))
        .route("/api/v1/snapshot", get(entities::snapshot))
        .route("/api/v1/feed", get(feed::open))
        .route("/api/v1/commands", post(commands::batch))
        .route("/api/v1/commands/{kind}", post(commands::no_such))
        .route("/api/v1/uploads", post(uploads::create).options(uploads::options))
        .route(
            "/api/v1/uploads/{id}",
            get(pages::not_allowed)
                .head(uploads::head)
                .patch(uploads::patch)
                .delete(uploads::terminate)
                .options(uploads::options)
                // The bytes are streamed; their limit is the upload's.
                .layer(DefaultBodyLimit::disable()),
        )
        .route("/media/clip/{id}", get(media::clip))
        .route("/media/clip/{id}/poster", get(media::poster))
        .route("/media/attachment/{id}", get(media::attachment))
        .route("/api/openapi.json", get(pages::openapi))
        .route("/livez", get(pages::livez))
        .route("/readyz", get(pages::readyz))
        .route("/metrics", get(pages::metrics))
        .route("/download", get(pages::downloads))
        .route("/download/{name}", get(pages::download));

    for &kind in Command::KINDS {
        router = router.route(
            &format!("/api/v1/commands/{kind}"),
            post(async move |State(server): State<Shared>, caller: Caller, request: Request| -> Answer {
                let headers = request.headers().clone();
                let args = Json::from_request(request, &server).await?;
                Ok(commands::single(State(server), caller, kind, headers, args).await?.into_response())
            }),
        );
    }
    for &kind in EntityKind::ALL {
        let plural = kind.plural();
        router = router.route(
            &format!("/api/v1/{plural}"),
            get(async move |State(server): State<Shared>, caller: Caller, pages: Asked<entities::Pages>| {
                entities::list(server, caller, kind, pages).await
            }),
        );
        if kind != EntityKind::Org {
            router = router.route(
                &format!("/api/v1/{plural}/{{id}}"),
                get(async move |State(server): State<Shared>, caller: Caller, Path(id): Path<String>| {
                    entities::one(server, caller, kind, id).await
                }),
            );
        }
    }

    router
        .route("/api/{*rest}", any(no_such))
        .route("/media/{*rest}", any(no_such))
        .method_not_allowed_fallback(pages::not_allowed)
        .fallback(pages::ui)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(server.clone(), guard::guard))
        .with_state(server)
}

async fn no_such() -> crate::answer::Oops {
    crate::answer::Oops::unknown()
}
