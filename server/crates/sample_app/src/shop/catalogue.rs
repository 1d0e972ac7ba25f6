//! Looking around: home, category, book, search.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgPool, QueryBuilder};

use super::account::recently_viewed;
use super::html::{self, escape, price};
use super::visitor::Visitor;
use super::{PageError, Shop};
use crate::sins::Sin;

/// Books on a category page.
const PAGE_BOOKS: i64 = 24;
/// Results of a search.
const SEARCH_ROWS: i64 = 20;
/// Longest search text.
const SEARCH_CHARS: usize = 60;
/// Most books recommended beside one.
const MOST_RECOMMENDED: i64 = 24;

#[derive(Debug, FromRow, Serialize)]
struct BookRow {
    id: i32,
    title: String,
    category: String,
    price_cents: i32,
}

#[derive(Debug, FromRow, Serialize)]
pub(super) struct BookDetail {
    id: i32,
    title: String,
    category: String,
    description: String,
    price_cents: i32,
    author: String,
    stock: i32,
    published: String,
}

#[derive(Debug, FromRow)]
struct Review {
    stars: i32,
    body: String,
    reader: String,
}

#[derive(Debug, FromRow)]
struct Category {
    category: String,
    books: i64,
}

#[derive(Debug, FromRow)]
struct Seller {
    id: i32,
    title: String,
    copies: i64,
}

#[derive(Debug, Deserialize)]
pub(super) struct PageQuery {
    #[serde(default)]
    page: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct SearchQuery {
    #[serde(default)]
    q: String,
}

pub(super) async fn show_home(State(shop): State<Shop>, visitor: Visitor) -> Result<Html<String>, PageError> {
    let categories: Vec<Category> = sqlx::query_as(tagged!(
        "list_categories",
        "%2F",
        "SELECT category, count(*) AS books FROM books GROUP BY category ORDER BY category"
    ))
    .fetch_all(shop.pages())
    .await?;
    let newest: Vec<BookRow> = sqlx::query_as(tagged!(
        "list_newest",
        "%2F",
        "SELECT id, title, category, price_cents FROM books ORDER BY id DESC LIMIT $1"
    ))
    .bind(12_i64)
    .fetch_all(shop.pages())
    .await?;
    let sellers: Vec<Seller> = sqlx::query_as(tagged!(
        "list_best_sellers",
        "%2F",
        "SELECT b.id, b.title, sum(l.quantity) AS copies FROM orders o JOIN order_lines l ON l.order_id = o.id \
         JOIN books b ON b.id = l.book_id WHERE o.created_at > now() - interval '4 days' \
         GROUP BY b.id, b.title ORDER BY copies DESC, b.id LIMIT 10"
    ))
    .fetch_all(shop.pages())
    .await?;
    let mut body = html::table(
        ["Shelf", "Books"],
        categories.iter().map(|row| {
            let name = escape(&row.category);
            [format!("<a href=\"/category/{name}\">{name}</a>"), row.books.to_string()]
        }),
    );
    body.push_str("<h2>Best-sellers</h2>");
    body.push_str(&html::table(
        ["Title", "Copies"],
        sellers.iter().map(|row| [html::book_link(row.id, &row.title), row.copies.to_string()]),
    ));
    body.push_str("<h2>New</h2>");
    body.push_str(&book_table(&newest));
    body.push_str(&recently_viewed(&shop, visitor.customer).await?);
    Ok(html::page("Books for everybody", shop.instance(), &body))
}

pub(super) async fn show_category(
    State(shop): State<Shop>,
    Path(name): Path<String>,
    Query(query): Query<PageQuery>,
    visitor: Visitor,
) -> Result<Html<String>, PageError> {
    let rows = if shop.sins().is_on(Sin::NPlusOne) {
        category_one_by_one(shop.pages(), &name, query.page).await?
    } else {
        category_at_once(shop.pages(), &name, query.page).await?
    };
    let mut body = html::table(
        ["Title", "Author", "Price", "In stock"],
        rows.iter().map(|row| {
            [html::book_link(row.id, &row.title), escape(&row.author), price(row.price_cents), row.stock.to_string()]
        }),
    );
    body.push_str(&recently_viewed(&shop, visitor.customer).await?);
    Ok(html::page(&name, shop.instance(), &body))
}

#[derive(Debug, FromRow)]
struct ShelfRow {
    id: i32,
    title: String,
    price_cents: i32,
    author: String,
    stock: i32,
}

/// The sin: one query for the list and two for each of its rows.
async fn category_one_by_one(pool: &PgPool, name: &str, page: u32) -> Result<Vec<ShelfRow>, sqlx::Error> {
    let books: Vec<(i32, String, i32, i32)> = sqlx::query_as(tagged!(
        "list_category",
        "%2Fcategory%2F%7Bname%7D",
        "SELECT b.id, b.title, b.price_cents, b.author_id FROM books b \
         LEFT JOIN (SELECT book_id, avg(stars) AS stars FROM reviews GROUP BY book_id) r ON r.book_id = b.id \
         WHERE b.category = $1 ORDER BY r.stars DESC NULLS LAST, b.id LIMIT $2 OFFSET $3"
    ))
    .bind(name)
    .bind(PAGE_BOOKS)
    .bind(i64::from(page) * PAGE_BOOKS)
    .fetch_all(pool)
    .await?;
    let mut rows = Vec::with_capacity(books.len());
    for (id, title, price_cents, author_id) in books {
        let (author,) = sqlx::query_as(tagged!(
            "load_author",
            "%2Fcategory%2F%7Bname%7D",
            "SELECT name FROM authors WHERE id = $1"
        ))
        .bind(author_id)
        .fetch_one(pool)
        .await?;
        let (stock,) = sqlx::query_as(tagged!(
            "load_stock",
            "%2Fcategory%2F%7Bname%7D",
            "SELECT stock FROM inventory WHERE book_id = $1"
        ))
        .bind(id)
        .fetch_one(pool)
        .await?;
        rows.push(ShelfRow { id, title, price_cents, author, stock });
    }
    Ok(rows)
}

async fn category_at_once(pool: &PgPool, name: &str, page: u32) -> Result<Vec<ShelfRow>, sqlx::Error> {
    sqlx::query_as(tagged!(
        "list_category",
        "%2Fcategory%2F%7Bname%7D",
        "SELECT b.id, b.title, b.price_cents, a.name AS author, i.stock FROM books b \
         JOIN authors a ON a.id = b.author_id JOIN inventory i ON i.book_id = b.id \
         LEFT JOIN (SELECT book_id, avg(stars) AS stars FROM reviews GROUP BY book_id) r ON r.book_id = b.id \
         WHERE b.category = $1 ORDER BY r.stars DESC NULLS LAST, b.id LIMIT $2 OFFSET $3"
    ))
    .bind(name)
    .bind(PAGE_BOOKS)
    .bind(i64::from(page) * PAGE_BOOKS)
    .fetch_all(pool)
    .await
}

pub(super) async fn show_book(
    State(shop): State<Shop>,
    Path(id): Path<i32>,
    visitor: Visitor,
) -> Result<Html<String>, PageError> {
    let book = load_book(shop.pages(), id).await?;
    let reviews: Vec<Review> = sqlx::query_as(tagged!(
        "list_reviews",
        "%2Fbook%2F%7Bid%7D",
        "SELECT r.stars, r.body, c.name AS reader FROM reviews r JOIN customers c ON c.id = r.customer_id \
         WHERE r.book_id = $1 ORDER BY r.written_at DESC LIMIT 10"
    ))
    .bind(id)
    .fetch_all(shop.pages())
    .await?;
    let also = also_bought(&shop, id).await?;
    if let Some(customer) = visitor.customer {
        remember_visit(shop.pages(), customer, id, &visitor.agent).await?;
    }
    let mut body = format!(
        "<p>by {}, {} · {}</p><p>{}</p><p>{} · {} in stock</p><form method=post action=\"/cart/add?book={id}\"><button>Add to cart</button></form>",
        escape(&book.author),
        escape(&book.published),
        escape(&book.category),
        escape(&book.description),
        price(book.price_cents),
        book.stock
    );
    body.push_str("<h2>Readers say</h2>");
    body.push_str(&html::table(
        ["Stars", "Review", "Reader"],
        reviews.iter().map(|row| [row.stars.to_string(), escape(&row.body), escape(&row.reader)]),
    ));
    body.push_str("<h2>Bought together</h2>");
    body.push_str(&book_table(&also));
    body.push_str(&recently_viewed(&shop, visitor.customer).await?);
    Ok(html::page(&book.title, shop.instance(), &body))
}

pub(super) async fn book_json(State(shop): State<Shop>, Path(id): Path<i32>) -> Result<Json<BookDetail>, PageError> {
    Ok(Json(load_book(shop.pages(), id).await?))
}

async fn load_book(pool: &PgPool, id: i32) -> Result<BookDetail, sqlx::Error> {
    sqlx::query_as(tagged!(
        "show_book",
        "%2Fbook%2F%7Bid%7D",
        "SELECT b.id, b.title, b.category, b.description, b.price_cents, a.name AS author, i.stock, \
         to_char(b.published_on, 'YYYY') AS published FROM books b JOIN authors a ON a.id = b.author_id \
         JOIN inventory i ON i.book_id = b.id WHERE b.id = $1"
    ))
    .bind(id)
    .fetch_one(pool)
    .await
}

/// The other books of the orders this one was in, first their ids, then the books themselves.
async fn also_bought(shop: &Shop, id: i32) -> Result<Vec<BookRow>, sqlx::Error> {
    let ids: Vec<(i32,)> = sqlx::query_as(tagged!(
        "list_also_bought",
        "%2Fbook%2F%7Bid%7D",
        "SELECT l.book_id FROM (SELECT order_id FROM order_lines WHERE book_id = $1 ORDER BY order_id DESC LIMIT 30) o \
         JOIN order_lines l ON l.order_id = o.order_id WHERE l.book_id <> $1 GROUP BY l.book_id \
         ORDER BY count(*) DESC, l.book_id LIMIT $2"
    ))
    .bind(id)
    // How many are shown differs from book to book, as it would with what is in fashion.
    .bind(1 + i64::from(id.unsigned_abs()) % MOST_RECOMMENDED)
    .fetch_all(shop.pages())
    .await?;
    let ids: Vec<i32> = ids.into_iter().map(|(id,)| id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    if shop.sins().is_on(Sin::InList) {
        return books_in_list(shop.pages(), &ids).await;
    }
    sqlx::query_as(tagged!(
        "load_books",
        "%2Fbook%2F%7Bid%7D",
        "SELECT id, title, category, price_cents FROM books WHERE id = ANY($1) ORDER BY id"
    ))
    .bind(ids)
    .fetch_all(shop.pages())
    .await
}

/// The sin: a text of its own for every number of books.
async fn books_in_list(pool: &PgPool, ids: &[i32]) -> Result<Vec<BookRow>, sqlx::Error> {
    let mut query = QueryBuilder::new("SELECT id, title, category, price_cents FROM books WHERE id IN (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(*id);
    }
    query.push(") ORDER BY id /*action='load_books',route='%2Fbook%2F%7Bid%7D'*/");
    query.build_query_as().fetch_all(pool).await
}

async fn remember_visit(pool: &PgPool, customer: i32, book: i32, agent: &str) -> Result<(), sqlx::Error> {
    sqlx::query(tagged!(
        "remember_visit",
        "%2Fbook%2F%7Bid%7D",
        "INSERT INTO visits (customer_id, book_id, user_agent) VALUES ($1, $2, $3)"
    ))
    .bind(customer)
    .bind(book)
    .bind(agent)
    .execute(pool)
    .await?;
    Ok(())
}

pub(super) async fn search(
    State(shop): State<Shop>,
    Query(query): Query<SearchQuery>,
) -> Result<Html<String>, PageError> {
    let found = find_books(&shop, &query.q).await?;
    Ok(html::page("Search", shop.instance(), &book_table(&found)))
}

pub(super) async fn search_json(
    State(shop): State<Shop>,
    Query(query): Query<SearchQuery>,
) -> Result<Json<impl Serialize>, PageError> {
    Ok(Json(find_books(&shop, &query.q).await?))
}

async fn find_books(shop: &Shop, text: &str) -> Result<Vec<BookRow>, PageError> {
    if text.is_empty() || text.chars().count() > SEARCH_CHARS {
        return Err(PageError::BadRequest("Please search for 1 to 60 characters."));
    }
    let literal = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let rows = if shop.sins().is_on(Sin::WildcardSearch) {
        sqlx::query_as(tagged!(
            "search_anywhere",
            "%2Fsearch",
            "SELECT id, title, category, price_cents FROM books WHERE lower(title) LIKE '%' || $1 || '%' \
             OR lower(description) LIKE '%' || $1 || '%' ORDER BY published_on DESC, id LIMIT $2"
        ))
    } else {
        sqlx::query_as(tagged!(
            "search_prefix",
            "%2Fsearch",
            "SELECT id, title, category, price_cents FROM books WHERE lower(title) LIKE 'the ' || $1 || '%' \
             ORDER BY published_on DESC, id LIMIT $2"
        ))
    };
    Ok(rows.bind(literal).bind(SEARCH_ROWS).fetch_all(shop.pages()).await?)
}

fn book_table(books: &[BookRow]) -> String {
    html::table(
        ["Title", "Shelf", "Price"],
        books.iter().map(|row| [html::book_link(row.id, &row.title), escape(&row.category), price(row.price_cents)]),
    )
}
