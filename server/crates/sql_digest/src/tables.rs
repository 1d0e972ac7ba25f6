//! The tables a statement names.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use serde::Serialize;
use sqlparser::ast::{
    CopySource, Delete, FromTable, Ident, ObjectName, Query, Statement, TableFactor, TableObject, TableWithJoins,
    UpdateTableFromKind, Visit, Visitor,
};
use units::Engine;

use crate::tokens::{Kind, Token};

/// Tables kept of one statement.
pub const TABLES_MAX: usize = 64;

/// A table or view that a statement names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct TableRef {
    /// The name as the engine folds it, with its schema if the statement says one: `public.orders`.
    pub name: String,
    /// The statement changes it, rather than only reading it.
    pub written: bool,
}

/// A name as the engine compares it. Quoted parts keep their case where it counts.
pub(crate) fn fold(name: &str, quoted: bool, engine: Engine) -> String {
    match engine {
        Engine::MySql | Engine::MariaDb => name.to_owned(),
        Engine::SqlServer => name.to_lowercase(),
        Engine::Postgres if quoted => name.to_owned(),
        // What Oracle folds to upper case is shown in lower case here.
        Engine::Oracle if quoted && name.bytes().any(|byte| byte.is_ascii_lowercase()) => name.to_owned(),
        Engine::Postgres | Engine::Oracle => name.to_ascii_lowercase(),
    }
}

pub(crate) fn fold_ident(ident: &Ident, engine: Engine) -> String {
    fold(&ident.value, ident.quote_style.is_some(), engine)
}

pub(crate) fn fold_object(name: &ObjectName, engine: Engine) -> String {
    let parts: Vec<String> =
        name.0.iter().filter_map(|part| part.as_ident()).map(|ident| fold_ident(ident, engine)).collect();
    parts.join(".")
}

/// The tables of parsed statements, in the order they are first met.
pub(crate) fn tables_of(statements: &[Statement], engine: Engine) -> Vec<TableRef> {
    let mut finder = Finder { engine, tables: Vec::new(), scopes: Vec::new(), skipped: BTreeSet::new() };
    for statement in statements {
        finder.targets(statement);
        // The visitor never breaks.
        let ControlFlow::Continue(()) = statement.visit(&mut finder);
    }
    finder.tables
}

struct Finder {
    engine: Engine,
    tables: Vec<TableRef>,
    /// Names of common table expressions, one set for each query around.
    scopes: Vec<BTreeSet<String>>,
    /// Functions in FROM and aliases of targets, which are relations to the visitor.
    skipped: BTreeSet<String>,
}

impl Finder {
    fn add(&mut self, name: &ObjectName, written: bool) {
        let folded = fold_object(name, self.engine);
        let is_cte = name.0.len() == 1 && self.scopes.iter().any(|scope| scope.contains(&folded));
        if folded.is_empty() || (is_cte && !written) || (self.skipped.contains(&folded) && !written) {
            return;
        }
        if let Some(known) = self.tables.iter_mut().find(|table| table.name == folded) {
            known.written |= written;
        } else if self.tables.len() < TABLES_MAX {
            self.tables.push(TableRef { name: folded, written });
        }
    }

    fn add_factor(&mut self, factor: &TableFactor) {
        if let TableFactor::Table { name, args: None, .. } = factor {
            self.add(name, true);
        }
    }

    fn add_written(&mut self, tables: &[TableWithJoins]) {
        for table in tables {
            self.add_factor(&table.relation);
        }
    }

    /// The tables a statement changes.
    fn targets(&mut self, statement: &Statement) {
        match statement {
            Statement::Insert(insert) => {
                if let TableObject::TableName(name) = &insert.table {
                    self.add(name, true);
                }
            }
            Statement::Update(update) => {
                let sources = match &update.from {
                    Some(UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) => from.as_slice(),
                    None => &[],
                };
                if !self.add_by_alias(&update.table.relation, sources) {
                    self.add_factor(&update.table.relation);
                }
            }
            Statement::Delete(delete) => self.delete(delete),
            Statement::Merge(merge) => self.add_factor(&merge.table),
            Statement::CreateTable(table) => self.add(&table.name, true),
            Statement::AlterTable(table) => self.add(&table.name, true),
            Statement::Drop { names, object_type: sqlparser::ast::ObjectType::Table, .. } => {
                names.iter().for_each(|name| self.add(name, true));
            }
            Statement::Truncate(truncate) => truncate.table_names.iter().for_each(|table| self.add(&table.name, true)),
            Statement::Copy { source: CopySource::Table { table_name, .. }, to, .. } => self.add(table_name, !to),
            Statement::CreateIndex(index) => self.add(&index.table_name, true),
            _ => {}
        }
    }

    /// `UPDATE o SET … FROM orders o` and `DELETE FROM o FROM orders o` name their target by its alias.
    fn add_by_alias(&mut self, target: &TableFactor, sources: &[TableWithJoins]) -> bool {
        let TableFactor::Table { name: target, args: None, .. } = target else { return false };
        let target = fold_object(target, self.engine);
        for factor in factors(sources) {
            if let TableFactor::Table { name, alias: Some(alias), args: None, .. } = factor
                && fold_ident(&alias.name, self.engine) == target
            {
                self.skipped.insert(target);
                self.add(name, true);
                return true;
            }
        }
        false
    }

    /// `DELETE t FROM t JOIN u` names its targets before FROM, possibly by alias.
    fn delete(&mut self, delete: &Delete) {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        if delete.tables.is_empty() {
            return self.add_written(from);
        }
        let targets: Vec<String> = delete.tables.iter().map(|name| fold_object(name, self.engine)).collect();
        for factor in factors(from) {
            if let TableFactor::Table { name, alias, args: None, .. } = factor {
                let alias = alias.as_ref().map(|alias| fold_ident(&alias.name, self.engine));
                let written = targets.contains(&fold_object(name, self.engine))
                    || alias.is_some_and(|alias| targets.contains(&alias));
                self.add(name, written);
            }
        }
    }
}

/// The relations of a FROM clause, joined ones included.
pub(crate) fn factors(from: &[TableWithJoins]) -> impl Iterator<Item = &TableFactor> {
    from.iter().flat_map(|table| std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation)))
}

impl Visitor for Finder {
    type Break = std::convert::Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        let names = query.with.iter().flat_map(|with| &with.cte_tables);
        self.scopes.push(names.map(|cte| fold_ident(&cte.alias.name, self.engine)).collect());
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<Self::Break> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Self::Break> {
        self.targets(statement);
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Self::Break> {
        if let TableFactor::Table { name, args: Some(_), .. } = factor {
            self.skipped.insert(fold_object(name, self.engine));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_relation(&mut self, name: &ObjectName) -> ControlFlow<Self::Break> {
        self.add(name, false);
        ControlFlow::Continue(())
    }
}

/// Tables by tokens alone, where there is no tree: what stands behind FROM, JOIN, INTO, UPDATE, TABLE and
/// the commas between them.
pub(crate) fn tables_by_tokens(text: &str, tokens: &[Token], engine: Engine) -> Vec<TableRef> {
    let tokens: Vec<&Token> = tokens.iter().filter(|token| token.kind != Kind::Comment).collect();
    let ctes = cte_names(text, &tokens, engine);
    let mut tables: Vec<TableRef> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let Some(written) = introduces_table(text, &tokens, at) else {
            at += 1;
            continue;
        };
        let many = !written || !tokens[at].is_word(text, "into");
        at += 1;
        loop {
            while tokens.get(at).is_some_and(|token| is_modifier(text, token)) {
                at += 1;
            }
            let Some((name, end)) = read_name(text, &tokens, at, engine) else { break };
            let is_call = tokens.get(end).is_some_and(|token| token.kind == Kind::Open) && !written;
            let known = tables.iter_mut().find(|table| table.name == name);
            if let Some(known) = known {
                known.written |= written;
            } else if !is_call && !ctes.contains(&name) && tables.len() < TABLES_MAX {
                tables.push(TableRef { name, written });
            }
            at = behind_alias(text, &tokens, end);
            if !tokens.get(at).is_some_and(|token| token.kind == Kind::Comma) || !many {
                break;
            }
            at += 1;
        }
    }
    tables
}

/// Whether a table follows the word at `at`, and whether it is written.
fn introduces_table(text: &str, tokens: &[&Token], at: usize) -> Option<bool> {
    let word = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is_word(text, word));
    let before = |name: &str| at.checked_sub(1).is_some_and(|at| word(at, name));
    let deletes = before("delete") || (at > 1 && word(at - 2, "delete"));
    // `EXTRACT(year FROM x)` and `IS DISTINCT FROM x` name no table.
    let in_call = at >= 3
        && (tokens[at - 2].kind == Kind::Open || tokens[at - 1].kind == Kind::Open)
        && ["extract", "substring", "trim", "overlay", "position"]
            .iter()
            .any(|name| word(at - 3, name) || word(at.saturating_sub(2), name));
    let is_update = word(at, "update") && !["for", "do", "key", "then", "on"].iter().any(|word| before(word));
    if word(at, "from") && !before("distinct") && !in_call {
        Some(deletes)
    } else if word(at, "join") || (word(at, "using") && tokens.get(at + 1).is_some_and(|next| next.kind != Kind::Open))
    {
        Some(false)
    } else if word(at, "into") || word(at, "table") || is_update {
        Some(true)
    } else {
        None
    }
}

fn is_modifier(text: &str, token: &Token) -> bool {
    ["only", "lateral", "if", "not", "exists", "ignore", "low_priority"].iter().any(|word| token.is_word(text, word))
}

/// A name with its schema at `at`, and the position behind it.
fn read_name(text: &str, tokens: &[&Token], mut at: usize, engine: Engine) -> Option<(String, usize)> {
    let mut name = String::new();
    loop {
        let token = tokens.get(at)?;
        let part = match token.kind {
            Kind::Word if !is_reserved(token.of(text)) => fold(token.of(text), false, engine),
            Kind::Name => {
                let inside = token.of(text).get(1..).and_then(|inside| inside.get(..inside.len() - 1));
                fold(inside.unwrap_or_default(), true, engine)
            }
            _ => return None,
        };
        name.push_str(&part);
        at += 1;
        if !tokens.get(at).is_some_and(|token| token.kind == Kind::Dot) {
            return Some((name, at));
        }
        name.push('.');
        at += 1;
    }
}

fn is_reserved(word: &str) -> bool {
    ["select", "values", "set", "where", "with", "outfile", "dumpfile", "of", "as"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// The position behind `[AS] alias`, if one stands at `at`.
fn behind_alias(text: &str, tokens: &[&Token], at: usize) -> usize {
    let explicit = tokens.get(at).is_some_and(|token| token.is_word(text, "as"));
    let name = at + usize::from(explicit);
    let is_alias = tokens.get(name).is_some_and(|token| match token.kind {
        Kind::Name => true,
        Kind::Word => crate::words::keyword_flags(token.of(text)) == 0,
        _ => false,
    });
    if is_alias { name + 1 } else { at }
}

/// Names defined by `name AS (` and `name (columns) AS (`.
fn cte_names(text: &str, tokens: &[&Token], engine: Engine) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    if !tokens.iter().take(64).any(|token| token.is_word(text, "with")) {
        return names;
    }
    for at in 1..tokens.len() {
        let opens = tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Open || next.kind == Kind::Word);
        if !tokens[at].is_word(text, "as") || !opens {
            continue;
        }
        let before = match tokens[at - 1].kind {
            Kind::Close => tokens[..at].iter().rposition(|token| token.kind == Kind::Open).unwrap_or(0),
            _ => at,
        };
        let introduced = before >= 2
            && (tokens[before - 2].kind == Kind::Comma
                || tokens[before - 2].is_word(text, "with")
                || tokens[before - 2].is_word(text, "recursive"));
        if introduced && let Some((name, _)) = read_name(text, &tokens[..before], before - 1, engine) {
            names.insert(name);
        }
    }
    names
}
