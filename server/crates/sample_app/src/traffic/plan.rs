//! What one visitor will do, worked out before the first click.

use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use super::Profile;

/// Words that occur in titles and descriptions.
const WORDS: [&str; 20] = [
    "winter",
    "harbour",
    "library",
    "clockmaker",
    "orchard",
    "lighthouse",
    "silent",
    "golden",
    "cartographer",
    "map",
    "lisbon",
    "violin",
    "archive",
    "midnight",
    "crimson",
    "stranger",
    "salt",
    "engine",
    "forgotten",
    "island",
];
const SHELVES: [&str; 12] = [
    "fiction",
    "history",
    "science",
    "travel",
    "cooking",
    "poetry",
    "crime",
    "children",
    "computing",
    "art",
    "business",
    "philosophy",
];
/// Branches of the shop.
const BRANCHES: u32 = 24;
/// Popular books are the ones with low numbers, as the seed made them.
const POPULARITY: f64 = 3.0;

/// What there is to ask for.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    /// Books have the ids 1 to this.
    pub books: u32,
    /// Customers have the ids 1 to this.
    pub customers: u32,
}

/// What brings a visitor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Looks around.
    Looker,
    /// Finds something and buys it.
    Buyer,
    /// Looks after former orders.
    Regular,
    /// Works in the back office.
    Staff,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Name under which it is counted.
    pub route: &'static str,
    /// Whether it is a POST.
    pub is_post: bool,
    /// Path and query.
    pub path: String,
}

/// One or more requests at the same time, and how long the visitor reads after them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is asked for.
    pub pages: Vec<Page>,
    /// Pause afterwards.
    pub think: Duration,
}

/// A whole visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Value of the `Cookie` header.
    pub cookies: String,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// The visit of that number.
pub fn plan_session(seed: u64, number: u64, profile: Profile, catalogue: Catalogue) -> Session {
    // The golden ratio spreads neighbouring numbers over the seeds' space.
    let mut random = StdRng::seed_from_u64(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let kind = choose_kind(&mut random, profile);
    let mut planner = Planner { random, catalogue, steps: Vec::new() };
    let customer = planner.customer();
    let is_signed_in = kind != Kind::Looker || planner.chance(0.5);
    let mut cookies = format!("session=s{seed:x}-{number:x}");
    if is_signed_in {
        cookies.push_str(&format!("; customer={customer}"));
    }
    match kind {
        Kind::Looker => planner.look_around(),
        Kind::Buyer => planner.buy(),
        Kind::Regular => planner.look_after_orders(),
        Kind::Staff => planner.work(),
    }
    Session { cookies, steps: planner.steps }
}

fn choose_kind(random: &mut StdRng, profile: Profile) -> Kind {
    let (lookers, buyers) = match profile {
        Profile::Normal | Profile::Burst => (0.58, 0.26),
        Profile::Sale => (0.20, 0.72),
    };
    let dice: f64 = random.random();
    if dice < lookers {
        Kind::Looker
    } else if dice < lookers + buyers {
        Kind::Buyer
    } else if dice < 0.985 {
        Kind::Regular
    } else {
        Kind::Staff
    }
}

struct Planner {
    random: StdRng,
    catalogue: Catalogue,
    steps: Vec<Step>,
}

impl Planner {
    fn chance(&mut self, probability: f64) -> bool {
        self.random.random_bool(probability)
    }

    fn skewed(&mut self, most: u32, power: f64) -> u32 {
        let share = self.random.random::<f64>().powf(power);
        1 + ((share * f64::from(most)) as u32).min(most.saturating_sub(1))
    }

    fn book(&mut self) -> u32 {
        self.skewed(self.catalogue.books, POPULARITY)
    }

    fn customer(&mut self) -> u32 {
        self.skewed(self.catalogue.customers, 1.5)
    }

    /// People read for a few seconds and sometimes much longer.
    fn think(&mut self) -> Duration {
        let secs = -(1.0 - self.random.random::<f64>()).ln() * 1.6;
        Duration::from_secs_f64(0.15 + secs.min(15.0))
    }

    fn get(&mut self, route: &'static str, path: String) {
        self.push(vec![Page { route, is_post: false, path }]);
    }

    fn post(&mut self, route: &'static str, path: String) {
        self.push(vec![Page { route, is_post: true, path }]);
    }

    fn push(&mut self, pages: Vec<Page>) {
        let think = self.think();
        self.steps.push(Step { pages, think });
    }

    fn look_around(&mut self) {
        self.arrive();
        while self.chance(0.72) && self.steps.len() < 25 {
            self.look_further();
        }
    }

    fn arrive(&mut self) {
        // Some come from a search engine straight to a book.
        if self.chance(0.3) {
            let book = self.book();
            self.get("book", format!("/book/{book}"));
        } else {
            self.get("home", "/".to_owned());
        }
    }

    fn look_further(&mut self) {
        let dice: f64 = self.random.random();
        if dice < 0.18 {
            let word = WORDS[self.random.random_range(0..WORDS.len())];
            self.get("search", format!("/search?q={word}"));
        } else if dice < 0.42 {
            let shelf = SHELVES[self.random.random_range(0..SHELVES.len())];
            let page = self.skewed(12, 3.0) - 1;
            self.get("category", format!("/category/{shelf}?page={page}"));
        } else if dice < 0.48 {
            let book = self.book();
            self.get("api_book", format!("/api/books/{book}"));
        } else {
            let book = self.book();
            self.get("book", format!("/book/{book}"));
        }
    }

    fn buy(&mut self) {
        self.arrive();
        for _ in 0..=self.random.random_range(0..3) {
            self.look_further();
            let book = self.book();
            self.get("book", format!("/book/{book}"));
            self.post("cart_add", format!("/cart/add?book={book}"));
        }
        self.get("cart", "/cart".to_owned());
        // Some think better of it.
        if self.chance(0.85) {
            self.post("checkout", "/checkout".to_owned());
            self.get("orders", "/orders".to_owned());
        }
    }

    fn look_after_orders(&mut self) {
        self.get("account", "/account".to_owned());
        self.get("orders", "/orders".to_owned());
        while self.chance(0.4) && self.steps.len() < 8 {
            // An order of the seeded past; every scale has at least these.
            let order = self.random.random_range(1..=6_000);
            self.get("order", format!("/orders/{order}"));
        }
    }

    fn work(&mut self) {
        for _ in 0..self.random.random_range(1..4) {
            let branch = self.random.random_range(1..=BRANCHES);
            self.get("branch", format!("/admin/branch/{branch}"));
        }
        if self.chance(0.4) {
            self.get("report", "/admin/report?days=7".to_owned());
        }
        if self.chance(0.3) {
            // Two clerks sort the same two shelves, one from each end.
            let (a, b) = (self.book(), self.book());
            let both = [(a, b), (b, a)];
            let page =
                |(from, to)| Page { route: "transfer", is_post: true, path: format!("/admin/transfer/{from}/{to}") };
            self.push(both.into_iter().map(page).collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CATALOGUE: Catalogue = Catalogue { books: 1_200, customers: 800 };

    #[test]
    fn the_same_number_makes_the_same_visit() {
        for number in 0..200 {
            let first = plan_session(7, number, Profile::Normal, CATALOGUE);
            assert_eq!(first, plan_session(7, number, Profile::Normal, CATALOGUE));
            assert!(!first.steps.is_empty());
        }
        assert_ne!(plan_session(7, 1, Profile::Normal, CATALOGUE), plan_session(8, 1, Profile::Normal, CATALOGUE));
    }

    #[test]
    fn a_sale_makes_more_people_buy() {
        let checkouts = |profile| {
            let sessions = (0..1_000).map(|number| plan_session(1, number, profile, CATALOGUE));
            sessions.flat_map(|s| s.steps).flat_map(|s| s.pages).filter(|p| p.route == "checkout").count()
        };
        let (normal, sale) = (checkouts(Profile::Normal), checkouts(Profile::Sale));
        assert!(normal > 150 && sale > 2 * normal, "{normal} {sale}");
    }

    #[test]
    fn books_stay_inside_the_catalogue() {
        let steps = (0..2_000).flat_map(|n| plan_session(3, n, Profile::Burst, CATALOGUE).steps);
        for page in steps.flat_map(|step| step.pages) {
            if let Some(id) = page.path.strip_prefix("/book/") {
                let id: u32 = id.parse().unwrap_or(0);
                assert!((1..=CATALOGUE.books).contains(&id), "{}", page.path);
            }
        }
    }
}
