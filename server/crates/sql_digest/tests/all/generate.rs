//! Random statements whose literals are known.

use rand::Rng;
use rand::rngs::SmallRng;
use units::Engine;

/// A piece of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// Keywords and symbols; case may change.
    Keyword(&'static str),
    /// A name, as it is.
    Name(String),
    /// Any literal.
    Literal,
    /// A list of literals in brackets, of any length from one.
    List,
    /// Rows of that many literals, any number of them.
    Rows(usize),
}

use Piece::{Keyword, List, Literal, Name, Rows};

const TABLES: [&str; 8] = ["orders", "users", "items", "carts", "events", "stock", "prices", "notes"];
const COLUMNS: [&str; 10] =
    ["id", "owner", "state", "price", "amount", "created_at", "kind", "label", "slug", "parent"];

fn pick<'a>(random: &mut SmallRng, from: &[&'a str]) -> &'a str {
    from[random.random_range(0..from.len())]
}

/// A random statement.
pub(crate) fn statement(random: &mut SmallRng) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let table = pick(random, &TABLES).to_owned();
    match random.random_range(0..10) {
        0..6 => select(random, &mut pieces, 2),
        6 => {
            let columns = random.random_range(1..5);
            pieces.extend([Keyword("insert into"), Name(table), Keyword("(")]);
            for column in 0..columns {
                if column > 0 {
                    pieces.push(Keyword(","));
                }
                pieces.push(Name(format!("{}_{column}", pick(random, &COLUMNS))));
            }
            pieces.extend([Keyword(")"), Keyword("values"), Rows(columns)]);
        }
        7 => {
            pieces.extend([Keyword("update"), Name(table), Keyword("set"), column(random), Keyword("="), Literal]);
            pieces.push(Keyword("where"));
            condition(random, &mut pieces, 1);
        }
        8 => {
            pieces.extend([Keyword("delete from"), Name(table), Keyword("where")]);
            condition(random, &mut pieces, 2);
        }
        _ => {
            pieces.extend([Keyword("with"), Name("recent".into()), Keyword("as"), Keyword("(")]);
            select(random, &mut pieces, 1);
            pieces.extend([Keyword(")"), Keyword("select"), Literal, Keyword(","), column(random)]);
            pieces.extend([Keyword("from"), Name("recent".into())]);
        }
    }
    pieces
}

fn column(random: &mut SmallRng) -> Piece {
    Name(pick(random, &COLUMNS).to_owned())
}

fn select(random: &mut SmallRng, pieces: &mut Vec<Piece>, depth: usize) {
    pieces.push(Keyword("select"));
    for item in 0..random.random_range(1..4) {
        if item > 0 {
            pieces.push(Keyword(","));
        }
        expression(random, pieces, depth);
    }
    pieces.extend([Keyword("from"), Name(pick(random, &TABLES).to_owned())]);
    if random.random_bool(0.3) {
        pieces.extend([Keyword("join"), Name(pick(random, &TABLES).to_owned()), Keyword("on")]);
        pieces.extend([column(random), Keyword("="), column(random)]);
    }
    if random.random_bool(0.8) {
        pieces.push(Keyword("where"));
        condition(random, pieces, depth);
    }
    if random.random_bool(0.3) {
        pieces.extend([Keyword("order by"), column(random), Keyword("desc")]);
    }
}

fn expression(random: &mut SmallRng, pieces: &mut Vec<Piece>, depth: usize) {
    match random.random_range(0..8) {
        0..3 => pieces.push(column(random)),
        3 => pieces.push(Literal),
        4 => {
            pieces.extend([Name("coalesce".into()), Keyword("("), column(random), Keyword(","), Literal, Keyword(")")]);
        }
        5 => {
            pieces.extend([Keyword("case"), Keyword("when"), column(random), Keyword("="), Literal, Keyword("then")]);
            pieces.extend([Literal, Keyword("else"), Literal, Keyword("end")]);
        }
        6 if depth > 0 => {
            pieces.push(Keyword("("));
            select(random, pieces, depth - 1);
            pieces.push(Keyword(")"));
        }
        _ => pieces.extend([column(random), Keyword("+"), Literal]),
    }
}

fn condition(random: &mut SmallRng, pieces: &mut Vec<Piece>, depth: usize) {
    for term in 0..random.random_range(1..4) {
        if term > 0 {
            pieces.push(Keyword(if random.random_bool(0.7) { "and" } else { "or" }));
        }
        pieces.push(column(random));
        match random.random_range(0..8) {
            0..3 => pieces.extend([Keyword("="), Literal]),
            3 => pieces.extend([Keyword("in"), List]),
            4 => pieces.extend([Keyword("between"), Literal, Keyword("and"), Literal]),
            5 => pieces.extend([Keyword("is"), Keyword("not"), Keyword("null")]),
            6 if depth > 0 => {
                pieces.extend([Keyword("in"), Keyword("(")]);
                select(random, pieces, depth - 1);
                pieces.push(Keyword(")"));
            }
            _ => pieces.extend([Keyword(">="), Literal]),
        }
    }
}

/// How a statement is written down.
pub(crate) struct Writer<'a> {
    pub(crate) random: &'a mut SmallRng,
    pub(crate) engine: Engine,
    /// Unique parts of the literals written so far.
    pub(crate) tokens: Vec<String>,
    /// Comments, NULL and markers between the tokens, too.
    pub(crate) wild: bool,
}

impl Writer<'_> {
    /// The statement as text.
    pub(crate) fn write(&mut self, pieces: &[Piece]) -> String {
        let mut out = String::new();
        for piece in pieces {
            self.gap(&mut out);
            match piece {
                Keyword(word) => self.keyword(word, &mut out),
                Name(name) => out.push_str(name),
                Literal => self.any_value(&mut out),
                List => {
                    let len = self.random.random_range(1..6);
                    self.list(len, &mut out);
                }
                Rows(width) => {
                    for row in 0..self.random.random_range(1..4) {
                        if row > 0 {
                            out.push(',');
                            self.gap(&mut out);
                        }
                        self.list(*width, &mut out);
                    }
                }
            }
        }
        out
    }

    fn list(&mut self, len: usize, out: &mut String) {
        out.push('(');
        for item in 0..len {
            if item > 0 {
                out.push_str(if self.random.random_bool(0.5) { "," } else { " , " });
            }
            self.any_value(out);
        }
        out.push(')');
    }

    fn keyword(&mut self, word: &str, out: &mut String) {
        let upper = self.random.random_bool(0.5);
        out.extend(word.chars().map(|char| if upper { char.to_ascii_uppercase() } else { char }));
    }

    fn gap(&mut self, out: &mut String) {
        match self.random.random_range(0..12) {
            0 => out.push('\n'),
            1 => out.push_str("\t  "),
            2 if self.wild => out.push_str(" /* remark */ "),
            3 if self.wild => out.push_str(" -- remark\n"),
            _ => out.push(' '),
        }
    }

    fn any_value(&mut self, out: &mut String) {
        if self.wild {
            match self.random.random_range(0..12) {
                0 => return out.push_str("NULL"),
                1 => return out.push_str("true"),
                2 => return out.push_str(if self.engine == Engine::SqlServer { "@p1" } else { ":value" }),
                3 => return out.push('?'),
                _ => {}
            }
        }
        let literal = self.literal();
        out.push_str(&literal);
    }

    /// A literal that holds a part found nowhere else.
    pub(crate) fn literal(&mut self) -> String {
        let digits = format!("{}", self.random.random_range(700_000_000_u32..800_000_000));
        let word = format!("zq{:08x}q", self.random.random::<u32>());
        let form = self.random.random_range(0..10);
        let (text, token) = match (form, self.engine) {
            (0, _) => (digits.clone(), digits),
            (1, _) => (format!("-{digits}"), digits),
            (2, _) => (format!("{digits}.25e3"), digits),
            (3, _) => (format!("'{word}'"), word),
            (4, _) => (format!("'it''s {word}'"), word),
            (5, Engine::Postgres) => (format!("E'it\\'s {word}'"), word),
            (6, Engine::Postgres) => (format!("$$it's {word}$$"), word),
            (7, Engine::Postgres) => (format!("$tag$ $$ {word} ' $tag$"), word),
            (8, Engine::Postgres) => (format!("U&'{word}'"), word),
            (5, Engine::MySql | Engine::MariaDb) => (format!("\"{word}\""), word),
            (6, Engine::MySql | Engine::MariaDb) => (format!("'it\\'s {word}'"), word),
            (7, Engine::MySql | Engine::MariaDb) => (format!("\"a \\\" {word}\""), word),
            (5, Engine::Oracle) => (format!("q'[it's {word}]'"), word),
            (6, Engine::Oracle) => (format!("nq'!it's {word}!'"), word),
            (7, Engine::Oracle) => (format!("{digits}.5f"), digits),
            (5, Engine::SqlServer) => (format!("${digits}.50"), digits),
            (8, _) => (format!("0x{digits}"), digits),
            (9, _) => (format!("X'{digits}0'"), digits),
            _ => (format!("N'{word}'"), word),
        };
        self.tokens.push(token);
        text
    }
}
