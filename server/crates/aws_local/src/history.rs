//! A made-up instance with a past: eight days of a shop's load, from a number.
//!
//! The past has a daily and a weekly rhythm, nightly reports, a lock storm, a missing index, a deploy
//! after which one statement is slower and another new, and gaps. The same seed at the same time gives
//! the same past, to the session. It goes on minute by minute while the endpoint runs, so that it can be
//! compared with itself. It is tagged as simulated wherever it is described.

mod script;

use crate::store::Write;
use crate::world::World;
use crate::world::codec;
use crate::world::dictionary::{Column, Combination, Dictionary};
use crate::world::figures::{Readings, pack};
use crate::world::instance::{Identity, InstanceData};
use crate::world::load::{Minute, SECONDS_KEPT_SECS, minute_of};
use rand::rngs::SmallRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use script::{Script, Spell, StatementScript};
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64;

/// How far back it goes.
const PAST_SECS: i64 = 8 * 86_400;
/// Days the PI of this instance serves: more than it has, so that all of it can be asked for.
const RETENTION_DAYS: i64 = 31;
const VCPUS: u32 = 4;
const ENGINE_VERSION: &str = "15.14";

/// Name of the instance of a seed.
pub(crate) fn name(seed: u64) -> String {
    format!("history-{seed}")
}

/// Makes every minute that is over and not yet made.
pub(crate) fn advance(world: &World, seed: u64) {
    let Some(instance) = world.instance_named(&name(seed)) else { return };
    let now_minute = minute_of(world.clock().now_secs());
    let is_new = !instance.identity.is_simulated;
    let identity = if is_new {
        let begin = now_minute - PAST_SECS;
        Identity { is_simulated: true, ..Identity::derive(&name(seed), Some(&format!("seed {seed}")), begin) }
    } else {
        instance.identity.clone()
    };
    let script = Script::new(seed, identity.created_secs, identity.created_secs + PAST_SECS);
    let mut data = instance.data_mut();
    data.disconnected = None;
    data.vcpus = Some(VCPUS);
    data.retention_days = RETENTION_DAYS;
    data.version = Some(ENGINE_VERSION.to_owned());
    if is_new {
        world.store().write(Write::Instance {
            number: data.number,
            identity: identity.clone(),
            version: data.version.clone(),
        });
        for (at_secs, message) in script.events() {
            let event = crate::world::Event {
                at_ms: at_secs * 1_000,
                instance: identity.name.clone(),
                category: "availability".to_owned(),
                message: message.to_owned(),
            };
            world.store().write(Write::Event(event.clone()));
            world.restore_event(event);
        }
    }
    let first = data
        .statements
        .minutes(identity.created_secs, i64::MAX)
        .last()
        .map_or(identity.created_secs, |(at, _)| at + 60);
    let first = first.max(now_minute - PAST_SECS);
    let oldest_second = world.clock().now_secs() - SECONDS_KEPT_SECS;
    for minute in (first..now_minute).step_by(60) {
        let mut rng = SmallRng::seed_from_u64(xxh3_64(format!("{seed}:{}", minute - identity.created_secs).as_bytes()));
        make_minute(&mut data, &script, minute, minute >= oldest_second, &mut rng, world);
    }
    drop(data);
    if is_new {
        world.put_instance(identity, instance.data.clone());
    }
}

fn make_minute(
    data: &mut InstanceData,
    script: &Script,
    minute: i64,
    has_seconds: bool,
    rng: &mut SmallRng,
    world: &World,
) {
    let spell = script.spell(minute);
    let mut sessions: BTreeMap<u32, u32> = BTreeMap::new();
    let mut figures = Vec::new();
    for statement in script.statements() {
        let Some(now) = script.at(statement, &spell, minute, rng) else { continue };
        let digest = digest(&mut data.dictionary, statement);
        let mean = now.calls_per_sec * now.latency_ms / 1_000.0 * 60.0;
        for _ in 0..draw(mean, rng) {
            let combination = combination(&mut data.dictionary, statement, digest, &now.waits, rng);
            *sessions.entry(data.dictionary.combination(combination)).or_default() += 1;
        }
        let calls = f64::from(draw(now.calls_per_sec * 60.0, rng));
        if calls > 0.0 {
            figures.push((digest, statement.figures(calls, now.latency_ms)));
        }
    }
    data.save_learned(world.store());
    let instance = data.number;
    // A gap has no load and no counters, but the server went on counting statements.
    if !spell.is_gap {
        let sessions: Vec<(u32, u32)> = sessions.into_iter().collect();
        add_counters(data, &spell, minute, &sessions, &figures, rng);
        if has_seconds {
            add_seconds(data, minute, &sessions, rng, world);
        }
        let blob = codec::write_sessions(&sessions);
        data.load.put_minute(minute, Minute { sampled_secs: 60, sessions });
        world.store().write(Write::Minute { instance, at_secs: minute, sampled_secs: 60, blob });
        if let Some(readings) = data.counters.minute(minute) {
            let blob = codec::write_readings(readings);
            world.store().write(Write::Counters { instance, at_secs: minute, blob });
        }
    }
    let packed = pack(&figures);
    data.statements.put(minute, packed.clone());
    world.store().write(Write::Statements { instance, at_secs: minute, blob: packed });
}

/// A whole number with this mean: the floor, plus one with the fraction's chance, plus noise.
fn draw(mean: f64, rng: &mut SmallRng) -> u32 {
    // The sum of four uniform numbers is near enough to a bell.
    let bell: f64 = (0..4).map(|_| rng.random::<f64>()).sum::<f64>() - 2.0;
    let noisy = mean + bell * 1.7 * mean.sqrt() * 0.6;
    (noisy + rng.random::<f64>()).max(0.0).floor() as u32
}

fn digest(dictionary: &mut Dictionary, statement: &StatementScript) -> u32 {
    let digest = dictionary.digest(&statement.database_id, None, false);
    if dictionary.digest_of(digest).is_some_and(|entry| !entry.is_from_server) {
        dictionary.digest_text(&statement.database_id, statement.text, false);
    }
    digest
}

fn combination(
    dictionary: &mut Dictionary,
    statement: &StatementScript,
    digest: u32,
    waits: &[(&'static str, &'static str, f64)],
    rng: &mut SmallRng,
) -> Combination {
    let wait = pick(waits, |wait| wait.2, rng).unwrap_or(&("CPU", "CPU", 1.0));
    let (application, hosts, user) = statement.caller;
    let host = hosts[rng.random_range(0..hosts.len())];
    let sent = statement.as_sent(rng.random_range(0..3));
    let mut combination = Combination::default();
    let names = [
        (Column::Database, "shop"),
        (Column::Application, application),
        (Column::Host, host),
        (Column::HostName, host),
        (Column::User, user),
        (Column::SessionType, "client backend"),
        (Column::WaitType, wait.0),
        (Column::WaitEvent, wait.1),
    ];
    for (column, name) in names {
        combination.set(column, dictionary.name(Some(name)));
    }
    combination.set(Column::Digest, digest);
    combination.set(Column::Statement, dictionary.statement(&sent, digest));
    combination
}

fn pick<'a, T>(items: &'a [T], weight: impl Fn(&T) -> f64, rng: &mut SmallRng) -> Option<&'a T> {
    let mut left = rng.random::<f64>() * items.iter().map(&weight).sum::<f64>();
    items.iter().find(|item| {
        left -= weight(item);
        left < 0.0
    })
}

/// Spreads a minute's session-seconds over its seconds; no combination is in one second twice as often
/// as it must be.
fn add_seconds(data: &mut InstanceData, minute: i64, sessions: &[(u32, u32)], rng: &mut SmallRng, world: &World) {
    let mut seconds: Vec<BTreeMap<u32, u32>> = vec![BTreeMap::new(); 60];
    let mut order: Vec<usize> = (0..60).collect();
    for (combination, count) in sessions {
        order.shuffle(rng);
        for turn in 0..*count as usize {
            *seconds[order[turn % 60]].entry(*combination).or_default() += 1;
        }
    }
    for (second, sessions) in seconds.into_iter().enumerate() {
        let sessions: Vec<(u32, u32)> = sessions.into_iter().collect();
        let at_secs = minute + second as i64;
        let blob = codec::write_sessions(&sessions);
        data.load.restore_second(at_secs, sessions);
        world.store().write(Write::Second { instance: data.number, at_secs, blob });
    }
}

fn add_counters(
    data: &mut InstanceData,
    spell: &Spell,
    minute: i64,
    sessions: &[(u32, u32)],
    figures: &[(u32, Vec<f64>)],
    rng: &mut SmallRng,
) {
    let is_on_cpu = |number: u32| {
        let wait = data.dictionary.combination_of(number).map_or(0, |found| found.get(Column::WaitType));
        data.dictionary.name_of(wait).is_some_and(|name| &**name == "CPU")
    };
    let load: f64 = sessions.iter().map(|(_, count)| f64::from(*count)).sum::<f64>() / 60.0;
    let on_cpu: f64 =
        sessions.iter().filter(|(number, _)| is_on_cpu(*number)).map(|(_, count)| f64::from(*count)).sum::<f64>()
            / 60.0;
    let sum = |column: usize| figures.iter().map(|(_, values)| values[column]).sum::<f64>() / 60.0;
    let cpu = (100.0 * on_cpu / f64::from(VCPUS) + 2.0 + rng.random::<f64>()).min(100.0);
    let values = [
        ("os.general.numVCPUs", f64::from(VCPUS)),
        ("os.cpuUtilization.total", cpu),
        ("os.cpuUtilization.user", cpu * 0.8),
        ("os.cpuUtilization.system", cpu * 0.2),
        ("os.cpuUtilization.idle", 100.0 - cpu),
        ("os.loadAverageMinute.one", on_cpu + 0.2),
        ("db.User.numbackends", (18.0 + load * 1.5 + spell.rhythm * 12.0).round()),
        ("db.Transactions.xact_commit", sum(0) * 0.6),
        ("db.SQL.tup_returned", sum(1) * 3.0),
        ("db.SQL.tup_fetched", sum(1)),
        ("db.Cache.blks_hit", sum(3)),
        ("db.IO.blks_read", sum(4)),
        ("db.Transactions.blocked_transactions", if spell.is_lock_storm { (load - 2.0).max(0.0).round() } else { 0.0 }),
    ];
    for (name, value) in values {
        let number = data.dictionary.name(Some(name));
        data.counters.add(minute, number, &Readings::one(value));
        data.offered.insert(name.to_owned());
    }
}
