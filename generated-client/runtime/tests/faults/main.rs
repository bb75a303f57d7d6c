//! What the client makes of a service that misbehaves: 64 callers at once through each fault, counted
//! in a table.
//!
//! A call is *right* where it was answered, or ended with an error that says what happened; *late*
//! where it took longer than its deadline; *twice* where the operation was carried out more than
//! once for it; tasks are *left* where client and endpoint are gone and they are not. Memory is
//! *kept* that was not allocated before the calls, and still is when all of them are over.

#[path = "../support/mod.rs"]
mod support;

use std::{
    alloc::System,
    collections::HashMap,
    io::{self, Write as _},
    time::{Duration, Instant},
};

use alicloud_runtime::{
    client::Client,
    error::Error,
    fake::{
        Endpoint, Fault,
        Misbehaviour::{self, *},
    },
    operation::Request,
    retry::RetrySettings,
};
use cap::Cap;
use support::{Assign, AssignErrorCode, Change, Describe, NET, Net};
use tokio::{runtime::Handle, task::JoinSet, time};

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

const CALLERS: usize = 64;

/// What may be allocated once for all, such as the buffers of a logger: less than a leak of 2 KiB in
/// each of the calls would be.
const ONCE: usize = 256 * 1024;

const DEADLINE: Duration = Duration::from_secs(10);

/// What a deadline may be overrun by where the machine is busy.
const SLACK: Duration = Duration::from_secs(2);

/// What goes wrong, and how many of the answers.
enum Wrong {
    Misbehave(Misbehaviour),
    Fail(Fault),
    /// The endpoint's clock is this far ahead.
    Clock(i64),
}

/// How every call has to end.
#[derive(Clone, Copy, PartialEq)]
enum End {
    /// With an answer.
    Answered,
    /// With an error of the service, of this code.
    Code(&'static str),
    /// With an error below the service: of transport, size or form.
    Broken,
}

use End::{Answered, Broken, Code};

/// A fault, and how calls end: those that may be repeated at will or with a token, and those that
/// nothing makes safe to repeat.
struct Case {
    name: &'static str,
    wrong: Wrong,
    /// The fault of every attempt, not of the first alone.
    always: bool,
    safe: End,
    unsafe_: End,
}

fn cases() -> Vec<Case> {
    let case = |name, wrong, safe, unsafe_| Case {
        name,
        wrong,
        always: false,
        safe,
        unsafe_,
    };
    let always = |case| Case {
        always: true,
        ..case
    };
    let misbehave = |name, misbehaviour, safe, unsafe_| {
        case(name, Wrong::Misbehave(misbehaviour), safe, unsafe_)
    };
    let throttled = |status, code: &str, headers: &[(&str, &str)]| {
        let fault = Fault::new(status, code, "slow down");
        let headers = headers.iter();
        Wrong::Fail(headers.fold(fault, |fault, (name, value)| fault.header(*name, *value)))
    };
    let ms = Duration::from_millis;
    let status = 502;
    let location = "http://127.0.0.1:9/".to_owned();
    vec![
        misbehave("latency", Delay(ms(50)), Answered, Answered),
        misbehave(
            "latency beyond the time-out",
            Delay(ms(5000)),
            Answered,
            Broken,
        ),
        misbehave("reset before reading", ResetBeforeReading, Answered, Broken),
        misbehave("reset after reading", ResetAfterReading, Answered, Broken),
        misbehave("closed", Close, Answered, Broken),
        misbehave("half a body", Truncated, Answered, Broken),
        misbehave("garbage", Garbage, Answered, Broken),
        misbehave("endless headers", EndlessHeaders, Answered, Broken),
        misbehave(
            "slow drip",
            Drip {
                bytes: 16,
                pause: ms(2),
            },
            Answered,
            Answered,
        ),
        misbehave("gateway HTML", Html { status }, Answered, Broken),
        misbehave("gateway XML", Xml { status }, Answered, Broken),
        case(
            "throttling, no hint",
            throttled(400, "Throttling.User", &[]),
            Answered,
            Answered,
        ),
        case(
            "throttling, x-acs-retry-after",
            throttled(400, "Throttling.Api", &[("x-acs-retry-after", "20")]),
            Answered,
            Answered,
        ),
        case(
            "throttling, x-ratelimit-user",
            throttled(
                400,
                "Throttling",
                &[("x-ratelimit-user", "Remain:0,TimeLeft:20")],
            ),
            Answered,
            Answered,
        ),
        case(
            "throttling, x-ratelimit-user-api",
            throttled(
                400,
                "Throttling",
                &[("x-ratelimit-user-api", "TimeLeft:20")],
            ),
            Answered,
            Answered,
        ),
        case(
            "throttling, hint with another code",
            throttled(400, "FlowLimit.User", &[("x-acs-retry-after", "20")]),
            Answered,
            Answered,
        ),
        case(
            "throttling, 429",
            throttled(429, "Odd", &[("retry-after", "0")]),
            Answered,
            Answered,
        ),
        case("clock skew", Wrong::Clock(3600), Answered, Answered),
        case(
            "expired token",
            throttled(403, "InvalidSecurityToken.Expired", &[]),
            Code("InvalidSecurityToken.Expired"),
            Code("InvalidSecurityToken.Expired"),
        ),
        case(
            "burst of 500",
            throttled(500, "InternalError", &[]),
            Answered,
            Code("InternalError"),
        ),
        always(case(
            "endless 503",
            throttled(503, "ServiceUnavailable", &[]),
            Code("ServiceUnavailable"),
            Code("ServiceUnavailable"),
        )),
        misbehave(
            "200 with an error code",
            ErrorWithStatus200(Fault::new(400, "InvalidParameter", "m")),
            Code("InvalidParameter"),
            Code("InvalidParameter"),
        ),
        always(misbehave(
            "redirect",
            Redirect {
                status: 307,
                location,
            },
            Broken,
            Broken,
        )),
        always(misbehave(
            "gzip bomb",
            GzipBomb { bytes: 1 << 32 },
            Broken,
            Broken,
        )),
        always(misbehave(
            "huge body",
            Huge { bytes: 1 << 32 },
            Broken,
            Broken,
        )),
    ]
}

/// What is counted of one fault.
#[derive(Default)]
struct Counts {
    sent: usize,
    answered: usize,
    errors: usize,
    wrong: Vec<String>,
    late: usize,
    twice: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_call_ends_rightly_and_nothing_is_done_twice() {
    let mut table = vec![format!(
        "{:<36}{:>5}{:>9}{:>7}{:>6}{:>5}{:>6}{:>5}{:>9}",
        "fault", "sent", "answered", "errors", "wrong", "late", "twice", "left", "kept KiB"
    )];
    let mut faulty = Vec::new();
    // What is made at first use and kept on purpose.
    for case in cases().iter().take(1) {
        run(case).await;
        settle(0).await;
    }
    for case in cases() {
        let before = tasks();
        let allocated = MEMORY.allocated();
        let counts = run(&case).await;
        let left = settle(before).await;
        let kept = kept(allocated).await;
        let Counts {
            sent,
            answered,
            errors,
            late,
            twice,
            ..
        } = counts;
        let (name, wrong) = (case.name, counts.wrong.len());
        table.push(format!(
            "{name:<36}{sent:>5}{answered:>9}{errors:>7}{wrong:>6}{late:>5}{twice:>6}{left:>5}{:>9}",
            kept.div_ceil(1024)
        ));
        if wrong + late + twice + left > 0 || kept > ONCE {
            faulty.push(format!("{name}: {:?}", counts.wrong.first()));
        }
    }
    // Past the test harness, which would keep it to itself.
    let _ = writeln!(io::stdout(), "\n{}", table.join("\n"));
    assert!(faulty.is_empty(), "{faulty:#?}");
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

/// The tasks that do not end although nobody needs them any more.
async fn settle(before: usize) -> usize {
    let gone = async {
        while tasks() > before {
            time::sleep(Duration::from_millis(5)).await;
        }
    };
    let _ = time::timeout(Duration::from_secs(5), gone).await;
    tasks().saturating_sub(before)
}

/// The memory that is not given back. The endpoint's thread takes a moment to end.
async fn kept(before: usize) -> usize {
    let gone = async {
        while MEMORY.allocated() > before + ONCE {
            time::sleep(Duration::from_millis(5)).await;
        }
    };
    let _ = time::timeout(Duration::from_secs(5), gone).await;
    MEMORY.allocated().saturating_sub(before)
}

async fn run(case: &Case) -> Counts {
    let endpoint = Endpoint::start(&[&NET]).await.expect("a port");
    let attempts = if case.always { CALLERS * 4 } else { CALLERS };
    for operation in ["Assign", "Change", "Describe"] {
        match &case.wrong {
            Wrong::Clock(ahead) => endpoint.set_clock(*ahead),
            Wrong::Fail(fault) => {
                (0..attempts).for_each(|_| endpoint.fail_next(operation, fault.clone()));
            }
            Wrong::Misbehave(misbehaviour) => {
                let order = |_| endpoint.misbehave_next(operation, misbehaviour.clone());
                (0..attempts).for_each(order);
            }
        }
    }
    let mut retries = RetrySettings::default()
        .base_delay(Duration::from_millis(5))
        .slow_base_delay(Duration::from_millis(10));
    // Faults are not dealt out evenly: some callers meet them more than once.
    retries.max_attempts = if case.always { 3 } else { 32 };
    retries.budget = 100_000;
    let client = Client::<Net>::builder()
        .region("r")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .read_timeout(Duration::from_millis(1500))
        .max_response_size(1 << 20)
        .deadline(DEADLINE)
        .retry(retries)
        .build()
        .expect("a client");
    let mut counts = Counts::default();
    let assign = |n: usize| Assign {
        eni: format!("eni-{n}"),
        count: Some(1),
        ..Assign::default()
    };
    let change = |n: usize| Change {
        name: Some(format!("name-{n}")),
    };
    let describe = |_| Describe::default();
    drive(&client, case.safe, assign, &mut counts).await;
    drive(&client, case.unsafe_, change, &mut counts).await;
    drive(&client, case.safe, describe, &mut counts).await;
    counts.twice = carried_out_twice(&endpoint);
    counts
}

/// One call for each caller, all at once.
async fn drive<R>(client: &Client<Net>, end: End, request: impl Fn(usize) -> R, counts: &mut Counts)
where
    R: Request<Product = Net, ErrorCode = AssignErrorCode> + Send,
    R::Response: Send,
{
    let mut calls = JoinSet::new();
    for n in 0..CALLERS {
        let (client, request) = (client.clone(), request(n));
        calls.spawn(async move {
            let started = Instant::now();
            let result = client.send(request).await.map(|_| ());
            (result, started.elapsed())
        });
    }
    while let Some(call) = calls.join_next().await {
        let (result, took) = call.expect("no panic");
        counts.sent += 1;
        counts.late += usize::from(took > DEADLINE + SLACK);
        match (&result, end) {
            (Ok(()), Answered) => counts.answered += 1,
            (Err(Error::Service(error)), Code(code)) if error.code_text() == code => {
                counts.errors += 1;
            }
            (Err(Error::Transport(_) | Error::Response(_) | Error::TooLarge(_)), Broken) => {
                counts.errors += 1;
            }
            // Those that met no fault because others met two.
            (Ok(()), _) => counts.answered += 1,
            (Err(error), _) => counts.wrong.push(format!("{}: {error}", R::OPERATION.name)),
        }
    }
}

/// The calls for which an operation was carried out more than once. Reads may be.
fn carried_out_twice(endpoint: &Endpoint) -> usize {
    let mut times: HashMap<String, usize> = HashMap::new();
    for request in endpoint.requests() {
        let of = ["Eni", "Name"]
            .iter()
            .find_map(|name| request.parameter(name));
        if let (true, Some(of)) = (request.carried_out, of) {
            *times.entry(of.to_owned()).or_default() += 1;
        }
    }
    times.values().filter(|times| **times > 1).count()
}
