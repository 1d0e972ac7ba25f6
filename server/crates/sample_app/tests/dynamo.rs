//! Carts in DynamoDB, against moto's.
#![allow(clippy::unwrap_used)]

mod tools;

use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TimeToLiveSpecification,
};
use local_stack::guard::{GuardSpec, Guarded};
use sample_app::shop::cart::{CartItem, CartStore, DynamoCarts};
use sqlx::postgres::PgPoolOptions;

const TABLE: &str = "carts";

fn start_moto(folder: &tempfile::TempDir) -> (Guarded, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let args = ["-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec();
    let log = folder.path().join("moto.log");
    let moto = Guarded::spawn(&GuardSpec { args, ..GuardSpec::new(tools::peer("moto_server"), log) }).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(Instant::now() < deadline, "moto did not start");
        std::thread::sleep(Duration::from_millis(50));
    }
    (moto, format!("http://127.0.0.1:{port}"))
}

async fn table(endpoint: &str) -> Client {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(endpoint)
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "test"))
        .http_client(http)
        .build();
    let client = Client::from_conf(config);
    let attribute =
        |name: &str, kind| AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().unwrap();
    let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("session_id", ScalarAttributeType::S))
        .attribute_definitions(attribute("book_id", ScalarAttributeType::N))
        .key_schema(key("session_id", KeyType::Hash))
        .key_schema(key("book_id", KeyType::Range))
        .send()
        .await
        .unwrap();
    let lifetime = TimeToLiveSpecification::builder().attribute_name("expires_at").enabled(true).build().unwrap();
    client.update_time_to_live().table_name(TABLE).time_to_live_specification(lifetime).send().await.unwrap();
    client
}

#[tokio::test(flavor = "multi_thread")]
async fn carts_are_kept_added_up_and_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let (_moto, endpoint) = start_moto(&folder);
    let client = table(&endpoint).await;
    let carts = CartStore::Dynamo(DynamoCarts::new(client.clone(), TABLE));
    // Not asked: this store needs no PostgreSQL.
    let pool = PgPoolOptions::new().connect_lazy("postgres://nobody@127.0.0.1:1/none").unwrap();

    for book in [7, 3, 7] {
        carts.add(&pool, "s1", book).await.unwrap();
    }
    carts.add(&pool, "s2", 9).await.unwrap();
    let item = |book_id, quantity| CartItem { book_id, quantity };
    let items = carts.items(&pool, "s1").await.unwrap();
    assert_eq!(items, [item(3, 1), item(7, 2)], "in the order of the books");
    let expires_at = client.scan().table_name(TABLE).send().await.unwrap().items()[0]["expires_at"].clone();
    assert!(expires_at.as_n().unwrap().parse::<u64>().unwrap() > 1_700_000_000);

    carts.clear("s1", &items).await.unwrap();
    assert_eq!(carts.items(&pool, "s1").await.unwrap(), []);
    assert_eq!(carts.items(&pool, "s2").await.unwrap(), [item(9, 1)], "the other cart is untouched");

    // More books than one batch takes.
    for book in 1..=30 {
        carts.add(&pool, "s3", book).await.unwrap();
    }
    let many = carts.items(&pool, "s3").await.unwrap();
    assert_eq!(many.len(), 30);
    carts.clear("s3", &many).await.unwrap();
    assert_eq!(carts.items(&pool, "s3").await.unwrap(), []);

    let gone = CartStore::Dynamo(DynamoCarts::new(client, "no-such-table"));
    let error = gone.items(&pool, "s1").await.unwrap_err().to_string();
    assert!(error.contains("ResourceNotFound"), "{error}");
}
