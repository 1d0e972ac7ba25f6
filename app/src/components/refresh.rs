//! Live refresh: asks again every few seconds, not while the tab is hidden.

use leptos::prelude::*;
use units::Refresh;

use super::clock::use_refresh;

/// Asks again as often as `refresh` says. Only the browser does.
pub fn refresh_every(refresh: Signal<Refresh>) {
    let ask_again = use_refresh();
    Effect::new(move |_| {
        let Refresh::Every(secs) = refresh.get() else { return };
        let period = std::time::Duration::from_secs(secs.into());
        let handle = set_interval_with_handle(
            move || {
                if !is_hidden() {
                    ask_again();
                }
            },
            period,
        );
        on_cleanup(move || {
            if let Ok(handle) = handle {
                handle.clear();
            }
        });
    });
}

#[cfg(feature = "hydrate")]
fn is_hidden() -> bool {
    document().hidden()
}

#[cfg(not(feature = "hydrate"))]
const fn is_hidden() -> bool {
    true
}
