//! Runs the local stack by itself until Ctrl-C: `cargo run -p local_stack --example stack -- [INCIDENT…]`.
#![allow(clippy::print_stdout, reason = "a command")]

use std::sync::Arc;

use local_stack::{Incident, Stack, StackConfig};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let incidents: Vec<Incident> = std::env::args().skip(1).map(|name| name.parse()).collect::<Result<_, _>>()?;
    // Examples lie in a folder of their own, below the programs.
    let own = std::env::current_exe()?;
    let programs = own.parent().and_then(|folder| folder.parent()).ok_or("no folder of programs")?;
    let config = StackConfig::new("/var/tmp/loadlens-stack", programs);
    let stack = Stack::start(config, Arc::new(|step| println!("{step} …"))).await?;
    println!("PostgreSQL {}", stack.postgres_url("bookshop"));
    println!("shop       {} (instances {})", stack.balancer_url(), stack.app_urls().join(" "));
    println!("function   {}", stack.api_url());
    println!("control    {}", stack.control_url());
    for incident in incidents {
        stack.set_incident(incident, true).await?;
        println!("incident   {}", incident.name());
    }
    tokio::signal::ctrl_c().await?;
    stack.shutdown().await;
    Ok(())
}
