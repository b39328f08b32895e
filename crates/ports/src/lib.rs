//! What the server needs from outside, and the contract every implementation passes.
