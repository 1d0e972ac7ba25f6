//! Syntax of PostgreSQL that `sqlparser` cannot read, taken out or put into words it can.
//!
//! What goes says nothing about tables, and little about columns: collations, frames of windows, marks
//! for variadic arguments, subscripts of assigned columns, the types before literals. The text itself
//! is never changed by this, only what the parser sees.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token as Sql;

/// `tokens` without what the parser cannot read.
pub(super) fn rewrite(tokens: &[Sql]) -> Vec<Sql> {
    let mut pass = Pass { tokens, at: 0, out: Vec::with_capacity(tokens.len() + 8), grouping: 0, assigning: None };
    while pass.at < tokens.len() {
        if !pass.step() {
            let token = &tokens[pass.at];
            pass.follow(token);
            pass.out.push(token.clone());
            pass.at += 1;
        }
    }
    pass.out
}

struct Pass<'a> {
    tokens: &'a [Sql],
    at: usize,
    out: Vec<Sql>,
    /// Brackets open inside GROUPING SETS, 0 outside.
    grouping: usize,
    /// Brackets open since SET or the column list of an INSERT, whose columns may have subscripts.
    assigning: Option<usize>,
}

fn is(token: Option<&Sql>, word: &str) -> bool {
    matches!(token, Some(Sql::Word(found)) if found.quote_style.is_none() && found.value.eq_ignore_ascii_case(word))
}

fn is_name(token: Option<&Sql>) -> bool {
    matches!(token, Some(Sql::Word(_)))
}

impl Pass<'_> {
    fn peek(&self, ahead: usize) -> Option<&Sql> {
        self.tokens.get(self.at + ahead)
    }

    fn is(&self, ahead: usize, word: &str) -> bool {
        is(self.peek(ahead), word)
    }

    fn last_is(&self, word: &str) -> bool {
        is(self.out.last(), word)
    }

    fn push_word(&mut self, word: &str) {
        self.out.push(Sql::make_word(word, None));
    }

    /// Position behind the bracket that closes the one at `open`.
    fn behind_bracket(&self, open: usize) -> usize {
        let mut depth = 0_usize;
        for (at, token) in self.tokens.iter().enumerate().skip(open) {
            match token {
                Sql::LParen | Sql::LBracket => depth += 1,
                Sql::RParen | Sql::RBracket => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return at + 1;
                    }
                }
                _ => {}
            }
        }
        self.tokens.len()
    }

    /// Keeps count of the brackets the pass is in.
    fn follow(&mut self, token: &Sql) {
        match token {
            Sql::LParen => {
                self.grouping += usize::from(self.grouping > 0);
                if let Some(depth) = &mut self.assigning {
                    *depth += 1;
                }
            }
            Sql::RParen => {
                self.grouping = self.grouping.saturating_sub(1);
                self.assigning = self.assigning.and_then(|depth| depth.checked_sub(1));
            }
            Sql::Word(word) => match word.keyword {
                Keyword::SET => self.assigning = Some(0),
                Keyword::WHERE | Keyword::FROM | Keyword::RETURNING | Keyword::VALUES | Keyword::SELECT => {
                    self.assigning = None;
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Rewrites what begins here; false when it may stay.
    fn step(&mut self) -> bool {
        let Some(token) = self.peek(0) else { return false };
        match token {
            Sql::Word(word) if word.quote_style.is_none() => self.word(&word.value.to_ascii_lowercase()),
            Sql::SingleQuotedString(_) => self.string(),
            Sql::Period => self.whole_row(),
            Sql::Mul => self.descendants(),
            Sql::LBracket => self.subscript(),
            _ => false,
        }
    }

    fn skip(&mut self, count: usize) -> bool {
        self.at += count;
        true
    }

    fn word(&mut self, word: &str) -> bool {
        match word {
            "variadic" if matches!(self.out.last(), Some(Sql::LParen | Sql::Comma)) => self.skip(1),
            "uescape" if matches!(self.peek(1), Some(Sql::SingleQuotedString(_))) => self.skip(2),
            "collate" if is_name(self.peek(1)) => self.collation(),
            "rows" if self.is(1, "from") && self.peek(2) == Some(&Sql::LParen) => {
                self.push_word("rows_from");
                self.out.extend([Sql::LParen, Sql::RParen]);
                self.at = self.behind_bracket(self.at + 2);
                true
            }
            "rows" | "range" | "groups" => self.frame(),
            "table" => self.table(),
            "search" | "cycle" if matches!(self.out.last(), Some(Sql::RParen)) => self.recursion_order(),
            "grouping" if self.is(1, "sets") => self.grouping_sets(),
            "is" => self.is_document(),
            "similar" if !self.is(1, "to") => self.replace(Sql::Comma),
            "escape" if !self.is_like_escape() => self.replace(Sql::Comma),
            "name" if matches!(self.out.last(), Some(Sql::LParen)) && is_name(self.peek(1)) => self.skip(1),
            "where" if self.is(1, "current") && self.is(2, "of") => self.skip(4),
            "conflict" if self.last_is("on") && self.peek(1) == Some(&Sql::LParen) => self.conflict(),
            "operator" if self.peek(1) == Some(&Sql::LParen) => self.operator(),
            "into" if self.is_insert_target() => self.insert_target(),
            "overriding" if self.is(2, "value") => self.skip(3),
            "xmltable" | "json_table" | "xmlexists" | "xmlparse" | "xmlserialize" | "xmlroot" | "xmlforest"
            | "xmlelement" | "json_value" | "json_query" | "json_exists" | "json_object" | "json_array"
            | "json_arrayagg" | "json_objectagg" | "json_scalar" | "json_serialize" | "json" | "treat"
                if self.peek(1) == Some(&Sql::LParen) =>
            {
                self.special_call()
            }
            "any" | "some" | "all" if matches!(self.out.last(), Some(Sql::Plus)) => {
                self.out.pop();
                self.out.push(Sql::Eq);
                false
            }
            "isnull" | "notnull" if self.out.last().is_some_and(|last| !matches!(last, Sql::Comma | Sql::LParen)) => {
                self.push_word("IS");
                self.push_word("NULL");
                self.skip(1)
            }
            "leading" | "trailing" | "both" if self.is(1, "from") => self.skip(2),
            "collation" if self.is(1, "for") => {
                self.push_word("collation_for");
                self.skip(2)
            }
            "symmetric" | "asymmetric" if self.last_is("between") => self.skip(1),
            "insert" if self.is(1, "default") && self.is(2, "values") => {
                self.out.extend(["INSERT", "VALUES"].map(|word| Sql::make_word(word, None)));
                self.out.extend([Sql::LParen, Sql::Number("1".to_owned(), false), Sql::RParen]);
                self.skip(3)
            }
            "as" if matches!(self.out.last(), Some(Sql::RParen)) => self.alias(),
            "only" => self.only(),
            "lateral" if self.is(1, "rows") => self.skip(1),
            "distinct" | "all" if self.is_set_quantifier_of_group(word) => self.skip(1),
            "with" if self.is(1, "ordinality") => self.skip(2),
            _ => self.typed_literal(),
        }
    }

    fn replace(&mut self, by: Sql) -> bool {
        self.out.push(by);
        self.skip(1)
    }

    /// `GROUP BY DISTINCT` and `GROUP BY ALL` before expressions.
    fn is_set_quantifier_of_group(&self, _word: &str) -> bool {
        self.last_is("by") && self.peek(1).is_some_and(|next| !matches!(next, Sql::RParen | Sql::SemiColon))
    }

    /// ESCAPE behind a pattern, which the parser reads, and not inside SUBSTRING … SIMILAR.
    fn is_like_escape(&self) -> bool {
        let before = self.out.iter().rev().take(8);
        before.into_iter().any(|token| {
            matches!(token, Sql::Word(word) if matches!(word.keyword, Keyword::LIKE | Keyword::ILIKE | Keyword::SIMILAR))
        })
    }

    fn collation(&mut self) -> bool {
        let mut len = 2;
        while self.peek(len) == Some(&Sql::Period) {
            len += 2;
        }
        self.skip(len)
    }

    /// The frame of a window, up to the bracket that closes the window.
    fn frame(&mut self) -> bool {
        let begins = ["between", "unbounded", "current"].iter().any(|word| self.is(1, word))
            || matches!(self.peek(1), Some(Sql::Number(..) | Sql::SingleQuotedString(_) | Sql::Placeholder(_)));
        let ends = self.tokens[self.at..]
            .iter()
            .take(24)
            .any(|token| is(Some(token), "preceding") || is(Some(token), "following") || is(Some(token), "row"));
        if !begins || !ends {
            return false;
        }
        let mut depth = 0_usize;
        while let Some(token) = self.peek(0) {
            match token {
                Sql::LParen => depth += 1,
                Sql::RParen if depth == 0 => break,
                Sql::RParen => depth -= 1,
                _ => {}
            }
            self.at += 1;
        }
        true
    }

    /// `TABLE t` is `SELECT * FROM t`.
    fn table(&mut self) -> bool {
        let begins = match self.out.last() {
            None | Some(Sql::LParen | Sql::SemiColon) => true,
            Some(Sql::Word(word)) => {
                matches!(word.keyword, Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::ALL)
            }
            // Behind the last common table expression.
            Some(Sql::RParen) => is(self.tokens.first(), "with"),
            _ => false,
        };
        if !begins || !is_name(self.peek(1)) {
            return false;
        }
        self.push_word("SELECT");
        self.out.push(Sql::Mul);
        self.push_word("FROM");
        self.skip(1)
    }

    /// `SEARCH … SET column` and `CYCLE … SET column [TO a DEFAULT b] [USING column]` of recursion.
    fn recursion_order(&mut self) -> bool {
        let Some(set) = (1..40).find(|&ahead| self.is(ahead, "set")) else { return false };
        let mut len = set + 2;
        if self.is(len, "to") {
            let default = (len..len + 12).find(|&ahead| self.is(ahead, "default"));
            len = default.map_or(len, |ahead| ahead + 2);
            while self.peek(len) == Some(&Sql::DoubleColon) {
                len += 2;
            }
        }
        if self.is(len, "using") {
            len += 2;
        }
        self.skip(len)
    }

    /// GROUPING SETS inside GROUPING SETS: to columns it is as good as a ROLLUP.
    fn grouping_sets(&mut self) -> bool {
        let nested = self.grouping > 0;
        if nested {
            self.push_word("ROLLUP");
        } else {
            self.grouping = 1;
            self.push_word("GROUPING");
            self.push_word("SETS");
        }
        self.skip(2)
    }

    fn is_document(&mut self) -> bool {
        let not = usize::from(self.is(1, "not"));
        if !self.is(1 + not, "document") {
            return false;
        }
        self.push_word("IS");
        self.push_word("NULL");
        self.skip(2 + not)
    }

    /// What a conflict is about may be expressions with operator classes and a predicate.
    fn conflict(&mut self) -> bool {
        self.push_word("CONFLICT");
        self.out.push(Sql::LParen);
        self.push_word("x");
        self.out.push(Sql::RParen);
        self.at = self.behind_bracket(self.at + 1);
        if self.is(0, "where") {
            while self.at < self.tokens.len() && !self.is(0, "do") {
                self.at += 1;
            }
        }
        true
    }

    /// `a OPERATOR(schema.+) b`.
    fn operator(&mut self) -> bool {
        self.at = self.behind_bracket(self.at + 1);
        self.out.push(Sql::Plus);
        true
    }

    fn is_insert_target(&self) -> bool {
        self.last_is("insert") && is_name(self.peek(1))
    }

    /// `INSERT INTO t [AS a] (…)`: subscripts may stand in the column list.
    fn insert_target(&mut self) -> bool {
        self.push_word("INTO");
        self.at += 1;
        while let Some(token @ (Sql::Word(_) | Sql::Period)) = self.peek(0) {
            let begins_rows = ["values", "select", "default", "with", "overriding", "table"];
            if begins_rows.iter().any(|word| self.is(0, word)) {
                return true;
            }
            self.out.push(token.clone());
            self.at += 1;
        }
        let subquery = ["select", "with", "values", "table"].iter().any(|word| self.is(1, word));
        if self.peek(0) == Some(&Sql::LParen) && !subquery && self.peek(1) != Some(&Sql::LParen) {
            let end = self.behind_bracket(self.at);
            self.column_list(end);
        }
        true
    }

    /// The columns up to `end` by their first names.
    fn column_list(&mut self, end: usize) {
        self.out.push(Sql::LParen);
        self.at += 1;
        let mut first = true;
        while self.at + 1 < end {
            match self.peek(0) {
                Some(name @ Sql::Word(_)) if std::mem::take(&mut first) => self.out.push(name.clone()),
                Some(Sql::Comma) => {
                    self.out.push(Sql::Comma);
                    first = true;
                }
                Some(Sql::LBracket) => {
                    self.at = self.behind_bracket(self.at);
                    continue;
                }
                _ => {}
            }
            self.at += 1;
        }
        self.out.push(Sql::RParen);
        self.at = end;
    }

    /// Calls with a syntax of their own keep only what an ordinary call may hold: the words and
    /// operators of their expressions are given up.
    fn special_call(&mut self) -> bool {
        let end = self.behind_bracket(self.at + 1);
        let holds_query = self.tokens[self.at..end].iter().any(|token| is(Some(token), "select"));
        if holds_query {
            return false;
        }
        self.push_word("special_call");
        self.out.push(Sql::LParen);
        self.out.push(Sql::RParen);
        self.at = end;
        true
    }

    /// Behind a function `AS (a int, …)`, and behind `USING (…)` an alias of the join.
    fn alias(&mut self) -> bool {
        if self.peek(1) == Some(&Sql::LParen) {
            let columns = is_name(self.peek(2)) && is_name(self.peek(3));
            let query = ["select", "with", "values", "insert", "update", "delete", "merge", "table"]
                .iter()
                .any(|word| self.is(2, word));
            if columns && !query {
                self.at = self.behind_bracket(self.at + 1);
                return true;
            }
            return false;
        }
        let mut depth = 0_usize;
        let open = self.out.iter().rposition(|token| {
            match token {
                Sql::RParen => depth += 1,
                Sql::LParen => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let before = open.and_then(|open| open.checked_sub(1)).and_then(|at| self.out.get(at));
        is(before, "using") && is_name(self.peek(1)) && self.skip(2)
    }

    /// `ONLY (t)` and `ONLY t`.
    fn only(&mut self) -> bool {
        let target = matches!(self.out.last(), Some(Sql::Comma))
            || ["from", "join", "update", "into", "using"].iter().any(|word| self.last_is(word));
        if !target {
            return false;
        }
        if self.peek(1) == Some(&Sql::LParen) && self.peek(3) == Some(&Sql::RParen) {
            let name = self.peek(2).cloned();
            self.out.extend(name);
            return self.skip(4);
        }
        is_name(self.peek(1)) && self.skip(1)
    }

    /// A type the parser does not know before a literal: `inet '::1'`.
    fn typed_literal(&mut self) -> bool {
        let unknown =
            matches!(self.peek(0), Some(Sql::Word(word)) if matches!(word.keyword, Keyword::NoKeyword | Keyword::NAME));
        let after_value = matches!(
            self.out.last(),
            Some(Sql::RParen | Sql::RBracket | Sql::Number(..) | Sql::SingleQuotedString(_) | Sql::Period)
        );
        unknown && !after_value && matches!(self.peek(1), Some(Sql::SingleQuotedString(_))) && self.skip(1)
    }

    /// Strings side by side are one.
    fn string(&mut self) -> bool {
        matches!(self.out.last(), Some(Sql::SingleQuotedString(_))) && self.skip(1)
    }

    /// `(row).*` is read without its fields.
    fn whole_row(&mut self) -> bool {
        let value = matches!(self.out.last(), Some(Sql::RParen | Sql::RBracket | Sql::Placeholder(_)));
        value && self.peek(1) == Some(&Sql::Mul) && self.skip(2)
    }

    /// `FROM t*`, an old way to say that descendants are meant.
    fn descendants(&mut self) -> bool {
        let [.., before, Sql::Word(_)] = self.out.as_slice() else { return false };
        ["from", "join", "update", "only"].iter().any(|word| is(Some(before), word)) && self.skip(1)
    }

    /// Subscripts and fields of an assigned column.
    fn subscript(&mut self) -> bool {
        let target = match self.out.as_slice() {
            [.., Sql::Comma, Sql::Word(_)] => self.assigning == Some(0),
            [.., before, Sql::Word(_)] => is(Some(before), "set"),
            _ => false,
        };
        if !target {
            return false;
        }
        while matches!(self.peek(0), Some(Sql::LBracket | Sql::Period)) {
            self.at = if self.peek(0) == Some(&Sql::LBracket) { self.behind_bracket(self.at) } else { self.at + 2 };
        }
        true
    }
}
