//! What pages may ask, as `CONTRACT.md` lists it. A few lines each: the work is in `app`.

use std::sync::Arc;

use deskside_app::{
    app::App,
    area::{Area, Mic},
    hotkeys::Does,
    masks::Mask,
    numbers::Number,
    record::Sound,
    to_ui::{PictureAt, ToUi},
};
use deskside_client::Trouble;
use deskside_protocol::{
    Code, Command, Entity, Problem,
    account::{CallLink, Hello, InviteOffer, Join, Kept, OneTimeLink, Session, SetUp},
    feed::CommandResult,
    id::{AttachmentId, CallId, ClipId, DeskId, PersonId, RequestId},
    place::{Affected, LiveShare, Place},
    search::Found,
    values::{ClipPart, Urgency},
};
use serde_json::{Value, json};
use tauri::{
    AppHandle, Manager as _, State, WebviewWindow,
    ipc::{Channel, InvokeBody, Request, Response},
};

use crate::{hotkeys, masks, outside, windows};

type Deskside<'a> = State<'a, Arc<App>>;
type Answer<T> = Result<T, Problem>;

fn problem(trouble: Trouble) -> Problem {
    trouble.problem()
}

fn fault(error: impl std::error::Error + Send + Sync + 'static) -> Problem {
    Trouble::Fault(error.into()).problem()
}

/// The table of commands.
pub fn handler() -> impl Fn(tauri::ipc::Invoke) -> bool {
    tauri::generate_handler![
        attach,
        send,
        release,
        forget,
        upload,
        clean,
        look,
        search,
        read,
        place,
        question_place,
        live_share,
        affected,
        asked_about,
        call_link,
        open,
        typing,
        put_draft,
        hello,
        sign_in,
        sign_in_by_link,
        offer,
        join,
        set_up,
        sign_out,
        sessions,
        end_session,
        password_link,
        kept,
        show_main,
        close_window,
        overlay_show,
        overlay_hide,
        overlay_let_go,
        overlay_resize,
        shot_begin,
        shot_frozen,
        shot_look,
        shot_done,
        shot_cancel,
        recorder_areas,
        recorder_pick,
        recorder_cancel_pick,
        recorder_begin,
        recorder_skip_count,
        recorder_pause,
        recorder_mute,
        save_clip,
        recorder_mask,
        recorder_masks,
        recorder_set_masks,
        recorder_stop,
        recorder_discard,
        recorder_let_watch,
        review_send,
        review_cut,
        review_discard,
        hotkeys,
        set_hotkey,
        rest_hotkeys,
        mics,
        listen,
        stop_listening,
    ]
}

#[tauri::command]
async fn attach(app: Deskside<'_>, window: WebviewWindow, channel: Channel<ToUi>) -> Answer<()> {
    app.attach(window.label(), move |news| channel.send(news.clone()).is_ok());
    Ok(())
}

#[tauri::command]
async fn send(app: Deskside<'_>, command_id: String, command: Command) -> Answer<CommandResult> {
    let id = command_id.parse().map_err(fault)?;
    app.send(id, command).await
}

#[tauri::command]
async fn release(app: Deskside<'_>, command_id: String) -> Answer<()> {
    app.client.release(command_id.parse().map_err(fault)?).await.map_err(problem)
}

#[tauri::command]
async fn forget(app: Deskside<'_>, command_id: String) -> Answer<bool> {
    app.client.forget(command_id.parse().map_err(fault)?).await.map_err(problem)
}

fn raw(request: &Request<'_>) -> Option<Vec<u8>> {
    match request.body() {
        InvokeBody::Raw(bytes) => Some(bytes.clone()),
        InvokeBody::Json(_) => None,
    }
}

fn header<'a>(request: &'a Request<'_>, name: &str) -> Option<&'a str> {
    request.headers().get(name).and_then(|value| value.to_str().ok())
}

fn missing(what: &'static str) -> impl FnOnce() -> Problem {
    move || Problem::new(Code::Malformed, format!("the call has no {what}"))
}

#[tauri::command]
async fn upload(app: Deskside<'_>, request: Request<'_>) -> Answer<()> {
    let id: AttachmentId =
        header(&request, "attachment").ok_or_else(missing("attachment"))?.parse().map_err(fault)?;
    let mime = header(&request, "mime").ok_or_else(missing("media type"))?;
    app.upload(id, mime, raw(&request).ok_or_else(missing("bytes"))?).await.map_err(problem)
}

#[tauri::command]
async fn clean(app: Deskside<'_>, request: Request<'_>) -> Answer<Response> {
    app.clean(raw(&request).ok_or_else(missing("bytes"))?).await.map(Response::new).map_err(problem)
}

#[tauri::command]
async fn look(app: Deskside<'_>, request: Request<'_>) -> Answer<Vec<Number>> {
    app.look(raw(&request).ok_or_else(missing("bytes"))?).await.map_err(problem)
}

#[tauri::command]
async fn search(app: Deskside<'_>, query: String) -> Answer<Found> {
    app.client.search(&query).await.map_err(problem)
}

#[tauri::command]
async fn read(app: Deskside<'_>, request: RequestId) -> Answer<Vec<Entity>> {
    app.read(request).await.map_err(problem)
}

#[tauri::command]
async fn place(app: Deskside<'_>, request: RequestId) -> Answer<Place> {
    app.client.place(request).await.map_err(problem)
}

#[tauri::command]
async fn question_place(app: Deskside<'_>, desk: DeskId, urgency: Urgency) -> Answer<Place> {
    app.client.question_place(desk, urgency).await.map_err(problem)
}

#[tauri::command]
async fn live_share(app: Deskside<'_>, desk: DeskId) -> Answer<LiveShare> {
    app.client.live_share(desk).await.map_err(problem)
}

#[tauri::command]
async fn affected(app: Deskside<'_>, desk: DeskId, change: Command) -> Answer<Affected> {
    app.client.affected(desk, &change).await.map_err(problem)
}

#[tauri::command]
async fn asked_about(app: Deskside<'_>, ticket: String) -> Answer<Vec<Entity>> {
    app.client.asked_about(&ticket).await.map_err(problem)
}

#[tauri::command]
async fn call_link(app: Deskside<'_>, call: CallId) -> Answer<CallLink> {
    app.client.call_link(call).await.map_err(problem)
}

#[tauri::command]
async fn open(address: String, otherwise: Option<String>) -> Answer<()> {
    outside::open(&address, otherwise.as_deref()).map_err(problem)
}

#[tauri::command]
async fn typing(app: Deskside<'_>, request: RequestId) -> Answer<()> {
    app.client.typing(request);
    Ok(())
}

#[tauri::command]
async fn put_draft(app: Deskside<'_>, window: WebviewWindow, key: String, value: String) -> Answer<()> {
    app.put_draft(window.label(), key, value).await.map_err(problem)
}

#[tauri::command]
async fn hello(app: Deskside<'_>, address: Option<String>) -> Answer<Hello> {
    app.client.hello(address.as_deref()).await.map_err(problem)
}

#[tauri::command]
async fn sign_in(app: Deskside<'_>, address: Option<String>, email: String, password: String) -> Answer<()> {
    app.client.sign_in(address.as_deref(), &email, &password).await.map_err(problem)
}

#[tauri::command]
async fn sign_in_by_link(app: Deskside<'_>, secret: String, new_password: Option<String>) -> Answer<()> {
    app.client.sign_in_by_link(&secret, new_password).await.map_err(problem)
}

#[tauri::command]
async fn offer(app: Deskside<'_>, secret: String) -> Answer<InviteOffer> {
    app.client.offer(&secret).await.map_err(problem)
}

#[tauri::command]
async fn join(app: Deskside<'_>, join: Join) -> Answer<()> {
    app.client.join(join).await.map_err(problem)
}

#[tauri::command]
async fn set_up(app: Deskside<'_>, set_up: SetUp) -> Answer<()> {
    app.client.set_up(set_up).await.map_err(problem)
}

#[tauri::command]
async fn sign_out(app: Deskside<'_>) -> Answer<()> {
    app.sign_out().await.map_err(problem)
}

#[tauri::command]
async fn sessions(app: Deskside<'_>) -> Answer<Vec<Session>> {
    app.client.sessions().await.map_err(problem)
}

#[tauri::command]
async fn end_session(app: Deskside<'_>, id: String) -> Answer<()> {
    app.client.end_session(&id).await.map_err(problem)
}

#[tauri::command]
async fn password_link(app: Deskside<'_>, person: PersonId) -> Answer<OneTimeLink> {
    app.client.password_link(person).await.map_err(problem)
}

#[tauri::command]
async fn kept(app: Deskside<'_>) -> Answer<Vec<Kept>> {
    app.client.kept().await.map_err(problem)
}

#[tauri::command]
async fn show_main(shell: AppHandle, path: String) -> Answer<()> {
    windows::show_main(&shell, Some(path));
    Ok(())
}

#[tauri::command]
async fn close_window(shell: AppHandle, window: WebviewWindow) -> Answer<()> {
    match window.label() {
        windows::MAIN => window.hide().map_err(fault),
        windows::OVERLAY => {
            windows::hide_overlay(&shell);
            Ok(())
        }
        label => {
            windows::close(&shell, label);
            Ok(())
        }
    }
}

#[tauri::command]
async fn overlay_show(shell: AppHandle) -> Answer<()> {
    windows::show_overlay(&shell, None, None).await;
    Ok(())
}

#[tauri::command]
async fn overlay_hide(shell: AppHandle) -> Answer<()> {
    windows::hide_overlay(&shell);
    Ok(())
}

#[tauri::command]
async fn overlay_let_go(shell: AppHandle) -> Answer<()> {
    windows::let_go_of_overlay(&shell);
    Ok(())
}

#[tauri::command]
async fn overlay_resize(shell: AppHandle, height: f64) -> Answer<()> {
    let Some(overlay) = shell.get_webview_window(windows::OVERLAY) else { return Ok(()) };
    overlay.set_size(tauri::LogicalSize::new(640.0, height.clamp(60.0, 800.0))).map_err(fault)
}

/// "Ask with a screenshot": freezes the screen for the overlay, which follows once the picture is marked.
pub async fn ask_with_shot(shell: &AppHandle) {
    windows::ready_overlay(shell).await;
    if let Err(problem) = begin_shot(shell, windows::OVERLAY).await {
        tracing::error!(%problem, "no screenshot");
        windows::back_from_mark(shell, Some(windows::OVERLAY));
    }
}

async fn begin_shot(shell: &AppHandle, page: &str) -> Answer<()> {
    windows::step_aside(shell);
    let frozen = crate::shell::app(shell).freeze(page).await.map_err(problem)?;
    windows::show_mark(shell, frozen.width, frozen.height).map_err(fault)
}

#[tauri::command]
async fn shot_begin(shell: AppHandle, window: WebviewWindow) -> Answer<()> {
    let begun = begin_shot(&shell, window.label()).await;
    if begun.is_err() {
        windows::back_from_mark(&shell, Some(window.label()));
    }
    begun
}

#[tauri::command]
async fn shot_frozen(app: Deskside<'_>) -> Answer<PictureAt> {
    app.frozen().map_err(problem)
}

#[tauri::command]
async fn shot_look(app: Deskside<'_>, channel: Channel<Vec<Number>>) -> Answer<Vec<Number>> {
    // A page that is gone needs no numbers; the look ends by itself.
    let tell = move |numbers| drop(channel.send(numbers));
    app.look_at_frozen(tell).await.map_err(problem)
}

#[tauri::command]
async fn shot_done(app: Deskside<'_>, shell: AppHandle, request: Request<'_>) -> Answer<()> {
    let page = app.shot_done(raw(&request).ok_or_else(missing("bytes"))?).await.map_err(problem)?;
    windows::back_from_mark(&shell, page.as_deref());
    Ok(())
}

#[tauri::command]
async fn shot_cancel(app: Deskside<'_>, shell: AppHandle) -> Answer<()> {
    let page = app.shot_cancel();
    windows::back_from_mark(&shell, page.as_deref());
    Ok(())
}

#[tauri::command]
async fn recorder_areas(app: Deskside<'_>, window: WebviewWindow) -> Answer<Value> {
    let areas = app.areas().await.map_err(problem)?;
    let covers = windows::display_under(&window);
    let (last, mics) = (app.settings.get().last_area, app.mics().await);
    // What for, where the computer's sound may be recorded; null where it may not.
    let system_sound = app.system_sound().await.map_err(problem)?;
    let backdrop = app.backdrop();
    Ok(json!({
        "areas": areas, "covers": covers, "last": last, "mics": mics, "system_sound": system_sound,
        "backdrop": backdrop,
    }))
}

#[tauri::command]
async fn recorder_pick(app: Deskside<'_>, shell: AppHandle, request: Option<RequestId>) -> Answer<()> {
    windows::hide_overlay(&shell);
    app.pick(request).await;
    Ok(())
}

#[tauri::command]
async fn recorder_cancel_pick(app: Deskside<'_>) -> Answer<()> {
    app.cancel_pick();
    Ok(())
}

#[tauri::command]
async fn recorder_begin(
    app: Deskside<'_>,
    area: Area,
    mic: Option<String>,
    system_sound: bool,
    request: Option<RequestId>,
) -> Answer<()> {
    app.record(area, mic, system_sound, request).await.map_err(problem)
}

#[tauri::command]
async fn recorder_skip_count(app: Deskside<'_>) -> Answer<()> {
    app.clips.skip_count();
    Ok(())
}

#[tauri::command]
async fn recorder_pause(app: Deskside<'_>, on: bool) -> Answer<()> {
    app.clips.pause(on).await;
    Ok(())
}

#[tauri::command]
async fn recorder_mute(app: Deskside<'_>, on: bool, system: bool) -> Answer<()> {
    let sound = if system { Sound::System } else { Sound::Microphone };
    app.clips.mute(sound, on).await;
    Ok(())
}

#[tauri::command]
async fn save_clip(app: Deskside<'_>, shell: AppHandle, clip: ClipId) -> Answer<String> {
    let folder = shell.path().download_dir().map_err(fault)?;
    let path = app.save_clip(clip, &folder).await.map_err(problem)?;
    Ok(path.display().to_string())
}

#[tauri::command]
async fn recorder_mask(app: Deskside<'_>, shell: AppHandle) -> Answer<()> {
    if app.begin_masking().await.map_err(problem)?
        && let Err(error) = masks::show(&shell)
    {
        app.end_masking(None).await;
        return Err(fault(error));
    }
    Ok(())
}

#[tauri::command]
async fn recorder_masks(app: Deskside<'_>, window: WebviewWindow) -> Answer<Value> {
    let screen = masks::screen(&window).map_err(fault)?;
    let masking = app.masking().await;
    Ok(json!({ "masks": masking.masks, "backdrop": masking.backdrop, "screen": screen }))
}

#[tauri::command]
async fn recorder_set_masks(app: Deskside<'_>, shell: AppHandle, masks: Option<Vec<Mask>>) -> Answer<()> {
    // Before it goes on, which it does once the window is gone, so that no picture comes without them.
    if let Some(masks) = masks {
        app.clips.set_masks(masks).await;
    }
    windows::close(&shell, masks::LABEL);
    Ok(())
}

#[tauri::command]
async fn recorder_stop(app: Deskside<'_>) -> Answer<()> {
    app.stop_recording().await.map_err(problem)
}

#[tauri::command]
async fn recorder_discard(app: Deskside<'_>) -> Answer<()> {
    app.discard_recording().await.map_err(problem)
}

#[tauri::command]
async fn recorder_let_watch(app: Deskside<'_>, person: PersonId, on: bool) -> Answer<()> {
    app.clips.let_watch(person, on).await.map_err(problem)
}

#[tauri::command]
async fn review_send(app: Deskside<'_>, clip: ClipId, reviewed: bool) -> Answer<()> {
    app.clips.send_held(clip, reviewed).await.map_err(problem)
}

#[tauri::command]
async fn review_cut(app: Deskside<'_>, clip: ClipId, keep: Vec<ClipPart>) -> Answer<()> {
    app.clips.cut_held(clip, &keep).await.map_err(problem)
}

#[tauri::command]
async fn review_discard(app: Deskside<'_>, clip: ClipId) -> Answer<()> {
    app.discard_held(clip).await.map_err(problem)
}

#[tauri::command]
async fn hotkeys(shell: AppHandle) -> Answer<Vec<hotkeys::Hotkey>> {
    Ok(hotkeys::look(&shell))
}

#[tauri::command]
async fn set_hotkey(shell: AppHandle, does: Does, keys: Option<String>) -> Answer<Value> {
    let outcome = hotkeys::change(&shell, does, keys);
    // To look for free keys is to hold them for a moment: only for keys that are taken.
    let is_taken = matches!(outcome, hotkeys::Outcome::Taken);
    let proposal = is_taken.then(|| hotkeys::propose(&shell, does)).flatten();
    Ok(json!({ "outcome": outcome, "proposal": proposal }))
}

#[tauri::command]
async fn rest_hotkeys(shell: AppHandle, on: bool) -> Answer<()> {
    if on {
        hotkeys::rest(&shell)
    } else {
        hotkeys::take(&shell)
    }
    Ok(())
}

#[tauri::command]
async fn mics(app: Deskside<'_>) -> Answer<Vec<Mic>> {
    Ok(app.mics().await)
}

#[tauri::command]
async fn listen(app: Deskside<'_>, mic: String, channel: Channel<Value>) -> Answer<()> {
    app.listen(mic, move |level| channel.send(json!({ "kind": "listen", "level": level })).is_ok());
    Ok(())
}

#[tauri::command]
async fn stop_listening(app: Deskside<'_>) -> Answer<()> {
    app.stop_listening();
    Ok(())
}
