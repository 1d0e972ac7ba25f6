//! Both layers together: everything known of a text.

use std::sync::Arc;

use serde::Serialize;
use units::{DigestId, Engine};

use crate::columns::{PredicateColumn, columns_of};
use crate::findings::{Finding, findings_of};
use crate::kind::{StatementKind, kind_of};
use crate::normalise::{Completeness, Normaliser, readable};
use crate::tables::{TableRef, tables_by_tokens, tables_of};
use crate::tags::Tags;
use crate::tokens::{Kind, Token, tokens_of};
use crate::tree;

/// Tokens looked at for everything but the normal form.
const TOKENS_MAX: usize = 50_000;

/// Everything known of one statement. Nothing in it holds a literal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// Names the normal form.
    pub id: DigestId,
    /// Literals are `?`, lists reduced, comments gone, names folded.
    pub normal_form: String,
    /// What the statement does.
    pub kind: StatementKind,
    /// The tables it names, each once, in order.
    pub tables: Vec<TableRef>,
    /// Tags from its comments.
    pub tags: Tags,
    /// The text was cut, or looks cut: what is known is known of its beginning.
    pub truncated: bool,
    /// A parser read all of the text; otherwise kind and tables come from the tokens, and columns are
    /// unknown.
    pub tree: bool,
    /// Columns it filters, joins, groups and orders by; empty without a tree.
    pub columns: Vec<PredicateColumn>,
    /// Habits that often cost.
    pub findings: Vec<Finding>,
    /// Literals in its longest list.
    pub longest_list: usize,
}

/// Makes digests one after the other in memory of its own.
#[derive(Debug, Default)]
pub struct Digester {
    normaliser: Normaliser,
}

/// The digest of `text`. Any bytes have one.
#[must_use]
pub fn digest(text: &[u8], engine: Engine) -> Digest {
    Digester::default().digest(&readable(text), engine, Completeness::Unknown)
}

impl Digester {
    /// The digest of `text`.
    pub fn digest(&mut self, text: &str, engine: Engine, completeness: Completeness) -> Digest {
        self.digest_with(text, engine, completeness, |_, _, analyse| Arc::new(analyse()))
    }

    /// The digest of `text`; `analysis` gets its id, whether it was cut, and the way to analyse it, and
    /// may know the answer from another text of the same digest.
    pub(crate) fn digest_with(
        &mut self,
        text: &str,
        engine: Engine,
        completeness: Completeness,
        analysis: impl FnOnce(DigestId, bool, &mut dyn FnMut() -> Analysis) -> Arc<Analysis>,
    ) -> Digest {
        let normalised = self.normaliser.normalise(text, engine, completeness);
        let (mut tokens, _) = tokens_of(text, engine);
        tokens.truncate(TOKENS_MAX);
        let analysis = analysis(normalised.id, normalised.truncated, &mut || analyse(text, engine, &tokens));
        Digest {
            id: normalised.id,
            normal_form: normalised.normal_form.to_owned(),
            tags: normalised.tags,
            truncated: normalised.truncated,
            kind: analysis.kind,
            tables: analysis.tables.clone(),
            tree: analysis.tree,
            columns: analysis.columns.clone(),
            findings: findings_of(text, &tokens),
            longest_list: longest_list(&tokens),
        }
    }
}

/// What all texts of one digest have in common.
#[derive(Debug)]
pub(crate) struct Analysis {
    kind: StatementKind,
    tables: Vec<TableRef>,
    columns: Vec<PredicateColumn>,
    tree: bool,
}

fn analyse(text: &str, engine: Engine, tokens: &[Token]) -> Analysis {
    let tokens = behind_parameters(text, engine, tokens);
    let kind = kind_of(text, tokens);
    match tree::parse(text, engine, tokens).filter(|statements| !statements.is_empty()) {
        Some(statements) => Analysis {
            kind,
            tables: tables_of(&statements, engine),
            columns: columns_of(&statements, engine),
            tree: true,
        },
        None => Analysis { kind, tables: tables_by_tokens(text, tokens, engine), columns: Vec::new(), tree: false },
    }
}

/// SQL Server keeps a prepared statement with its parameters before it: `(@id int,@name
/// nvarchar(20))select …`.
fn behind_parameters<'a>(text: &str, engine: Engine, tokens: &'a [Token]) -> &'a [Token] {
    let opens = matches!(tokens, [open, first, ..]
        if engine == Engine::SqlServer && open.kind == Kind::Open && first.of(text).starts_with('@'));
    if !opens {
        return tokens;
    }
    let mut depth = 0_usize;
    let end = tokens.iter().position(|token| {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    end.and_then(|end| tokens.get(end + 1..)).unwrap_or(tokens)
}

/// The most literals with only commas between them.
fn longest_list(tokens: &[Token]) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for token in tokens {
        match token.kind {
            Kind::Literal(_) => run += 1,
            Kind::Comma | Kind::Comment => {}
            _ => run = 0,
        }
        longest = longest.max(run);
    }
    longest
}
