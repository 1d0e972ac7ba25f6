//! The tabs of a statement's page.

use std::str::FromStr;

/// A tab below the charts of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SqlTab {
    /// What it waits for, with causes.
    #[default]
    Waits,
    /// Who runs it: hosts, users, applications, databases.
    Callers,
    /// How its literals are spread, as keyed hashes.
    Literals,
    /// How it is executed.
    Plans,
    /// Whom it waits for.
    Blocking,
    /// Digests of Performance Insights and statements under it.
    Children,
    /// The same digest on other instances.
    Elsewhere,
}

impl SqlTab {
    /// Every tab, in order.
    pub const ALL: [Self; 7] =
        [Self::Waits, Self::Callers, Self::Plans, Self::Blocking, Self::Literals, Self::Children, Self::Elsewhere];

    /// Name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waits => "waits",
            Self::Callers => "callers",
            Self::Plans => "plans",
            Self::Blocking => "blocking",
            Self::Literals => "literals",
            Self::Children => "children",
            Self::Elsewhere => "elsewhere",
        }
    }
}

impl FromStr for SqlTab {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|tab| tab.name() == text)
            .ok_or_else(|| format!("'{}' is no tab of a statement", super::shortened(text)))
    }
}
