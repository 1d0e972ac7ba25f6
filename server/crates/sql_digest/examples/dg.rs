//! scratch
use std::io::BufRead;
fn main() {
    let mut c = sql_digest::DigestCache::new(1000, 7);
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let v: serde_json::Value = serde_json::from_str(&line).unwrap();
        let e: units::Engine = v["engine"].as_str().unwrap().parse().unwrap();
        println!("{}", serde_json::to_string(&**c.digest(v["sql"].as_str().unwrap(), e)).unwrap());
    }
}
