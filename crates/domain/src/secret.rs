//! A key the server signs with (Jitsi, LiveKit). Nobody sees it again after it was set.

/// One key.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// `jitsi` or `livekit`, optionally `:DESK`.
    pub name: String,
    /// The key itself.
    pub value: String,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({}, hidden)", self.name)
    }
}
