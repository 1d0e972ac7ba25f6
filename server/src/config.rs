//! Configuration of the dashboard: flags over environment over a TOML file over defaults.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use incidents::links::Dashboard;
use serde::Deserialize;

use samples::Prices;

use crate::cli::ServeArgs;
use crate::hooks::HookSettings;

/// Keys of the file; the long options without dashes.
const FILE_KEYS: [&str; 14] = [
    "app-tag",
    "apps",
    "data-dir",
    "eventbridge-key",
    "listen",
    "log",
    "log-format",
    "prices",
    "profile",
    "public-url",
    "regions",
    "retention-days",
    "sns-test-root",
    "sns-topics",
];

/// Shortest and longest time the archive may be told to keep, in days.
const RETENTION_DAYS: std::ops::RangeInclusive<u32> = 1..=3660;

/// How lines of the log look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Every setting, resolved.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Address of the dashboard.
    pub listen: SocketAddr,
    /// Folder of the archive.
    pub data_dir: PathBuf,
    /// AWS profile.
    pub profile: Option<String>,
    /// Regions to watch; empty means the SDK's default.
    pub regions: Vec<String>,
    /// Days minutes are kept.
    pub retention_days: u32,
    /// Tag whose value names the app a resource belongs to.
    pub app_tag: String,
    /// Apps by name, as ARNs; what these lead to belongs to them too.
    pub apps: BTreeMap<String, Vec<String>>,
    /// What compute costs: the user's table, else the shipped one.
    pub prices: Prices,
    /// Where browsers reach the dashboard.
    pub public_url: Dashboard,
    /// How alarms are received.
    pub hooks: HookSettings,
    /// Log filter.
    pub log: String,
    /// Log format.
    pub log_format: LogFormat,
}

/// A setting that cannot be used: one line, with the place and the way out.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Cause.
        source: std::io::Error,
    },
    /// The file is no TOML or a value has the wrong type.
    #[error("{path}: {message}")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What and where.
        message: String,
    },
    /// A key nobody knows.
    #[error("{path}: unknown key '{key}'; did you mean '{nearest}'?")]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// As written.
        key: String,
        /// The valid key most like it.
        nearest: &'static str,
    },
    /// A value out of its range.
    #[error("{name}: '{value}' cannot be used; {hint}")]
    BadValue {
        /// Name of the setting.
        name: &'static str,
        /// As written.
        value: String,
        /// What would do.
        hint: &'static str,
    },
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct FileConfig {
    listen: Option<SocketAddr>,
    data_dir: Option<PathBuf>,
    profile: Option<String>,
    regions: Option<Vec<String>>,
    retention_days: Option<u32>,
    app_tag: Option<String>,
    #[serde(default)]
    apps: BTreeMap<String, Vec<String>>,
    prices: Option<PathBuf>,
    public_url: Option<String>,
    sns_topics: Option<Vec<String>>,
    eventbridge_key: Option<String>,
    sns_test_root: Option<PathBuf>,
    log: Option<String>,
    log_format: Option<String>,
}

impl Config {
    /// Adds file and defaults to what flags and environment say (clap has merged those two).
    ///
    /// # Errors
    /// [`ConfigError`] naming file, key or value.
    pub fn resolve(args: &ServeArgs) -> Result<Self, ConfigError> {
        let file = args.config.as_deref().map(read_file).transpose()?.unwrap_or_default();
        let listen = args.listen.or(file.listen).unwrap_or(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 3000));
        let log_format = args.log_format.clone().or(file.log_format);
        let retention_days = args.retention_days.or(file.retention_days).unwrap_or(400);
        let public_url = args.public_url.clone().or(file.public_url).unwrap_or_else(|| format!("http://{listen}"));
        Ok(Self {
            public_url: checked_url(&public_url)?,
            hooks: HookSettings {
                sns_topics: args.sns_topics.clone().or(file.sns_topics).unwrap_or_default(),
                eventbridge_key: args.eventbridge_key.clone().or(file.eventbridge_key),
                sns_test_root: args.sns_test_root.clone().or(file.sns_test_root),
            },
            listen: loopback_only(listen)?,
            data_dir: match args.data_dir.clone().or(file.data_dir) {
                Some(dir) => dir,
                None => default_data_dir()?,
            },
            profile: args.profile.clone().or(file.profile),
            regions: args.regions.clone().or(file.regions).unwrap_or_default(),
            retention_days: checked_retention(retention_days)?,
            app_tag: file.app_tag.unwrap_or_else(|| "app".to_owned()),
            apps: checked_apps(file.apps)?,
            prices: read_prices(file.prices, args.config.as_deref())?,
            log: args.log.clone().or(file.log).unwrap_or_else(|| "info".to_owned()),
            log_format: parse_log_format(log_format.as_deref())?,
        })
    }
}

/// The folder the archive lives in when nobody says otherwise: `$XDG_DATA_HOME/loadlens`, else
/// `~/.local/share/loadlens`.
///
/// # Errors
/// [`ConfigError::BadValue`] when there is no home folder.
pub fn default_data_dir() -> Result<PathBuf, ConfigError> {
    let from_env = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    from_env("XDG_DATA_HOME")
        .or_else(|| from_env("HOME").map(|home| home.join(".local/share")))
        .map(|base| base.join("loadlens"))
        .ok_or(ConfigError::BadValue {
            name: "data-dir",
            value: String::new(),
            hint: "HOME is not set, so say --data-dir DIR",
        })
}

fn read_file(path: &Path) -> Result<FileConfig, ConfigError> {
    let malformed = |error: toml::de::Error, text: &str| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
        ConfigError::Malformed { path: path.to_owned(), message: format!("line {line}: {}", error.message()) }
    };
    let text =
        std::fs::read_to_string(path).map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| malformed(error, &text))?;
    if let Some(key) = table.keys().find(|key| !FILE_KEYS.contains(&key.as_str())) {
        let nearest = nearest_key(key);
        return Err(ConfigError::UnknownKey { path: path.to_owned(), key: key.clone(), nearest });
    }
    toml::from_str(&text).map_err(|error| malformed(error, &text))
}

fn nearest_key(key: &str) -> &'static str {
    let written = key.replace('_', "-").to_lowercase();
    let likeness = |valid: &&'static str| (strsim::jaro_winkler(&written, valid) * 1e6) as u64;
    FILE_KEYS.into_iter().max_by_key(likeness).unwrap_or("listen")
}

fn loopback_only(listen: SocketAddr) -> Result<SocketAddr, ConfigError> {
    if listen.ip().is_loopback() {
        return Ok(listen);
    }
    Err(ConfigError::BadValue {
        name: "listen",
        value: listen.to_string(),
        hint: "there is no sign-in yet, so only 127.0.0.1 or [::1] is served; reach it through an SSH tunnel",
    })
}

fn checked_retention(days: u32) -> Result<u32, ConfigError> {
    if RETENTION_DAYS.contains(&days) {
        return Ok(days);
    }
    Err(ConfigError::BadValue { name: "retention-days", value: days.to_string(), hint: "use 1 to 3660" })
}

fn checked_apps(apps: BTreeMap<String, Vec<String>>) -> Result<BTreeMap<String, Vec<String>>, ConfigError> {
    let wrong = apps.values().flatten().find(|arn| !arn.starts_with("arn:") || arn.split(':').count() < 6);
    match wrong {
        None => Ok(apps),
        Some(arn) => Err(ConfigError::BadValue {
            name: "apps",
            value: arn.clone(),
            hint: "name resources by ARN, as in shop = [\"arn:aws:elasticloadbalancing:…\"]",
        }),
    }
}

/// The price table of a file; a relative path starts at the configuration's folder.
fn read_prices(path: Option<PathBuf>, config: Option<&Path>) -> Result<Prices, ConfigError> {
    let Some(path) = path else { return Ok(Prices::shipped()) };
    let path = config.and_then(Path::parent).map_or_else(|| path.clone(), |dir| dir.join(&path));
    let text =
        std::fs::read_to_string(&path).map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
    Prices::parse(&text).map_err(|message| ConfigError::Malformed { path, message })
}

fn checked_url(text: &str) -> Result<Dashboard, ConfigError> {
    Dashboard::new(text).map_err(|_| ConfigError::BadValue {
        name: "public-url",
        value: text.chars().take(120).collect(),
        hint: "use https://host or https://host/path, without query",
    })
}

fn parse_log_format(text: Option<&str>) -> Result<LogFormat, ConfigError> {
    match text {
        None | Some("text") => Ok(LogFormat::Text),
        Some("json") => Ok(LogFormat::Json),
        Some(other) => {
            Err(ConfigError::BadValue { name: "log-format", value: other.to_owned(), hint: "use text or json" })
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn with_file(text: &str, args: ServeArgs) -> Result<Config, ConfigError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("loadlens.toml");
        std::fs::write(&path, text).unwrap();
        let data_dir = Some(dir.path().to_owned());
        Config::resolve(&ServeArgs { config: Some(path), data_dir: args.data_dir.clone().or(data_dir), ..args })
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let text = "listen = \"127.0.0.1:4000\"\nretention-days = 30\nregions = [\"eu-central-1\"]";
        let args = ServeArgs { retention_days: Some(7), ..ServeArgs::default() };
        let config = with_file(text, args).unwrap();
        assert_eq!(config.listen.port(), 4000);
        assert_eq!(config.retention_days, 7);
        assert_eq!(config.regions, ["eu-central-1"]);
        assert_eq!(config.log_format, LogFormat::Text);
    }

    #[test]
    fn each_mistake_is_one_line_that_names_it() {
        for (text, expected) in [
            ("lisen = \"127.0.0.1:1\"", "unknown key 'lisen'; did you mean 'listen'?"),
            ("retention_days = 3", "unknown key 'retention_days'; did you mean 'retention-days'?"),
            ("listen = \"0.0.0.0:3000\"", "there is no sign-in yet"),
            ("listen = \n", "line 1"),
            ("\nretention-days = \"x\"", "line 2"),
            ("retention-days = 0", "use 1 to 3660"),
            ("log-format = \"xml\"", "use text or json"),
            ("[apps]\nshop = [\"my-balancer\"]", "name resources by ARN"),
            ("public-url = \"dash.example\"", "use https://host"),
            ("sns-topic = []", "did you mean 'sns-topics'?"),
        ] {
            let message = with_file(text, ServeArgs::default()).unwrap_err().to_string();
            assert!(message.contains(expected), "{text}: {message}");
            assert_eq!(message.lines().count(), 1, "{message}");
        }
    }

    #[test]
    fn prices_can_be_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let (config, prices) = (dir.path().join("loadlens.toml"), dir.path().join("prices.toml"));
        std::fs::write(&config, "prices = \"prices.toml\"").unwrap();
        let args = ServeArgs { config: Some(config), data_dir: Some(dir.path().to_owned()), ..ServeArgs::default() };
        assert!(Config::resolve(&args).unwrap_err().to_string().contains("prices.toml"));
        let row = "[[price]]\nkind = 'm.large'\nregion = 'r'\non_demand = 0.2";
        std::fs::write(&prices, format!("as_of = '2026-11-25'\nsource = 'ours'\n{row}")).unwrap();
        let found = Config::resolve(&args).unwrap().prices;
        assert_eq!(found.of("m.large", "r", None).map(|price| price.on_demand), Some(0.2));
        std::fs::write(&prices, "as_of = 1").unwrap();
        let message = Config::resolve(&args).unwrap_err().to_string();
        assert!(message.contains("line 1") && message.lines().count() == 1, "{message}");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let args = ServeArgs { config: Some("/nowhere/loadlens.toml".into()), ..ServeArgs::default() };
        assert!(Config::resolve(&args).unwrap_err().to_string().contains("/nowhere/loadlens.toml"));
    }
}
