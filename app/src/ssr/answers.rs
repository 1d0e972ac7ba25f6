//! Every question of a page, and who answers it.

use view::Panel;

use super::Source;
use crate::error::ViewError;
use crate::paths::FleetPage;
use crate::server_fns::{self as ask, Answer, Key, What};

impl Source {
    /// The answer to one question.
    ///
    /// # Errors
    /// [`ViewError`], see there.
    pub(crate) async fn answer(&self, what: What, key: Key) -> Result<Answer, ViewError> {
        self.checked_search(&key.search)?;
        let now = self.moment(key.at_ms);
        let range = || FleetPage::parse(&key.search).range;
        let database = || self.question(key.of.clone(), &key.search);
        let app = || self.app_question(key.of.clone(), &key.search);
        match what {
            What::Frame => ask::FRAME.answer(self.frame()),
            What::Fleet => ask::FLEET.answer(self.fleet(&range(), now).await),
            What::Sources => ask::SOURCES.answer(self.sources().await),
            What::Spend => ask::SPEND.answer(self.spend().await),
            What::Find => ask::FIND.answer(self.find(&key.of, now).await),
            What::Compare => ask::COMPARE.answer(self.compare(&key.search, now).await),
            What::Alarms => ask::ALARMS.answer(self.alarms()),
            What::SuggestedAlarms => ask::SUGGESTED_ALARMS.answer(self.suggestions()),
            What::Alarm => ask::ALARM.answer(self.alarm(&key.of, key.at_ms).await),
            What::AlarmMetric => ask::ALARM_METRIC.answer(self.alarm_metric(&key.of, key.at_ms).await),
            What::Incidents => ask::INCIDENTS.answer(self.incidents()),
            What::Incident => ask::INCIDENT.answer(self.incident(&key.of).await),
            What::Apps => ask::APPS.answer(self.apps(&range(), now).await),
            What::App => ask::APP.answer(self.app(&app().query, now).await),
            What::Tier => {
                let page = app();
                ask::TIER.answer(match &page.tier {
                    Some(tier) => self.tier(&page.query, tier, now).await,
                    None => Ok(Panel::Empty),
                })
            }
            What::Instance => ask::INSTANCE.answer(self.instance(&key.of).await),
            What::AlarmLane => ask::ALARM_LANE.answer(self.alarm_lane(&database().query, now)),
            What::Blocking => {
                let page = database();
                ask::BLOCKING.answer(self.blocking(&page, &key.digest, now).await)
            }
            What::Context => {
                let page = database();
                ask::CONTEXT.answer(self.context(&page.query, page.tab, now).await)
            }
            What::Counters => ask::COUNTERS.answer(self.counters(&database().query, now).await),
            What::DbLoad => ask::DB_LOAD.answer(self.load(&database().query, now).await),
            What::Judgement => ask::JUDGEMENT.answer(self.judge(&database().query, now).await),
            What::Overview => ask::OVERVIEW.answer(self.overview(&database().query, now).await),
            What::Plans => {
                let page = database();
                ask::PLANS.answer(self.plans(&page, &key.digest, now).await)
            }
            What::Statement => {
                let page = database();
                ask::STATEMENT.answer(self.statement(&page, &key.digest, now).await)
            }
            What::StatementTab => {
                let page = database();
                ask::STATEMENT_TAB.answer(self.statement_tab(&page, &key.digest, now).await)
            }
            What::TopSql => ask::TOP_SQL.answer(self.top(&database().query, now).await),
        }
    }
}
