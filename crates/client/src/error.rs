//! Why something the host asked for did not happen.

use deskside_protocol::{Code, Problem};

/// A refusal, no network, or a fault.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The server (or the client on its behalf) said no, and why.
    #[error("{0}")]
    Refused(Box<Problem>),
    /// The server could not be reached; nothing was changed.
    #[error("the server can't be reached: {0}")]
    Unreachable(String),
    /// No connection could be made: nothing has left this machine.
    #[error("there is no connection to the server: {0}")]
    Unconnected(String),
    /// Something broke in this program.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

impl Trouble {
    /// A refusal with this code.
    pub fn refused(code: Code, title: impl Into<String>) -> Self {
        Self::Refused(Box::new(Problem::new(code, title)))
    }

    /// The code, if the server refused.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            Self::Unreachable(_) | Self::Unconnected(_) | Self::Fault(_) => None,
        }
    }

    /// As it is shown: `unavailable` without a network, `fault` for what broke.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Refused(problem) => (**problem).clone(),
            Self::Unreachable(detail) | Self::Unconnected(detail) => {
                let mut problem = Problem::new(Code::Unavailable, "the server can't be reached");
                problem.detail = Some(detail.clone());
                problem
            }
            Self::Fault(error) => {
                let mut problem = Problem::new(Code::Fault, "something broke in the app");
                problem.detail = Some(format!("{error:#}"));
                problem
            }
        }
    }

    /// Whether the same thing may succeed later without anybody doing anything.
    pub(crate) fn passes(&self) -> bool {
        match self {
            // 426: once the app or the server is of another version.
            Self::Refused(problem) => {
                problem.status >= 500 || matches!(problem.status, 408 | 425 | 426 | 429)
            }
            Self::Unreachable(_) | Self::Unconnected(_) => true,
            Self::Fault(_) => false,
        }
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Fault(anyhow::Error::new(error).context("the profile's database"))
    }
}
