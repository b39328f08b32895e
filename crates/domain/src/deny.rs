//! Windows that recorders paint solid before a frame is encoded: where passwords and cards are typed. An admin
//! edits the list; every entry is a case-insensitive part of a window's title or class.

/// What an organisation begins with: password stores and prompts by class or title, and pages on which cards
/// are typed. Words that stand in ordinary ticket titles (*payment*) are left out on purpose: a list that hides
/// the very thing somebody asks about would be emptied within a day.
pub fn default_windows() -> Vec<String> {
    [
        "1password",
        "bitwarden",
        "keepass",
        "lastpass",
        "dashlane",
        "enpass",
        "nordpass",
        "proton pass",
        "keeper password",
        "seahorse",
        "passwords and keys",
        "pinentry",
        "polkit-gnome-authentication-agent",
        "gcr-prompter",
        "kwalletmanager",
        "virtual terminal",
        "secure checkout",
        "card payment",
        "enter card details",
        "kartenzahlung",
    ]
    .map(str::to_owned)
    .into()
}

/// Whether a window with this `title` and `class` is to be painted solid.
pub fn is_denied(title: &str, class: &str, windows: &[String]) -> bool {
    let (title, class) = (title.to_lowercase(), class.to_lowercase());
    let parts = windows.iter().map(|part| part.trim().to_lowercase()).filter(|part| !part.is_empty());
    parts.into_iter().any(|part| title.contains(&part) || class.contains(&part))
}
