//! The columns a statement filters, joins, groups and orders by.

use std::ops::ControlFlow;

use serde::Serialize;
use sqlparser::ast::{
    BinaryOperator, Delete, Expr, FromTable, GroupByExpr, JoinConstraint, JoinOperator, ObjectName, OrderByKind, Query,
    Select, Statement, TableFactor, TableWithJoins, Update, Visit, Visitor,
};
use units::Engine;

use crate::tables::{factors, fold_ident, fold_object};

/// Columns kept of one statement.
pub const COLUMNS_MAX: usize = 256;

/// What a statement does with a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnUse {
    /// In WHERE, HAVING or the condition of an outer join's own side.
    Filter,
    /// Compared with a column of another table.
    Join,
    /// In GROUP BY.
    Group,
    /// In ORDER BY.
    Order,
}

/// A column and its use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct PredicateColumn {
    /// The table, aliases resolved; `None` when the statement does not say and several come into question,
    /// or when it is a subquery.
    pub table: Option<String>,
    /// The column as the engine folds it.
    pub column: String,
    /// What is done with it.
    pub column_use: ColumnUse,
}

/// The columns of parsed statements, each use once, in the order they are met.
pub(crate) fn columns_of(statements: &[Statement], engine: Engine) -> Vec<PredicateColumn> {
    let mut finder = Finder { engine, scopes: Vec::new(), columns: Vec::new() };
    for statement in statements {
        // The visitor never breaks.
        let ControlFlow::Continue(()) = statement.visit(&mut finder);
    }
    finder.columns
}

/// Aliases and the tables behind them; `None` for a subquery or a function.
type Scope = Vec<(String, Option<String>)>;

struct Finder {
    engine: Engine,
    scopes: Vec<Scope>,
    columns: Vec<PredicateColumn>,
}

impl Finder {
    fn scope_of(&self, from: &[TableWithJoins]) -> Scope {
        let mut scope = Scope::new();
        for factor in factors(from) {
            self.add_to_scope(factor, &mut scope);
        }
        scope
    }

    fn add_to_scope(&self, factor: &TableFactor, scope: &mut Scope) {
        let named = |alias: &Option<sqlparser::ast::TableAlias>| {
            alias.as_ref().map(|alias| fold_ident(&alias.name, self.engine))
        };
        match factor {
            TableFactor::Table { name, alias, args, .. } => {
                let table = fold_object(name, self.engine);
                let last = table.rsplit('.').next().unwrap_or_default().to_owned();
                scope.push((named(alias).unwrap_or(last), args.is_none().then_some(table)));
            }
            TableFactor::NestedJoin { table_with_joins, .. } => {
                for factor in factors(std::slice::from_ref(table_with_joins)) {
                    self.add_to_scope(factor, scope);
                }
            }
            TableFactor::Derived { alias, .. } => scope.push((named(alias).unwrap_or_default(), None)),
            _ => scope.push((String::new(), None)),
        }
    }

    fn add(&mut self, table: Option<String>, column: String, column_use: ColumnUse) {
        let found = PredicateColumn { table, column, column_use };
        if self.columns.len() < COLUMNS_MAX && !self.columns.contains(&found) {
            self.columns.push(found);
        }
    }

    /// The table and name of an expression that is just a column.
    fn resolve(&self, expr: &Expr) -> Option<(Option<String>, String)> {
        match expr {
            Expr::Nested(inner) => self.resolve(inner),
            Expr::Identifier(ident) => {
                let column = fold_ident(ident, self.engine);
                let table = match self.scopes.last().map(Vec::as_slice) {
                    Some([(_, table)]) => table.clone(),
                    _ => None,
                };
                Some((table, column))
            }
            Expr::CompoundIdentifier(parts) => {
                let [.., qualifier, column] = parts.as_slice() else { return None };
                let alias = fold_ident(qualifier, self.engine);
                let known = self.scopes.iter().rev().flatten().find(|(name, _)| *name == alias);
                let table = match known {
                    Some((_, table)) => table.clone(),
                    None => Some(fold_object(&ObjectName::from(parts[..parts.len() - 1].to_vec()), self.engine)),
                };
                Some((table, fold_ident(column, self.engine)))
            }
            _ => None,
        }
    }

    /// Adds the columns of a condition, those of subqueries excepted: they come with their own scope.
    fn condition(&mut self, expr: &Expr) {
        self.walk(expr, ColumnUse::Filter);
    }

    fn walk(&mut self, expr: &Expr, column_use: ColumnUse) {
        let mut walk = Walk { finder: self, depth: 0, column_use };
        let ControlFlow::Continue(()) = expr.visit(&mut walk);
    }

    fn joins(&mut self, from: &[TableWithJoins]) {
        for join in from.iter().flat_map(|table| &table.joins) {
            match constraint(&join.join_operator) {
                Some(JoinConstraint::On(condition)) => self.condition(condition),
                Some(JoinConstraint::Using(columns)) => {
                    for column in columns {
                        let column = fold_object(column, self.engine);
                        self.add(None, column, ColumnUse::Join);
                    }
                }
                _ => {}
            }
        }
        for table in from {
            let nested = std::iter::once(&table.relation).chain(table.joins.iter().map(|join| &join.relation));
            for factor in nested {
                if let TableFactor::NestedJoin { table_with_joins, .. } = factor {
                    self.joins(std::slice::from_ref(table_with_joins));
                }
            }
        }
    }

    fn select(&mut self, select: &Select) {
        self.joins(&select.from);
        for condition in select.selection.iter().chain(&select.having).chain(&select.qualify) {
            self.condition(condition);
        }
        if let GroupByExpr::Expressions(list, _) = &select.group_by {
            list.iter().for_each(|expr| self.walk(expr, ColumnUse::Group));
        }
    }

    fn update(&mut self, update: &Update) {
        let sources = match &update.from {
            Some(
                sqlparser::ast::UpdateTableFromKind::BeforeSet(from)
                | sqlparser::ast::UpdateTableFromKind::AfterSet(from),
            ) => from.as_slice(),
            None => &[],
        };
        // A target may be named by the alias of a source, so sources come first.
        let mut scope = self.scope_of(sources);
        scope.extend(self.scope_of(std::slice::from_ref(&update.table)));
        self.scopes.push(scope);
        self.joins(std::slice::from_ref(&update.table));
        self.joins(sources);
        update.selection.iter().for_each(|condition| self.condition(condition));
        self.scopes.pop();
    }

    fn delete(&mut self, delete: &Delete) {
        let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
        let using = delete.using.as_deref().unwrap_or(&[]);
        let mut scope = self.scope_of(from);
        scope.extend(self.scope_of(using));
        self.scopes.push(scope);
        self.joins(from);
        self.joins(using);
        delete.selection.iter().for_each(|condition| self.condition(condition));
        self.scopes.pop();
    }
}

fn constraint(operator: &JoinOperator) -> Option<&JoinConstraint> {
    match operator {
        JoinOperator::Join(found)
        | JoinOperator::Inner(found)
        | JoinOperator::Left(found)
        | JoinOperator::LeftOuter(found)
        | JoinOperator::Right(found)
        | JoinOperator::RightOuter(found)
        | JoinOperator::FullOuter(found)
        | JoinOperator::CrossJoin(found)
        | JoinOperator::Semi(found)
        | JoinOperator::LeftSemi(found)
        | JoinOperator::Anti(found)
        | JoinOperator::LeftAnti(found)
        | JoinOperator::StraightJoin(found) => Some(found),
        _ => None,
    }
}

impl Visitor for Finder {
    type Break = std::convert::Infallible;

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Self::Break> {
        match statement {
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Merge(merge) => {
                let mut scope = Scope::new();
                self.add_to_scope(&merge.table, &mut scope);
                self.add_to_scope(&merge.source, &mut scope);
                self.scopes.push(scope);
                self.condition(&merge.on);
                self.scopes.pop();
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        let select = query.body.as_select();
        let OrderByKind::Expressions(order) = (match &query.order_by {
            Some(order_by) => &order_by.kind,
            None => return ControlFlow::Continue(()),
        }) else {
            return ControlFlow::Continue(());
        };
        let scope = select.map_or_else(Scope::new, |select| self.scope_of(&select.from));
        self.scopes.push(scope);
        order.iter().for_each(|item| self.walk(&item.expr, ColumnUse::Order));
        self.scopes.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        let scope = self.scope_of(&select.from);
        self.scopes.push(scope);
        self.select(select);
        ControlFlow::Continue(())
    }

    fn post_visit_select(&mut self, _select: &Select) -> ControlFlow<Self::Break> {
        self.scopes.pop();
        ControlFlow::Continue(())
    }
}

/// Walks one condition; subqueries in it are left to the outer visitor.
struct Walk<'a> {
    finder: &'a mut Finder,
    depth: usize,
    column_use: ColumnUse,
}

impl Visitor for Walk<'_> {
    type Break = std::convert::Infallible;

    fn pre_visit_query(&mut self, _query: &Query) -> ControlFlow<Self::Break> {
        self.depth += 1;
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _query: &Query) -> ControlFlow<Self::Break> {
        self.depth -= 1;
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<Self::Break> {
        if self.depth > 0 {
            return ControlFlow::Continue(());
        }
        if let Expr::BinaryOp { left, op: BinaryOperator::Eq, right } = expr
            && let (Some(left), Some(right)) = (self.finder.resolve(left), self.finder.resolve(right))
            && (left.0 != right.0 || left.0.is_none())
        {
            self.finder.add(left.0, left.1, ColumnUse::Join);
            self.finder.add(right.0, right.1, ColumnUse::Join);
        } else if let Some((table, column)) = self.finder.resolve(expr)
            && !matches!(expr, Expr::Nested(_))
        {
            let joined = PredicateColumn { table, column, column_use: ColumnUse::Join };
            if self.column_use != ColumnUse::Filter || !self.finder.columns.contains(&joined) {
                self.finder.add(joined.table, joined.column, self.column_use);
            }
        }
        ControlFlow::Continue(())
    }
}
