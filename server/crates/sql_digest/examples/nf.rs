//! scratch
use std::io::BufRead;
fn main() {
    let mut n = sql_digest::Normaliser::default();
    let mut n2 = sql_digest::Normaliser::default();
    let quiet = std::env::args().nth(1).as_deref() == Some("-q");
    let mut bad = 0;
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let v: serde_json::Value = serde_json::from_str(&line).unwrap();
        let e: units::Engine = v["engine"].as_str().unwrap().parse().unwrap();
        let r = n.normalise(v["sql"].as_str().unwrap(), e, Default::default());
        let r2 = n2.normalise(r.normal_form, e, sql_digest::Completeness::Whole);
        if r2.normal_form != r.normal_form {
            bad += 1;
            if bad < 12 {
                println!(
                    "NOT IDEMPOTENT {e}\n  {}\n  {}\n  {}",
                    v["sql"].as_str().unwrap(),
                    r.normal_form,
                    r2.normal_form
                );
            }
        }
        if !quiet {
            println!(
                "{}",
                serde_json::json!({"id": r.id.to_string(), "normal_form": r.normal_form, "truncated": r.truncated, "tags": r.tags})
            );
        }
    }
    if quiet {
        println!("{bad} not idempotent");
    }
}
