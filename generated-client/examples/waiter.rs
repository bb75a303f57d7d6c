//! Stops an instance and waits until it has stopped; then waits for a state that does not come. It runs
//! against an embedded endpoint whose states take a moment.
//!
//! ```text
//! cargo run --example waiter
//! ```

use std::time::Duration;

use alicloud::{
    ecs::{
        self, DescribeInstances, StopInstance,
        waiters::{INSTANCE_RUNNING, INSTANCE_STOPPED},
    },
    error::{Error, WaitErrorKind},
    fake::{Endpoint, Scenario},
};

const SCENARIO: &str = r#"{ "instances": [{ "InstanceId": "i-1" }] }"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let scenario = Scenario::from_json(SCENARIO)?.settle_after(Duration::from_millis(50));
    let endpoint = Endpoint::builder(&[&ecs::PRODUCT])
        .scenario(scenario)
        .start()?;
    let client = ecs::Client::builder()
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()?;

    client.send(StopInstance::new("i-1")).await?;
    // `client.wait(request, INSTANCE_STOPPED)` has delays that suit the service; this one is impatient.
    let described = || DescribeInstances::new().instance_ids(["i-1"]);
    let stopped = client
        .request(described())
        .wait(INSTANCE_STOPPED)
        .delay(Duration::from_millis(10))
        .run()
        .await?;
    let instances = stopped
        .map(|response| response.instances)
        .unwrap_or_default();
    let status = instances.into_iter().find_map(|instance| instance.status);
    println!("i-1 is {}", status.as_deref().unwrap_or("gone"));

    // Nobody starts it.
    let wait = client.request(described()).wait(INSTANCE_RUNNING);
    let wait = wait.deadline(Duration::from_millis(100)).run().await;
    match wait {
        Err(Error::Wait(error)) => match error.kind() {
            WaitErrorKind::TimedOut { states, .. } => {
                println!("it still is {}: {error}", states.join(", "));
                Ok(())
            }
            _ => Err(error.into()),
        },
        Err(error) => Err(error.into()),
        Ok(_) => Err("it runs".into()),
    }
}
