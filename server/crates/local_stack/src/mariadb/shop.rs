//! Tables of the bookshop, and what one visitor's step asks of them.
//!
//! The statements have the sins of the PostgreSQL bookshop: a search with a leading wildcard, a query
//! for each line of an order, a row everybody fights over, a report over everything, a table of
//! visits that may lose its index.

/// Books in the shop.
pub(super) const BOOKS: u64 = 20_000;
/// Customers.
pub(super) const CUSTOMERS: u64 = 10_000;
/// Orders at the start; each has three lines.
pub(super) const ORDERS: u64 = 40_000;
/// Visits at the start.
const VISITS: u64 = 150_000;
/// Kinds of books.
pub(super) const CATEGORIES: u64 = 40;

/// Makes the tables unless they are there. MariaDB's sequence engine counts.
pub(super) fn schema() -> Vec<String> {
    vec![
        "CREATE DATABASE IF NOT EXISTS bookshop".to_owned(),
        // The sequence engine has its tables in whatever database is in use.
        "USE bookshop".to_owned(),
        "CREATE TABLE IF NOT EXISTS bookshop.books (id INT PRIMARY KEY, title VARCHAR(120) NOT NULL, \
         category INT NOT NULL, price_cents INT NOT NULL, stock INT NOT NULL, sold INT NOT NULL DEFAULT 0, \
         KEY books_category (category, sold))"
            .to_owned(),
        "CREATE TABLE IF NOT EXISTS bookshop.customers (id INT PRIMARY KEY, email VARCHAR(80) NOT NULL, \
         city VARCHAR(40) NOT NULL)"
            .to_owned(),
        "CREATE TABLE IF NOT EXISTS bookshop.orders (id INT PRIMARY KEY AUTO_INCREMENT, customer_id INT NOT NULL, \
         placed_at DATETIME NOT NULL, total_cents INT NOT NULL, KEY orders_customer (customer_id, placed_at))"
            .to_owned(),
        "CREATE TABLE IF NOT EXISTS bookshop.order_lines (order_id INT NOT NULL, line INT NOT NULL, \
         book_id INT NOT NULL, quantity INT NOT NULL, PRIMARY KEY (order_id, line))"
            .to_owned(),
        "CREATE TABLE IF NOT EXISTS bookshop.visits (id INT PRIMARY KEY AUTO_INCREMENT, book_id INT NOT NULL, \
         customer_id INT NOT NULL, visited_at DATETIME NOT NULL, KEY visits_book (book_id, visited_at))"
            .to_owned(),
    ]
}

/// Fills the tables.
pub(super) fn seed() -> Vec<String> {
    vec![
        format!(
            "INSERT IGNORE INTO bookshop.books (id, title, category, price_cents, stock) SELECT seq, \
             CONCAT('The ', ELT(1 + seq % 5, 'quiet', 'green', 'lost', 'last', 'long'), ' ', \
             ELT(1 + seq % 7, 'river', 'garden', 'winter', 'letter', 'road', 'island', 'clock'), ' ', seq), \
             seq % {CATEGORIES}, 500 + seq % 3000, 1000000 FROM seq_1_to_{BOOKS}"
        ),
        format!(
            "INSERT IGNORE INTO bookshop.customers (id, email, city) SELECT seq, CONCAT('c', seq, '@example.org'), \
             ELT(1 + seq % 4, 'Ulm', 'Seoul', 'Porto', 'Cork') FROM seq_1_to_{CUSTOMERS}"
        ),
        format!(
            "INSERT IGNORE INTO bookshop.orders (id, customer_id, placed_at, total_cents) SELECT seq, \
             1 + seq % {CUSTOMERS}, NOW() - INTERVAL seq % 90 DAY, 1000 + seq % 9000 FROM seq_1_to_{ORDERS}"
        ),
        format!(
            "INSERT IGNORE INTO bookshop.order_lines (order_id, line, book_id, quantity) SELECT o.seq, l.seq, \
             1 + (o.seq * 7 + l.seq * 13) % {BOOKS}, 1 + o.seq % 3 FROM seq_1_to_{ORDERS} o JOIN seq_1_to_3 l"
        ),
        format!(
            "INSERT IGNORE INTO bookshop.visits (id, book_id, customer_id, visited_at) SELECT seq, 1 + seq % {BOOKS}, \
             1 + seq % {CUSTOMERS}, NOW() - INTERVAL seq % 30 DAY FROM seq_1_to_{VISITS}"
        ),
    ]
}

/// Best sellers of a category.
pub(super) const BROWSE: &str = "SELECT id, title, price_cents FROM books WHERE category = ? \
    ORDER BY sold DESC LIMIT 20 /*application='bookshop',route='/category'*/";
/// One book.
pub(super) const BOOK: &str =
    "SELECT id, title, price_cents, stock FROM books WHERE id = ? /*application='bookshop',route='/book'*/";
/// How often a book was looked at lately: what the index of visits is for.
pub(super) const POPULARITY: &str = "SELECT COUNT(*) FROM visits WHERE book_id = ? \
    AND visited_at > NOW() - INTERVAL 7 DAY /*application='bookshop',route='/book'*/";
/// Notes a visit.
pub(super) const VISIT: &str = "INSERT INTO visits (book_id, customer_id, visited_at) VALUES (?, ?, NOW()) \
    /*application='bookshop',route='/book'*/";
/// Reads every book, for its leading wildcard.
pub(super) const SEARCH: &str = "SELECT id, title FROM books WHERE title LIKE CONCAT('%', ?, '%') LIMIT 20 \
    /*application='bookshop',route='/search'*/";
/// A customer's orders.
pub(super) const ORDERS_OF: &str = "SELECT id, placed_at, total_cents FROM orders WHERE customer_id = ? \
    ORDER BY placed_at DESC LIMIT 10 /*application='bookshop',route='/account'*/";
/// One of them at a time.
pub(super) const LINES_OF: &str = "SELECT b.title, l.quantity FROM order_lines l JOIN books b ON b.id = l.book_id \
    WHERE l.order_id = ? /*application='bookshop',route='/account'*/";
/// Takes a book from the shelf: the row everybody fights over.
pub(super) const TAKE: &str = "UPDATE books SET stock = stock - 1, sold = sold + 1 WHERE id = ? \
    /*application='bookshop',route='/checkout'*/";
/// Writes the order down.
pub(super) const ORDER: &str = "INSERT INTO orders (customer_id, placed_at, total_cents) VALUES (?, NOW(), ?) \
    /*application='bookshop',route='/checkout'*/";
/// Its one line.
pub(super) const LINE: &str = "INSERT INTO order_lines (order_id, line, book_id, quantity) VALUES (LAST_INSERT_ID(), 1, ?, 1) \
    /*application='bookshop',route='/checkout'*/";
/// Everything that was ever sold, by category and city.
pub(super) const REPORT: &str = "SELECT b.category, c.city, COUNT(*), SUM(l.quantity * b.price_cents) FROM order_lines l \
    JOIN orders o ON o.id = l.order_id JOIN books b ON b.id = l.book_id JOIN customers c ON c.id = o.customer_id \
    GROUP BY b.category, c.city ORDER BY 4 DESC /*application='bookshop',route='/admin/report'*/";

/// The index the incident takes away, and how it comes back.
pub(super) const DROP_INDEX: &str = "ALTER TABLE bookshop.visits DROP INDEX IF EXISTS visits_book";
/// See [`DROP_INDEX`].
pub(super) const ADD_INDEX: &str =
    "ALTER TABLE bookshop.visits ADD INDEX IF NOT EXISTS visits_book (book_id, visited_at)";

/// Users of the shop, who may use its tables.
pub(super) fn users(password: &str) -> Vec<String> {
    let grant = |user: &str| {
        [
            format!("CREATE USER IF NOT EXISTS '{user}'@'%' IDENTIFIED BY '{password}'"),
            format!("GRANT SELECT, INSERT, UPDATE, DELETE ON bookshop.* TO '{user}'@'%'"),
        ]
    };
    [WEB, BATCH].into_iter().flat_map(grant).collect()
}

/// Who visitors come as.
pub(super) const WEB: &str = "shop_web";
/// Who reports are made as.
pub(super) const BATCH: &str = "shop_batch";
