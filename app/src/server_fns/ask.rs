//! How a page asks. Every panel asks through one server function and waits on one kind of resource: the
//! answer travels packed and is read where it is drawn, so that the module carries the machinery of asking
//! once and not once per panel. What a question is answered with stands in its type.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::codec::Json;
use crate::error::ViewError;

/// What is asked: the word in the address of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is the question of the same name")]
pub enum What {
    Alarm,
    AlarmLane,
    AlarmMetric,
    Alarms,
    App,
    Apps,
    Blocking,
    Compare,
    Context,
    Counters,
    DbLoad,
    Find,
    Fleet,
    Frame,
    Incident,
    Incidents,
    Instance,
    Judgement,
    Overview,
    Plans,
    Sources,
    Spend,
    Statement,
    StatementTab,
    SuggestedAlarms,
    Tier,
    TopSql,
}

/// What it is asked about. A question leaves empty what it does not depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// `DbiResourceId`, key of an app, ARN or name of an alarm, id of an incident, text to find.
    pub of: String,
    /// Digest.
    pub digest: String,
    /// Query string of the page.
    pub search: String,
    /// The moment of the page in milliseconds since 1970.
    pub at_ms: i64,
}

/// What a question is answered with, as postcard in Base64: its readers are a fraction of what readers
/// of JSON are in the module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answer(String);

impl Answer {
    /// That nothing was asked.
    const NOTHING: Self = Self(String::new());

    #[cfg(feature = "ssr")]
    fn pack<T: Serialize>(found: &T) -> Result<Self, ViewError> {
        let packed = postcard::to_allocvec(found).map_err(|_| ViewError::Transport)?;
        Ok(Self(STANDARD_NO_PAD.encode(packed)))
    }

    fn read<T: DeserializeOwned>(&self) -> Result<T, ViewError> {
        let packed = STANDARD_NO_PAD.decode(&self.0).map_err(|_| ViewError::Transport)?;
        postcard::from_bytes(&packed).map_err(|_| ViewError::Transport)
    }

    fn read_some<T: DeserializeOwned>(&self) -> Result<Option<T>, ViewError> {
        if *self == Self::NOTHING { Ok(None) } else { self.read().map(Some) }
    }
}

/// A question that is answered with a `T`.
#[derive(Debug)]
pub struct Ask<T> {
    what: What,
    kind: PhantomData<fn() -> T>,
}

impl<T> Ask<T> {
    pub(super) const fn new(what: What) -> Self {
        Self { what, kind: PhantomData }
    }

    /// Asks whenever the key changes.
    #[must_use]
    pub fn asked(self, key: impl Fn() -> Key + Send + Sync + 'static) -> Asked<T>
    where
        T: DeserializeOwned,
    {
        Asked { answer: resource(self.what, Box::new(move || Some(key()))), read: Answer::read }
    }

    /// Asks whenever the key changes and is there.
    #[must_use]
    pub fn asked_if(self, key: impl Fn() -> Option<Key> + Send + Sync + 'static) -> Asked<Option<T>>
    where
        T: DeserializeOwned,
    {
        Asked { answer: resource(self.what, Box::new(key)), read: Answer::read_some }
    }
}

#[cfg(feature = "ssr")]
impl<T: Serialize> Ask<T> {
    /// What was found, on its way to the page.
    ///
    /// # Errors
    /// The error of what was found.
    pub(crate) fn answer(self, found: Result<T, ViewError>) -> Result<Answer, ViewError> {
        Answer::pack(&found?)
    }
}

/// A question on its way; awaiting it gives the answer. What waits on it is told when the key changes.
#[derive(Debug)]
pub struct Asked<T> {
    answer: Resource<Result<Answer, ViewError>>,
    read: fn(&Answer) -> Result<T, ViewError>,
}

impl<T> Clone for Asked<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Asked<T> {}

fn resource(what: What, key: Box<dyn Fn() -> Option<Key> + Send + Sync>) -> Resource<Result<Answer, ViewError>> {
    Resource::new(key, move |key| async move {
        match key {
            Some(key) => answer_page(what, key.of, key.digest, key.search, key.at_ms).await,
            None => Ok(Answer::NOTHING),
        }
    })
}

impl<T: 'static> IntoFuture for Asked<T> {
    type Output = Result<T, ViewError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { answer, read } = self;
        // The panel it was asked for is gone, as when another tab was opened meanwhile: nobody waits.
        if answer.is_disposed() {
            return Box::pin(std::future::pending());
        }
        let answer = answer.into_future();
        Box::pin(async move { answer.await.and_then(|answer| read(&answer)) })
    }
}

/// Answers a question of a page.
///
/// # Errors
/// [`ViewError`], see there.
#[server(prefix = "/api/page", endpoint = "ask", input = GetUrl, output = Json)]
async fn answer_page(
    /// What is asked.
    what: What,
    /// See [`Key::of`].
    of: String,
    /// See [`Key::digest`].
    digest: String,
    /// See [`Key::search`].
    search: String,
    /// See [`Key::at_ms`].
    at_ms: i64,
) -> Result<Answer, ViewError> {
    crate::ssr::Source::of_request()?.answer(what, Key { of, digest, search, at_ms }).await
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use view::Panel;

    #[test]
    fn what_was_asked_and_what_was_not_are_told_apart() {
        let told = |panel: &Panel<String>| Answer::pack(panel).unwrap().read_some::<Panel<String>>().unwrap();
        for panel in [Panel::Data("shop".to_owned()), Panel::Empty] {
            assert_eq!(told(&panel), Some(panel));
        }
        assert_eq!(Answer::NOTHING.read_some::<Panel<String>>().unwrap(), None);
    }
}
