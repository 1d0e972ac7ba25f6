//! Our discovery against moto, which nobody here wrote, with one populated app.

use std::collections::BTreeMap;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use collect::{Apps, Collector};
use local_stack::guard::{GuardSpec, Guarded};
use samples::{Evidence, FigureKind, LimitKind, TierResource, Topology};
use serde_json::Value;
use tests::tools;
use units::Timestamp;

/// moto imports a lot on a busy machine.
const START_PATIENCE: Duration = Duration::from_secs(120);

struct Moto {
    url: String,
    _process: Guarded,
    _folder: tempfile::TempDir,
}

impl Moto {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let args = ["-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec();
        let program = tools::peer_python().with_file_name("moto_server");
        let spec = GuardSpec { args, ..GuardSpec::new(program, folder.path().join("moto.log")) };
        let process = Guarded::spawn(&spec).unwrap();
        let deadline = Instant::now() + START_PATIENCE;
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "moto did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { url: format!("http://127.0.0.1:{port}"), _process: process, _folder: folder }
    }

    /// Lets boto3 build the app; what it made, by what it is.
    fn populate(&self) -> Value {
        let output = Command::new(tools::peer_python())
            .arg(tools::repository().join("tests/peers/moto_world.py"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("AWS_ENDPOINT_URL", &self.url)
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn discovery_finds_what_boto3_made() {
    let moto = Moto::start();
    let made = tokio::task::block_in_place(|| moto.populate());
    let collector = Collector::connect_to(&moto.url, "us-east-1").await;
    let now = Timestamp::from_secs(1_795_392_000);
    let instances = collector.list_instances(now).await.unwrap();
    // moto's tags leave out HTTP APIs, so this one is named.
    let api = format!("arn:aws:apigateway:us-east-1::/apis/{}", text(&made["api"]));
    let named = BTreeMap::from([("shop".to_owned(), vec![api.clone()])]);
    let apps = Apps { tag_key: "app".to_owned(), named };
    let found = collector.discover_tiers(&apps, &instances, &Topology::default(), now).await.unwrap();

    let app = found.app("shop").unwrap_or_else(|| panic!("{found:?}"));
    let groups: Vec<&str> = made["target_groups"].as_array().unwrap().iter().map(text).collect();
    for arn in ["alb", "auto_scaling", "ecs", "lambda", "rds", "dynamodb"].map(|name| text(&made[name])) {
        assert!(app.members.iter().any(|member| member == arn), "{arn} is missing: {:?}", app.members);
    }
    let edge = |from: &str, to: &str| {
        let is_it = |edge: &&samples::Edge| edge.from == from && edge.to == to;
        found.edges.iter().find(is_it).map(|edge| edge.evidence)
    };
    for (from, to) in [
        (text(&made["alb"]), groups[0]),
        (text(&made["alb"]), groups[1]),
        (groups[0], text(&made["auto_scaling"])),
        (groups[1], text(&made["ecs"])),
        (api.as_str(), text(&made["lambda"])),
    ] {
        assert_eq!(edge(from, to), Some(Evidence::Described), "{from} -> {to}");
    }
    assert_eq!(edge(text(&made["lambda"]), text(&made["rds"])), Some(Evidence::Possible));

    let of = |name: &str| found.resource(text(&made[name])).unwrap();
    assert_eq!(figures(of("auto_scaling"))[..3], [1.0, 4.0, 2.0], "as it was made");
    assert_eq!(of("lambda").figure(FigureKind::ConcurrencyLimit), Some(7.0), "what is reserved, not the account's");
    assert_eq!(of("lambda").figure(FigureKind::TimeoutSecs), Some(12.0));
    assert_eq!(of("ecs").figure(FigureKind::DesiredCapacity), Some(2.0));
    assert_eq!(of("ecs").dimension_values, ["shop", "web"]);
    assert_eq!(of("rds").id, instances[0].id, "kept under the name that its own page has");
    assert_eq!(of("alb").tags["app"], "shop");

    let mut health: Vec<(String, String, String)> = found
        .targets
        .iter()
        .map(|target| (target.group.clone(), target.target.clone(), target.state.clone()))
        .collect();
    health.sort();
    let theirs: Vec<(String, String, String)> = serde_json::from_value(made["health"].clone()).unwrap();
    assert_eq!(health, theirs, "health of the targets, as boto3 reads it");
    assert!(!health.is_empty());
    let denied: Vec<_> = found.limits.iter().filter(|limit| limit.kind == LimitKind::Denied).collect();
    assert!(denied.is_empty(), "{denied:?}");
    let counted = collector.ledger().take();
    for action in ["tag:GetResources", "autoscaling:DescribeAutoScalingGroups", "ecs:DescribeServices"] {
        assert!(counted.get(action).is_some_and(|tally| tally.calls > 0), "{action} is not counted: {counted:?}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn figures(resource: &TierResource) -> Vec<f64> {
    resource.figures.iter().map(|figure| figure.value).collect()
}
