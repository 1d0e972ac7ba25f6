//! From a load page to its cause, as a reader without a browser sees it: pages, API and CSV tell the
//! same numbers, and what OpenAPI describes is what the server answers.

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use serde_json::{Value, json};
use tests::http::{Answer, get, get_json, send};
use tests::stage::{Stage, past_hour};
use view::number::three_figures;

const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// The shared stage with the address of its simulated instance.
struct Scene {
    stage: Arc<Stage>,
    id: String,
    name: String,
    /// Query string of the past hour.
    window: String,
}

impl Scene {
    async fn open() -> Self {
        let stage = Stage::shared().await;
        let (id, name) = stage.dashboard.simulated().await;
        let (from, to) = past_hour();
        Self { stage, id, name, window: format!("from={from}&to={to}") }
    }

    async fn page(&self, path: &str) -> String {
        let page = get(&format!("{}{path}", self.stage.dashboard.url)).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(!page.text().contains(" style=\""), "{path} has a style attribute");
        page.text()
    }

    /// The page once it says all these words: it asks for what is not collected yet.
    async fn page_that_says(&self, path: &str, words: &[&str]) -> String {
        let mut page = String::new();
        let looking = async {
            loop {
                page = self.page(path).await;
                if words.iter().all(|word| page.contains(word)) {
                    break;
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        let shown = tokio::time::timeout(PATIENCE, looking).await;
        assert!(shown.is_ok(), "{path} does not say all of {words:?}: {page}");
        page
    }

    async fn api(&self, path: &str) -> Value {
        get_json(&format!("{}/api/v1/{path}", self.stage.dashboard.url)).await
    }

    async fn csv(&self, path: &str) -> Vec<Vec<String>> {
        let answer = get(&format!("{}/api/v1/{path}", self.stage.dashboard.url)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        assert!(answer.header("content-type").starts_with("text/csv"), "{path}");
        records(&answer)
    }

    /// The digest with the most load in the past hour.
    async fn top_digest(&self) -> Value {
        let top = self.api(&format!("instances/{}/top?{}&limit=25", self.id, self.window)).await;
        let rows = top["rows"].as_array().unwrap();
        rows.iter().find(|row| row["kind"] == "digest").unwrap_or_else(|| panic!("{top}")).clone()
    }
}

fn records(answer: &Answer) -> Vec<Vec<String>> {
    let text = answer.text();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(ToOwned::to_owned).collect()).collect()
}

/// The row of an HTML table that holds a text.
fn row_with<'a>(html: &'a str, text: &str) -> &'a str {
    let found = html.split("<tr").skip(1).find(|row| row.split("</tr>").next().is_some_and(|row| row.contains(text)));
    found.unwrap_or_else(|| panic!("no row holds {text}")).split("</tr>").next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn page_api_and_csv_tell_the_same_load() {
    let scene = Scene::open().await;
    let (id, window) = (&scene.id, &scene.window);
    let load = scene.api(&format!("instances/{id}/load?{window}&slice=wait")).await;
    let table = scene.csv(&format!("instances/{id}/load.csv?{window}&slice=wait")).await;
    let times = load["times"].as_array().unwrap();
    let total = load["total"].as_array().unwrap();
    assert_eq!(table.len(), times.len() + 1, "a row a bucket");
    let head = &table[0];
    assert_eq!((head[0].as_str(), head[1].as_str()), ("time UTC", "total AAS"));
    let permalink = head.last().unwrap();
    assert!(permalink.starts_with(&format!("{}/db/{id}?from=", scene.stage.dashboard.url)), "{permalink}");
    let linked = get(permalink).await;
    assert_eq!(linked.status, StatusCode::OK, "the permalink opens");
    let series = load["series"].as_array().unwrap();
    let printed = |value: &Value| value.as_f64().map(|value| value.to_string()).unwrap_or_default();
    for (bucket, row) in table.iter().skip(1).enumerate() {
        assert_eq!(row[0], times[bucket]);
        assert_eq!(row[1], printed(&total[bucket]), "{row:?}");
        for (place, one) in series.iter().enumerate() {
            assert_eq!(row[2 + place], printed(&one["values"][bucket]), "{}", one["label"]);
        }
    }
    let page = scene.page(&format!("/db/{id}?{window}&view=table")).await;
    for (bucket, time) in times.iter().enumerate() {
        let row = row_with(&page, time.as_str().unwrap());
        if let Some(total) = total[bucket].as_f64() {
            assert!(row.contains(&format!(">{}<", three_figures(total))), "{time}: {total} is not in {row}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn page_api_and_csv_rank_the_same_statements() {
    let scene = Scene::open().await;
    let (id, window) = (&scene.id, &scene.window);
    let top = scene.api(&format!("instances/{id}/top?{window}&limit=25&compare=yesterday")).await;
    let table = scene.csv(&format!("instances/{id}/top.csv?{window}&limit=25&compare=yesterday")).await;
    let page = scene.page(&format!("/db/{id}?{window}")).await;
    let rows = top["rows"].as_array().unwrap();
    let sum: f64 = rows.iter().map(|row| row["mean_aas"].as_f64().unwrap()).sum();
    assert!((sum - top["total_aas"].as_f64().unwrap()).abs() < 1e-6, "rows sum to the total");
    let digests = rows.iter().filter(|row| row["kind"] == "digest" && row["mean_aas"].as_f64() > Some(0.0));
    let mut seen = 0;
    for row in digests {
        let digest = row["key"].as_str().unwrap();
        let mean = row["mean_aas"].as_f64().unwrap();
        let line = table.iter().find(|line| line[0] == digest).unwrap_or_else(|| panic!("{digest} is not in the CSV"));
        assert_eq!(line[2], mean.to_string());
        let html = row_with(&page, digest);
        assert!(html.contains(&format!(">{}<", three_figures(mean))), "{digest}: {mean} is not in {html}");
        seen += 1;
    }
    assert!(seen > 3, "{top}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_has_its_page() {
    let scene = Scene::open().await;
    let (id, window) = (&scene.id, &scene.window);
    let row = scene.top_digest().await;
    let digest = row["key"].as_str().unwrap();
    let view = scene.api(&format!("instances/{id}/sql/{digest}?{window}")).await;
    assert_eq!(view["row"]["mean_aas"], row["mean_aas"], "the same number as in the table");
    let words = [
        "sql-block",
        "What changed",
        "Load, calls, latency, rows",
        "Findings",
        "EXPLAIN to copy",
        "aws pi get-resource-metrics",
    ];
    let page = scene.page_that_says(&format!("/db/{id}/sql/{digest}?{window}"), &words).await;
    let mean = row["mean_aas"].as_f64().unwrap();
    assert!(page.contains(&three_figures(mean)), "{mean}");
    // The load by wait class of the page is that of the table, bucket by bucket.
    let total = view["load"]["total"].as_array().unwrap();
    let table = scene.csv(&format!("instances/{id}/sql/{digest}/series.csv?{window}")).await;
    assert_eq!(table.len(), total.len() + 1);
    for (line, total) in table.iter().skip(1).zip(total) {
        assert_eq!(line[1], total.as_f64().map(|total| total.to_string()).unwrap_or_default());
    }
    for tab in ["waits", "callers", "literals", "children", "elsewhere"] {
        let page = scene.page(&format!("/db/{id}/sql/{digest}?{window}&show={tab}")).await;
        assert!(page.contains("class=\"sheet"), "{tab}");
    }
    let waits = scene.page(&format!("/db/{id}/sql/{digest}?{window}&show=waits")).await;
    assert!(waits.contains("What it means"), "causes in plain words");
    let elsewhere = scene.api(&format!("instances/{id}/sql/{digest}/elsewhere?{window}")).await;
    assert!(elsewhere["instances"].as_array().unwrap().iter().any(|one| one["name"] == scene.name), "{elsewhere}");
    let nobody = "d1-00000000000000000000000000000000";
    for address in [format!("/api/v1/instances/{id}/sql/{nobody}"), format!("/db/{id}/sql/nonsense")] {
        let answer = get(&format!("{}{address}", scene.stage.dashboard.url)).await;
        assert!(answer.status.is_client_error(), "{address}: {}", answer.status);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_windows_are_compared() {
    let scene = Scene::open().await;
    let (id, window) = (&scene.id, &scene.window);
    let compared = scene.api(&format!("compare?instance={id}&{window}&compare=previous")).await;
    let digests = compared["digests"].as_array().unwrap();
    assert!(!digests.is_empty(), "{compared}");
    let change = |side: &str| compared[side]["mean_aas"].as_f64().unwrap();
    let sum: f64 = digests.iter().map(|digest| digest["change_aas"].as_f64().unwrap()).sum();
    let rest = compared["digests_rest_aas"].as_f64().unwrap();
    assert!((sum + rest - (change("after") - change("before"))).abs() < 1e-6, "changes sum to the change");
    let words = ["Statements by change", "Waits and callers", "name=\"before-from\""];
    let page = scene.page_that_says(&format!("/compare?instance={id}&{window}&compare=previous"), &words).await;
    // Cards of deploys stand above and hold statements, too.
    let statements = page.split_once("Statements by change").unwrap().1;
    let table = scene.csv(&format!("compare.csv?instance={id}&{window}&compare=previous")).await;
    for digest in digests.iter().take(5) {
        let key = digest["digest"].as_str().unwrap();
        let row = row_with(statements, key);
        let after = three_figures(digest["after_aas"].as_f64().unwrap());
        assert!(row.contains(&after), "{after} is not in {row}");
        let line = table.iter().find(|line| line[0] == key).unwrap();
        assert_eq!(line[5], digest["change_aas"].as_f64().unwrap().to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deploys_are_announced_and_judged() {
    let scene = Scene::open().await;
    let (from, to) = past_hour();
    let deploys = format!("{}/api/v1/deploys", scene.stage.dashboard.url);
    let body =
        json!({ "label": "checkout 2.31.0", "at": (from + 1800).to_string(), "instance": scene.name }).to_string();
    let kind = ("content-type", "application/json");
    let answer = send("POST", &deploys, &[kind], &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(send("POST", &deploys, &[kind], &body).await.status, StatusCode::CREATED, "again is no mistake");
    let listed = get_json(&format!("{deploys}?from={from}&to={to}")).await;
    assert_eq!(listed["deploys"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed["deploys"][0]["instance"], scene.id.as_str());
    let page = scene.page(&format!("/db/{}?{}", scene.id, scene.window)).await;
    assert!(page.contains("checkout 2.31.0"), "the mark on the chart");
    let compare = format!("/compare?instance={}&{}", scene.id, scene.window);
    scene.page_that_says(&compare, &["Deploy checkout 2.31.0"]).await;
    let cards = get_json(&format!("{deploys}/cards?from={from}&to={to}&instance={}", scene.id)).await;
    assert!(cards["deploys"][0]["after_aas"].is_number(), "{cards}");
    let far = (to + 90 * 86_400).to_string();
    for (body, word) in [
        ("not json".to_owned(), "body"),
        (json!({ "label": "" }).to_string(), "label"),
        (json!({ "label": "a\nb" }).to_string(), "label"),
        (json!({ "label": "x", "at": "soon" }).to_string(), "at"),
        (json!({ "label": "x", "at": far }).to_string(), "future"),
        (json!({ "label": "x", "instance": "nobody" }).to_string(), "nobody"),
        (json!({ "label": "x", "colour": "red" }).to_string(), "colour"),
    ] {
        let answer = send("POST", &deploys, &[kind], &body).await;
        assert!(answer.status.is_client_error(), "{body}: {}", answer.status);
        assert!(answer.text().contains(word), "{body}: {}", answer.text());
    }
    let foreign = send("POST", &deploys, &[kind, ("origin", "https://example.org")], &body).await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN, "another site announces nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_search_finds_instances_statements_and_tables() {
    let scene = Scene::open().await;
    let by_name = scene.page(&format!("/find?find={}", scene.name)).await;
    assert!(by_name.contains(&format!("/db/{}", scene.id)), "the instance");
    let digest = scene.top_digest().await;
    let key = digest["key"].as_str().unwrap();
    let hex = key.split_once('-').unwrap().1;
    let by_id = scene.page(&format!("/find?find={}", hex[..8].to_uppercase())).await;
    assert!(by_id.contains(&format!("/sql/{key}")), "the first digits of a digest");
    let nothing = scene.page("/find?find=zzzzzz-nothing").await;
    assert!(nothing.contains("Nothing found"));
    let home = scene.page("/").await;
    assert!(home.contains("action=\"/find\""), "the form works without scripts");
}

/// Every path of the document answers as described, and every parameter it names is taken.
#[tokio::test(flavor = "multi_thread")]
async fn the_server_answers_as_open_api_says() {
    let scene = Scene::open().await;
    let base = &scene.stage.dashboard.url;
    let document = get_json(&format!("{base}/api/v1/openapi.json")).await;
    let digest = scene.top_digest().await["key"].as_str().unwrap().to_owned();
    let (from, to) = past_hour();
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 20, "{}", paths.len());
    for (path, item) in paths {
        let described = &item["get"];
        assert!(described["summary"].is_string() && described["parameters"].is_array(), "{path}: {item}");
        if path.contains("{app}") {
            // The simulated past has no app; the tests of apps ask these.
            continue;
        }
        let address = path.replace("{id}", &scene.id).replace("{digest}", &digest);
        assert!(!address.contains('{'), "{path} has a place nobody fills");
        let mut search = String::new();
        for parameter in described["parameters"].as_array().unwrap().iter().filter(|one| one["in"] == "query") {
            let name = parameter["name"].as_str().unwrap();
            let value = match name {
                "at" | "from" | "before-from" => from.to_string(),
                "to" | "before-to" => to.to_string(),
                "instance" | "before" => scene.id.clone(),
                "find" => "select".to_owned(),
                "filter" => "-user:nobody".to_owned(),
                "compare" => "previous".to_owned(),
                "period" => "300".to_owned(),
                "limit" => "5".to_owned(),
                "sort" => "peak".to_owned(),
                "slice" | "by" => "wait".to_owned(),
                other => panic!("{path}: nobody knows what {other} takes"),
            };
            search.push_str(&format!("{}{name}={value}", if search.is_empty() { "?" } else { "&" }));
        }
        let answer = get(&format!("{base}{address}{search}")).await;
        if answer.status == StatusCode::CONFLICT {
            // What this instance does not offer is said in the words of the document.
            assert!(answer.json()["error"]["mend"].is_string(), "{address}{search}: {}", answer.text());
            continue;
        }
        assert_eq!(answer.status, StatusCode::OK, "{address}{search}: {}", answer.text());
        let kinds = described["responses"]["200"]["content"].as_object().unwrap();
        let kind = answer.header("content-type");
        assert!(kinds.keys().any(|one| kind.starts_with(one.as_str())), "{path} is {kind}, not {kinds:?}");
        if kind.starts_with("application/json") {
            assert!(answer.json().is_object(), "{path}");
        }
        if let Some(post) = item.get("post") {
            assert!(post["requestBody"]["required"] == true, "{path}");
        }
    }
}
