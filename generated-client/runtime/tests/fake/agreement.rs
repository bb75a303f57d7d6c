//! What a request may be is the same for the client's validation, for the endpoint, and for a reading
//! of the table by hand.

use alicloud_runtime::{
    dynamic::DynRecord,
    encode::{Parameters, encode},
    validate::check,
};
use serde_json::{Value, json};

use crate::{
    call::{Call, start},
    product::ASSIGN_REQUEST,
};

/// A value of a parameter, and whether it is within the limits.
type Choice = (Option<Value>, bool);

fn choices() -> [Vec<Choice>; 5] {
    let none = || (None, true);
    let addresses = |count: usize| {
        let all = (1..=count).map(|it| format!("2001:db8::{it}"));
        json!(all.collect::<Vec<_>>())
    };
    [
        vec![(None, false), (Some(json!("i-1")), true)],
        vec![
            none(),
            (Some(addresses(10)), true),
            (Some(addresses(11)), false),
        ],
        vec![none(), (Some(json!(10)), true), (Some(json!(11)), false)],
        vec![
            none(),
            (Some(json!(["2001:db8::/80"])), true),
            (Some(json!(["2001:db8::"])), false),
        ],
        vec![none(), (Some(json!(1)), true)],
    ]
}

/// All combinations.
fn requests() -> Vec<Vec<Choice>> {
    let mut all = vec![Vec::new()];
    for choices in choices() {
        let with = |chosen: &Vec<Choice>| {
            let more = choices.iter().map(|choice| {
                let mut chosen = chosen.clone();
                chosen.push(choice.clone());
                chosen
            });
            more.collect::<Vec<_>>()
        };
        all = all.iter().flat_map(with).collect();
    }
    all
}

#[tokio::test]
async fn client_endpoint_and_table_agree_on_every_request() {
    const NAMES: [&str; 5] = [
        "InterfaceId",
        "Address",
        "AddressCount",
        "Prefix",
        "PrefixCount",
    ];
    let endpoint = start().await;
    let (mut accepted, mut refused) = (0, 0);
    for chosen in requests() {
        let mut request = json!({ "RegionId": "cn-hangzhou" });
        for (name, (value, _)) in NAMES.into_iter().zip(&chosen) {
            if let Some(value) = value {
                request[name] = value.clone();
            }
        }
        let given = |index: usize| chosen[index].0.is_some();
        let good =
            chosen.iter().all(|(_, good)| *good) && !(given(1) && given(2)) && (1..5).any(given);

        let record = DynRecord::from_json(&ASSIGN_REQUEST, &request).unwrap();
        let violations = check(&record).map_err(|violations| violations.to_string());
        assert_eq!(violations.is_ok(), good, "{request}: {violations:?}");

        let mut call = Call::new(&endpoint, "Assign", &[]);
        call.parameters = Parameters::default();
        encode(&record, &mut call.parameters);
        let answer = call.send().await;
        let (status, _, message) = answer.error();
        match violations {
            Ok(()) => assert_eq!(status, 200, "{request}: {message}"),
            Err(violations) => assert_eq!(message, violations, "{request}"),
        }
        match status {
            200 => accepted += 1,
            _ => refused += 1,
        }
    }
    // Addresses, a count or neither, with prefixes or not, and a count of them or not; but not nothing.
    assert_eq!((accepted, refused), (11, 97));
}
