//! What the command line says, before files and defaults are added.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::digest_command::DigestArgs;

/// Which SQL loads the database, and which tier of the web app is unwell.
///
/// Loadlens reads CloudWatch metrics and RDS Performance Insights with the AWS SDK's ordinary
/// credentials (profiles, regions, `AWS_ENDPOINT_URL`) and serves a dashboard. It never changes
/// anything in AWS or in a database.
#[derive(Debug, Parser)]
#[command(name = "loadlens", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the dashboard against AWS, or whatever `AWS_ENDPOINT_URL` names.
    Serve(ServeArgs),
    /// Run the local AWS endpoint: Performance Insights for any PostgreSQL, MySQL or MariaDB.
    #[cfg(feature = "local")]
    Local(LocalArgs),
    /// Run all of it on this machine: database, sample app, traffic, local endpoint, dashboard.
    #[cfg(feature = "local")]
    Demo(DemoArgs),
    /// Try each AWS call the dashboard needs and say what is missing.
    Doctor(ServeArgs),
    /// Print which metrics are read of each tier and how, as Markdown.
    Tiers,
    /// Print the IAM policy the dashboard needs.
    Policy,
    /// Read SQL statements and write their digests as JSON lines.
    Digest(DigestArgs),
    /// Put links to the dashboard into alarms, and print templates around alarms.
    #[command(subcommand)]
    Alarms(AlarmsCommand),
    /// Show an incident file or a snapshot in the dashboard's own pages, without AWS.
    Open(OpenArgs),
}

/// What can be done about alarms.
#[derive(Debug, Subcommand)]
pub enum AlarmsCommand {
    /// Print what a link in each alarm's description would change; write it only with --apply.
    Link(LinkArgs),
    /// Print a template: of the way alarms are sent to the dashboard, or of a dashboard widget.
    Template(TemplateArgs),
}

/// Options of `alarms link`.
#[derive(Clone, Debug, Args)]
pub struct LinkArgs {
    /// Names of alarms; without one, all of the Regions.
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Address of the dashboard as browsers reach it.
    #[arg(long, env = "LOADLENS_PUBLIC_URL", value_name = "URL")]
    pub public_url: String,
    /// Write the descriptions, and the tag that travels with notifications. The only call of Loadlens
    /// that changes anything in AWS; needs the IAM statement that is printed without it.
    #[arg(long)]
    pub apply: bool,
    /// Leave the alarms' tags alone.
    #[arg(long)]
    pub no_tag: bool,
    /// AWS profile; without it the SDK's default chain decides.
    #[arg(long, env = "LOADLENS_PROFILE", value_name = "NAME")]
    pub profile: Option<String>,
    /// AWS Regions, comma-separated; without it the SDK's default Region.
    #[arg(long, env = "LOADLENS_REGIONS", value_name = "REGION,…", value_delimiter = ',')]
    pub regions: Option<Vec<String>>,
}

/// Options of `alarms template`.
#[derive(Clone, Debug, Args)]
pub struct TemplateArgs {
    /// What to print.
    #[arg(value_enum)]
    pub what: Template,
    /// For which tool; widgets are CloudFormation and Markdown whatever this says.
    #[arg(long, value_enum, default_value_t = Tool::CloudFormation)]
    pub format: Tool,
    /// Address of the dashboard as AWS and browsers reach it.
    #[arg(long, env = "LOADLENS_PUBLIC_URL", value_name = "URL")]
    pub public_url: String,
}

/// A template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Template {
    /// SNS topic and its subscription of /hooks/sns.
    Sns,
    /// EventBridge rule with an API destination that posts to /hooks/eventbridge.
    Eventbridge,
    /// Custom widget: a link over the time range of the CloudWatch dashboard it stands on.
    CustomWidget,
    /// Text widget: a button.
    TextWidget,
}

/// A tool that takes templates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Tool {
    /// CloudFormation, YAML.
    #[value(name = "cloudformation")]
    CloudFormation,
    /// Terraform.
    Terraform,
    /// Commands of the AWS CLI.
    Cli,
}

/// Options of `open`.
#[derive(Clone, Debug, Args)]
pub struct OpenArgs {
    /// An incident file (.html) or a snapshot (.llinc).
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Address to listen on.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// What to log: error, warn, info, debug, or a tracing filter.
    #[arg(long, env = "LOADLENS_LOG", value_name = "FILTER", default_value = "warn")]
    pub log: String,
}

/// Options of the dashboard. Flags win over environment, environment over the file, the file over
/// the defaults.
#[derive(Clone, Debug, Default, Args)]
pub struct ServeArgs {
    /// TOML file with the same names as the long options.
    #[arg(long, env = "LOADLENS_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address to listen on [default: 127.0.0.1:3000].
    #[arg(long, env = "LOADLENS_LISTEN", value_name = "ADDR:PORT")]
    pub listen: Option<SocketAddr>,
    /// Folder of the archive [default: ~/.local/share/loadlens].
    #[arg(long, env = "LOADLENS_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// AWS profile; without it the SDK's default chain decides.
    #[arg(long, env = "LOADLENS_PROFILE", value_name = "NAME")]
    pub profile: Option<String>,
    /// AWS Regions to watch, comma-separated; without it the SDK's default Region.
    #[arg(long, env = "LOADLENS_REGIONS", value_name = "REGION,…", value_delimiter = ',')]
    pub regions: Option<Vec<String>>,
    /// Days the archive keeps minutes [default: 400].
    #[arg(long, env = "LOADLENS_RETENTION_DAYS", value_name = "DAYS")]
    pub retention_days: Option<u32>,
    /// Address of the dashboard as browsers reach it: what links in alarms and summaries begin with
    /// [default: http:// and the address listened on].
    #[arg(long, env = "LOADLENS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// SNS topics whose alarms are received at /hooks/sns, comma-separated; without one it is off.
    #[arg(long, env = "LOADLENS_SNS_TOPICS", value_name = "ARN,…", value_delimiter = ',')]
    pub sns_topics: Option<Vec<String>>,
    /// Key that callers of /hooks/eventbridge send, 24 characters or more; without it that is off.
    #[arg(long, env = "LOADLENS_EVENTBRIDGE_KEY", value_name = "KEY", hide_env_values = true)]
    pub eventbridge_key: Option<String>,
    /// Certificate of the authority that signs for a local endpoint, PEM. Refused unless
    /// `AWS_ENDPOINT_URL` names an endpoint on this machine.
    #[arg(long, env = "LOADLENS_SNS_TEST_ROOT", value_name = "FILE")]
    pub sns_test_root: Option<PathBuf>,
    /// What to log: error, warn, info, debug, or a tracing filter [default: info].
    #[arg(long, env = "LOADLENS_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How to log: text or json [default: text].
    #[arg(long, env = "LOADLENS_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<String>,
}

/// Options of the local AWS endpoint.
#[cfg(feature = "local")]
#[derive(Clone, Debug, Args)]
pub struct LocalArgs {
    /// PostgreSQL to sample, `postgres://user:password@host/db`, with `NAME=` before it if the
    /// instance shall be called so; may be given more than once.
    #[arg(long, value_name = "[NAME=]URL")]
    pub postgres: Vec<String>,
    /// Log of a PostgreSQL on this machine in which `auto_explain` tells its plans
    /// (`auto_explain.log_format = json`; the line prefix has `[%p]`), as NAME=FILE with the name of its
    /// instance; may be given more than once. Without it there are no plans.
    #[arg(long, value_name = "NAME=FILE")]
    pub plan_log: Vec<String>,
    /// MySQL or MariaDB to sample, `mysql://user:password@host/` or `mariadb://…`, with `NAME=`
    /// before it as above; may be given more than once.
    #[arg(long, value_name = "[NAME=]URL")]
    pub mysql: Vec<String>,
    /// Address to listen on.
    #[arg(long, env = "LOADLENS_LOCAL_LISTEN", value_name = "ADDR:PORT", default_value = "127.0.0.1:4566")]
    pub listen: SocketAddr,
    /// vCPUs of databases that run on another machine; those on this one are counted.
    #[arg(long, value_name = "N")]
    pub vcpus: Option<u32>,
    /// Folder of the samples [default: ~/.local/share/loadlens/local].
    #[arg(long, env = "LOADLENS_LOCAL_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Add one simulated instance with eight days of seeded past.
    #[arg(long, value_name = "SEED")]
    pub history: Option<u64>,
    /// Add instances that show each failure: denied-…, throttled-…, gap-…, slow-….
    #[arg(long)]
    pub sentinels: bool,
    /// Region the instances are said to be in.
    #[arg(long, value_name = "REGION", default_value = "us-east-1")]
    pub region: String,
    /// What to log: error, warn, info, debug, or a tracing filter.
    #[arg(long, env = "LOADLENS_LOG", value_name = "FILTER", default_value = "info")]
    pub log: String,
}

/// Options of the demo.
#[cfg(feature = "local")]
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// Port of the dashboard; without it a free one.
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// End by itself this many seconds after the URL is printed.
    #[arg(long = "for", value_name = "SECONDS")]
    pub for_secs: Option<u64>,
    /// Start an incident as soon as the app runs: lock, report, index or burst.
    #[arg(long, value_name = "NAME")]
    pub incident: Option<String>,
    /// Database engine: postgres, with the whole shop in front of it, or mariadb, with the shop's
    /// statements alone.
    #[arg(long, value_name = "ENGINE", default_value = "postgres")]
    pub engine: String,
    /// App instances.
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=8))]
    pub instances: u8,
    /// Seed of data and traffic.
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub seed: u32,
    /// Folder of the database, the samples and the archive [default: ~/.local/share/loadlens-demo,
    /// for root /var/lib/loadlens-demo].
    #[arg(long, env = "LOADLENS_DEMO_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Folder with `postgres` and `initdb`; without it the newest installed.
    #[arg(long, env = "LOADLENS_POSTGRES_BIN", value_name = "DIR")]
    pub postgres_bin: Option<PathBuf>,
    /// Add one simulated instance with eight days of seeded past.
    #[arg(long, value_name = "SEED")]
    pub history: Option<u64>,
    /// What to log: error, warn, info, debug, or a tracing filter.
    #[arg(long, env = "LOADLENS_LOG", value_name = "FILTER", default_value = "warn")]
    pub log: String,
}
