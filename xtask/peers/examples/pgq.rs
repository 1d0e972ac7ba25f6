use std::io::BufRead;
fn main() {
    for line in std::io::stdin().lock().lines() {
        let v: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let s = v["sql"].as_str().unwrap();
        let n = pg_query::normalize(s).unwrap_or_else(|_| s.to_string());
        let n = n.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let n = n.trim_end_matches(';').trim().to_string();
        // $N -> ?
        let mut o = String::new(); let mut c = n.chars().peekable();
        while let Some(x) = c.next() { if x=='$' && c.peek().is_some_and(|d| d.is_ascii_digit()) { o.push('?'); while c.peek().is_some_and(|d| d.is_ascii_digit()) {c.next();} } else { o.push(x);} }
        let f = pg_query::fingerprint(s,0,0).map(|f| f.hex).unwrap_or_default();
        println!("{}", serde_json::json!({"id": if std::env::args().nth(1).is_some() {f} else {o.clone()}, "normal_form": o}));
    }
}
