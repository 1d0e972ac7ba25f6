//! A headless Chromium, driven over its own protocol.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use chromiumoxide::browser::{Browser as Chromium, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::browser::{PermissionSetting, SetPermissionParams};
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams, SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams, DispatchMouseEventType, MouseButton,
};
use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::cdp::js_protocol::runtime::{EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::page::Page;
use futures::{Stream, StreamExt};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::tools;

/// How long a page may take to become what a test waits for, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two questions to a document that is being replaced.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Of a window, in CSS pixels: a common laptop.
const WINDOW: (u32, u32) = (1280, 900);

/// The left button in the sum of those held.
const LEFT: i64 = 1;

/// Keys held, in the sum of all.
const ALT: i64 = 1;
const CONTROL: i64 = 2;

/// Windows narrower than this are those of phones.
const PHONE: u32 = 768;

const FLAGS: [&str; 9] = [
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-default-apps",
    "hide-scrollbars",
    "force-color-profile=srgb",
];

/// A browser with a fresh profile; killed when dropped.
#[derive(Debug)]
pub struct Browser {
    chromium: Chromium,
    handler: JoinHandle<()>,
    _profile: TempDir,
}

/// How the reader has set up his browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reader {
    /// Whether scripts run.
    pub scripts: bool,
    /// Whether the system asks for a dark page.
    pub dark: bool,
}

impl Default for Reader {
    fn default() -> Self {
        Self { scripts: true, dark: false }
    }
}

impl Browser {
    /// Starts one.
    pub async fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let config = BrowserConfig::builder()
            .chrome_executable(tools::chromium())
            .user_data_dir(profile.path())
            .new_headless_mode()
            .no_sandbox()
            .window_size(WINDOW.0, WINDOW.1)
            .viewport(None)
            .launch_timeout(PATIENCE)
            .request_timeout(PATIENCE)
            .args(FLAGS)
            .build()
            .unwrap();
        let (chromium, mut events) = Chromium::launch(config).await.unwrap();
        let handler = tokio::spawn(async move { while events.next().await.is_some() {} });
        Self { chromium, handler, _profile: profile }
    }

    /// An empty tab that collects everything the console says.
    pub async fn tab(&self, reader: Reader) -> Tab {
        let page = self.chromium.new_page("about:blank").await.unwrap();
        let complaints = Complaints::default();
        page.enable_log().await.unwrap();
        page.enable_runtime().await.unwrap();
        complaints.collect(page.event_listener::<EventEntryAdded>().await.unwrap(), |event| {
            let from = event.entry.url.as_deref().unwrap_or_default();
            format!("log: {} {from}", event.entry.text)
        });
        complaints.collect(page.event_listener::<EventConsoleApiCalled>().await.unwrap(), |event| {
            let words = event.args.iter().map(|arg| arg.value.clone().unwrap_or_default().to_string());
            format!("console: {}", words.collect::<Vec<_>>().join(" "))
        });
        complaints.collect(page.event_listener::<EventExceptionThrown>().await.unwrap(), |event| {
            format!("exception: {:?}", event.exception_details)
        });
        if !reader.scripts {
            page.execute(SetScriptExecutionDisabledParams::new(true)).await.unwrap();
        }
        let theme = if reader.dark { "dark" } else { "light" };
        let media = SetEmulatedMediaParams::builder().feature(MediaFeature::new("prefers-color-scheme", theme)).build();
        page.execute(media).await.unwrap();
        Tab { page, complaints }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.handler.abort();
    }
}

#[derive(Clone, Debug, Default)]
struct Complaints {
    heard: Arc<Mutex<Vec<String>>>,
    more: Arc<Notify>,
}

impl Complaints {
    /// Keeps what a stream of events says, in words.
    fn collect<E: Send + Sync + 'static>(
        &self,
        mut events: impl Stream<Item = Arc<E>> + Unpin + Send + 'static,
        words: impl Fn(&E) -> String + Send + 'static,
    ) {
        let Self { heard, more } = self.clone();
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                heard.lock().unwrap().push(words(&event));
                more.notify_one();
            }
        });
    }
}

/// A page in the browser.
#[derive(Debug)]
pub struct Tab {
    page: Page,
    complaints: Complaints,
}

impl Tab {
    /// Goes to an address and waits until the page is loaded.
    pub async fn goto(&self, url: &str) {
        self.page.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// Goes to an address and waits until the scripts have taken over.
    pub async fn goto_hydrated(&self, url: &str) {
        self.goto(url).await;
        self.wait_for("document.documentElement.dataset.hydrated === 'true'").await;
    }

    /// The value of an expression; promises are waited for.
    pub async fn eval(&self, expression: &str) -> Value {
        let result = self.page.evaluate_expression(wrapped(expression)).await;
        let result = result.unwrap_or_else(|error| panic!("{expression}: {error}"));
        result.value().cloned().unwrap_or(Value::Null)
    }

    /// The value of an expression that is a text.
    pub async fn text_of(&self, expression: &str) -> String {
        let value = self.eval(expression).await;
        value.as_str().unwrap_or_else(|| panic!("{expression} is no text but {value}")).to_owned()
    }

    /// Waits, frame by frame, until an expression is true.
    pub async fn wait_for(&self, expression: &str) {
        let millis = PATIENCE.as_millis();
        let script = format!(
            "new Promise((resolve) => {{
                const end = performance.now() + {millis} - 2000;
                const look = () => {{
                    let seen = false;
                    try {{ seen = Boolean({expression}); }} catch (error) {{ seen = false; }}
                    if (seen) resolve(true);
                    else if (performance.now() > end) resolve(false);
                    else requestAnimationFrame(look);
                }};
                look();
            }})"
        );
        let begun = Instant::now();
        let seen = loop {
            match self.page.evaluate_expression(wrapped(&script)).await {
                Ok(result) => break result.value().cloned().unwrap_or(Value::Null),
                // A new document took the place of the one that was asked.
                Err(_) if begun.elapsed() < PATIENCE => tokio::time::sleep(LOOK_AGAIN).await,
                Err(error) => panic!("{expression}: {error}"),
            }
        };
        if seen != Value::Bool(true) {
            let (here, body) = (self.location().await, self.text_of("document.body.innerText").await);
            panic!("never true at {here}: {expression}\ncomplaints: {:?}\npage:\n{body}", self.complaints());
        }
    }

    /// Where the tab is: path, query and fragment.
    pub async fn location(&self) -> String {
        self.text_of("location.pathname + location.search + location.hash").await
    }

    /// Clicks in the middle of the first element a selector finds.
    pub async fn click(&self, selector: &str) {
        self.click_with(selector, 0, 1).await;
    }

    /// Clicks with Alt held.
    pub async fn alt_click(&self, selector: &str) {
        self.click_with(selector, ALT, 1).await;
    }

    /// Clicks twice, fast.
    pub async fn double_click(&self, selector: &str) {
        self.click_with(selector, 0, 1).await;
        self.click_with(selector, 0, 2).await;
    }

    /// Turns the wheel over the middle of an element with Control held; upwards when negative.
    pub async fn turn_wheel(&self, selector: &str, by: f64) {
        let (x, y) = self.place_in(selector, 0.5, 0.5).await;
        self.pointer(DispatchMouseEventType::MouseMoved, x, y, 0).await;
        let event = DispatchMouseEventParams::builder().r#type(DispatchMouseEventType::MouseWheel).x(x).y(y);
        let event = event.delta_x(0.0).delta_y(by).modifiers(CONTROL).build().unwrap();
        self.page.execute(event).await.unwrap();
    }

    /// Puts the pointer on a place of an element, given as parts of its width and height.
    pub async fn hover(&self, selector: &str, across: f64, down: f64) {
        let (x, y) = self.place_in(selector, across, down).await;
        self.pointer(DispatchMouseEventType::MouseMoved, x, y, 0).await;
    }

    /// Drags over an element from one part of its width to another.
    pub async fn drag(&self, selector: &str, from: f64, to: f64) {
        const STEPS: u32 = 8;
        let (x0, y) = self.place_in(selector, from, 0.5).await;
        let (x1, _) = self.place_in(selector, to, 0.5).await;
        self.pointer(DispatchMouseEventType::MouseMoved, x0, y, 0).await;
        self.pointer(DispatchMouseEventType::MousePressed, x0, y, LEFT).await;
        for step in 1..=STEPS {
            let x = x0 + (x1 - x0) * f64::from(step) / f64::from(STEPS);
            self.pointer(DispatchMouseEventType::MouseMoved, x, y, LEFT).await;
        }
        self.pointer(DispatchMouseEventType::MouseReleased, x1, y, 0).await;
    }

    /// Makes the window so many CSS pixels wide, as a phone's or a desk's.
    pub async fn resize(&self, width: u32, height: u32) {
        let phone = width < PHONE;
        let metrics = SetDeviceMetricsOverrideParams::new(i64::from(width), i64::from(height), 1.0, phone);
        self.page.execute(metrics).await.unwrap();
    }

    /// Lets the page's scripts read and write the clipboard.
    pub async fn allow_clipboard(&self) {
        for name in ["clipboard-read", "clipboard-write"] {
            self.page.execute(SetPermissionParams::new(name, PermissionSetting::Granted)).await.unwrap();
        }
    }

    /// Presses a key by its name, such as `ArrowRight`.
    pub async fn press(&self, key: &str) {
        for kind in [DispatchKeyEventType::KeyDown, DispatchKeyEventType::KeyUp] {
            let event = DispatchKeyEventParams::builder().r#type(kind).key(key).code(key).build().unwrap();
            self.page.execute(event).await.unwrap();
        }
    }

    /// What the console said, was refused or thrown since the tab was opened.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.heard.lock().unwrap().clone()
    }

    /// Waits until the console has said so many things.
    pub async fn wait_for_complaints(&self, count: usize) {
        let waiting = async {
            while self.complaints().len() < count {
                self.complaints.more.notified().await;
            }
        };
        let done = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(done.is_ok(), "fewer than {count} complaints: {:?}", self.complaints());
    }

    /// A picture of the window, for a person who looks for the cause of a failure.
    pub async fn picture(&self) -> Vec<u8> {
        self.page.screenshot(chromiumoxide::page::ScreenshotParams::default()).await.unwrap()
    }

    async fn place_in(&self, selector: &str, across: f64, down: f64) -> (f64, f64) {
        let quoted = Value::from(selector).to_string();
        let script = format!(
            "(() => {{
                const element = document.querySelector({quoted});
                if (!element) return null;
                element.scrollIntoView({{ block: 'nearest', inline: 'nearest' }});
                const box = element.getBoundingClientRect();
                return [box.left + box.width * {across}, box.top + box.height * {down}];
            }})()"
        );
        let place = self.eval(&script).await;
        let at = |index: usize| place.get(index).and_then(Value::as_f64);
        at(0).zip(at(1)).unwrap_or_else(|| panic!("no element {selector}"))
    }

    async fn click_with(&self, selector: &str, modifiers: i64, count: i64) {
        let (x, y) = self.place_in(selector, 0.5, 0.5).await;
        self.pointer(DispatchMouseEventType::MouseMoved, x, y, 0).await;
        for (kind, held) in [(DispatchMouseEventType::MousePressed, LEFT), (DispatchMouseEventType::MouseReleased, 0)] {
            let event = DispatchMouseEventParams::builder().r#type(kind).x(x).y(y).buttons(held);
            let event = event.button(MouseButton::Left).click_count(count).modifiers(modifiers).build().unwrap();
            self.page.execute(event).await.unwrap();
        }
    }

    /// One event of the pointer; the browser wants to be told which buttons are held.
    async fn pointer(&self, kind: DispatchMouseEventType, x: f64, y: f64, held: i64) {
        let moved = kind == DispatchMouseEventType::MouseMoved;
        let mut event = DispatchMouseEventParams::builder().r#type(kind).x(x).y(y).buttons(held);
        if !moved || held != 0 {
            event = event.button(MouseButton::Left);
        }
        if !moved {
            event = event.click_count(1);
        }
        self.page.execute(event.build().unwrap()).await.unwrap();
    }
}

/// Evaluation that waits for promises and gives back plain values.
fn wrapped(expression: &str) -> chromiumoxide::cdp::js_protocol::runtime::EvaluateParams {
    chromiumoxide::cdp::js_protocol::runtime::EvaluateParams::builder()
        .expression(expression)
        .await_promise(true)
        .return_by_value(true)
        .build()
        .unwrap()
}
