//! What a request, desk, person, clip and call are, and which changes are allowed.
