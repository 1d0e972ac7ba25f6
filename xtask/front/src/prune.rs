//! Takes out of the module what can never run.
//!
//! Leptos keeps a second way of hydrating, the asynchronous one, for pages that
//! are loaded lazily. Each erased view refers to it, so that the linker keeps
//! all of it, a sixth of the module. Our pages hydrate with `hydrate_body`,
//! which never takes that way: each of its functions becomes one `unreachable`
//! here, and what only they called goes with them. Should somebody start to
//! hydrate lazily, the build says so.

use anyhow::{Result, bail};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// Part of the name of every function of the way not taken.
const NEVER_RUN: &str = "hydrate_async";

/// Part of the name of the only functions that lead there.
const LEADS_THERE: &str = "hydrate_from_async";

/// Empties the functions that never run; gives back how many they were.
pub(crate) fn empty_async_hydration(module: &mut Module) -> Result<usize> {
    let named = |part: &str| -> Vec<FunctionId> {
        let functions = module.funcs.iter_local().map(|(id, _)| module.funcs.get(id));
        functions
            .filter(|one| one.name.as_deref().is_some_and(|name| name.contains(part)))
            .map(|one| one.id())
            .collect()
    };
    if !named(LEADS_THERE).is_empty() {
        bail!("a page hydrates lazily: {} must keep what it needs", file!());
    }
    let dead = named(NEVER_RUN);
    for id in &dead {
        empty(module, *id);
    }
    Ok(dead.len())
}

fn empty(module: &mut Module, id: FunctionId) {
    let function = module.types.get(module.funcs.get(id).ty());
    let (params, results) = (function.params().to_vec(), function.results().to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    builder.func_body().unreachable();
    let args = params.iter().map(|kind| module.locals.add(*kind)).collect();
    module.funcs.get_mut(id).kind = FunctionKind::Local(builder.local_func(args));
}
