//! What can go wrong on request.

/// Something that goes wrong on request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Incident {
    /// A flash sale: all checkouts fight over one row.
    Lock,
    /// A report over everything, endlessly, by each instance.
    Report,
    /// A growing table loses an index that most pages need.
    Index,
    /// Five times the visitors.
    Burst,
}

impl Incident {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Lock, Self::Report, Self::Index, Self::Burst];

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lock => "lock",
            Self::Report => "report",
            Self::Index => "index",
            Self::Burst => "burst",
        }
    }

    /// One sentence for people.
    pub fn description(self) -> &'static str {
        match self {
            Self::Lock => "A flash sale: all checkouts fight over the best-seller's row.",
            Self::Report => "A report over everything, run endlessly by every instance.",
            Self::Index => "The growing table of visits loses the index that most pages need.",
            Self::Burst => "Five times the visitors.",
        }
    }

    /// The switch of the shop behind it.
    pub(super) fn sin(self) -> Option<&'static str> {
        match self {
            Self::Lock => Some("hot_row"),
            Self::Report => Some("long_report"),
            Self::Index => Some("missing_index"),
            Self::Burst => None,
        }
    }

    /// What the visitors do meanwhile.
    pub(super) fn profile(self) -> Option<&'static str> {
        match self {
            Self::Lock => Some("sale"),
            Self::Burst => Some("burst"),
            Self::Report | Self::Index => None,
        }
    }
}

impl std::str::FromStr for Incident {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let names = Self::ALL.map(Self::name).join(", ");
        let found = Self::ALL.into_iter().find(|incident| incident.name() == text);
        found.ok_or_else(|| format!("unknown incident `{text}`; there are {names}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Incident;

    #[test]
    fn incidents_are_read_by_name_and_a_wrong_name_lists_them() {
        for incident in Incident::ALL {
            assert_eq!(incident.name().parse(), Ok(incident));
        }
        let error = "lokc".parse::<Incident>();
        assert_eq!(error, Err("unknown incident `lokc`; there are lock, report, index, burst".to_owned()));
    }
}
