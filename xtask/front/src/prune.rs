//! Takes out of the module what can never run.
//!
//! Leptos keeps a second way of hydrating, the asynchronous one, for pages that
//! are loaded lazily. Each erased view refers to it, so that the linker keeps
//! all of it, a sixth of the module. Our pages hydrate with `hydrate_body`,
//! which never takes that way: each of its steps becomes one `unreachable`
//! here, and what only they called goes with them. Should somebody start to
//! hydrate lazily, the build says so.
//!
//! The compiler folds functions of equal bodies into one, whose name is then that
//! of any of them: a short function may be in use under a name of the way not
//! taken, and so may what drops a future of it, or a closure inside of it. So only
//! the long bodies of the `async` functions themselves are emptied: they equal
//! nothing else.

use anyhow::{Result, bail};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, Module};

/// Part of the name of every function of the way not taken.
const NEVER_RUN: &str = "hydrate_async";

/// Part of the name of a body of an `async` function, once; twice in that of a closure inside of it.
const BODY: &str = "closure";

/// Part of the name of what drops one.
const DROPS: &str = "drop_in_place";

/// Instructions from which on no other function has the same body.
const LONG: u64 = 60;

/// Part of the name of the only functions that lead there.
const LEADS_THERE: &str = "hydrate_from_async";

/// Empties the functions that never run; gives back how many they were.
pub(crate) fn empty_async_hydration(module: &mut Module) -> Result<usize> {
    let name = |id: FunctionId| module.funcs.get(id).name.as_deref().unwrap_or_default();
    if module.funcs.iter_local().any(|(id, _)| name(id).contains(LEADS_THERE)) {
        bail!("a page hydrates lazily: {} must keep what it needs", file!());
    }
    let is_body = |name: &str| {
        let rest = name.split_once(NEVER_RUN).map(|(_, rest)| rest);
        !name.contains(DROPS) && rest.is_some_and(|rest| rest.matches(BODY).count() == 1)
    };
    let bodies = module.funcs.iter_local().filter(|(id, _)| is_body(name(*id)));
    let dead: Vec<FunctionId> = bodies.filter(|(_, body)| body.size() >= LONG).map(|(id, _)| id).collect();
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
