//! Mirrors: wire types that stand for domain types. One field list makes the struct, its serialisation, its
//! TypeScript and schema forms and the conversion both ways; a field forgotten on either side does not compile.

use deskside_domain::Time;

/// A wire type that stands for a domain type.
pub trait Mirror: Sized {
    /// What it stands for.
    type Domain;
    /// The wire form of `domain`.
    fn from_domain(domain: Self::Domain) -> Self;
    /// The domain form of `self`.
    fn into_domain(self) -> Self::Domain;
}

macro_rules! mirrors_itself {
    ($($type:ty),+) => {$(
        impl Mirror for $type {
            type Domain = $type;
            fn from_domain(domain: $type) -> Self { domain }
            fn into_domain(self) -> $type { self }
        }
    )+};
}
mirrors_itself!(bool, u8, i16, u16, u32, u64, i64, String);

impl<T: Mirror> Mirror for Option<T> {
    type Domain = Option<T::Domain>;
    fn from_domain(domain: Self::Domain) -> Self {
        domain.map(T::from_domain)
    }
    fn into_domain(self) -> Self::Domain {
        self.map(T::into_domain)
    }
}

impl<T: Mirror> Mirror for Vec<T> {
    type Domain = Vec<T::Domain>;
    fn from_domain(domain: Self::Domain) -> Self {
        domain.into_iter().map(T::from_domain).collect()
    }
    fn into_domain(self) -> Self::Domain {
        self.into_iter().map(T::into_domain).collect()
    }
}

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
    ts_rs::TS,
    schemars::JsonSchema,
)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Millis(pub i64);

impl Mirror for Millis {
    type Domain = Time;
    fn from_domain(domain: Time) -> Self {
        Self(domain.0)
    }
    fn into_domain(self) -> Time {
        Time(self.0)
    }
}

/// A struct with the same fields as `$domain`.
macro_rules! mirror_struct {
    ($(#[$meta:meta])* $name:ident = $domain:path { $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, ts_rs::TS, schemars::JsonSchema)]
        $(#[$meta])*
        pub struct $name { $($(#[$field_meta])* pub $field: $type),* }

        impl $crate::Mirror for $name {
            type Domain = $domain;
            fn from_domain(domain: $domain) -> Self {
                Self { $($field: $crate::Mirror::from_domain(domain.$field)),* }
            }
            fn into_domain(self) -> $domain {
                $domain { $($field: $crate::Mirror::into_domain(self.$field)),* }
            }
        }
    };
}

/// An enum without data, with the same variants as `$domain`; snake_case on the wire.
macro_rules! mirror_enum {
    ($(#[$meta:meta])* $name:ident = $domain:ident::$type:ident { $($(#[$variant_meta:meta])* $variant:ident),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, ts_rs::TS,
            schemars::JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $crate::Mirror for $name {
            type Domain = deskside_domain::$domain::$type;
            fn from_domain(domain: Self::Domain) -> Self {
                match domain { $(deskside_domain::$domain::$type::$variant => Self::$variant),+ }
            }
            fn into_domain(self) -> Self::Domain {
                match self { $(Self::$variant => deskside_domain::$domain::$type::$variant),+ }
            }
        }
    };
}
