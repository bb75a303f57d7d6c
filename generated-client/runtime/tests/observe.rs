//! The spans of a call, as a subscriber sees them. Nothing else is tested in this program: a span that
//! another thread, without a subscriber, makes first may be switched off for all.

mod support;

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
};

use support::*;
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};

/// Keeps spans with their fields, and the texts of all events.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Contents>>);

#[derive(Default)]
struct Contents {
    spans: Vec<(&'static str, BTreeMap<&'static str, String>)>,
    events: String,
}

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Kept {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("alicloud")
    }
    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut kept = self.0.lock().unwrap();
        let mut fields = BTreeMap::new();
        attributes.record(&mut Fields(&mut fields));
        kept.spans.push((attributes.metadata().name(), fields));
        Id::from_u64(kept.spans.len() as u64)
    }
    fn record(&self, span: &Id, values: &Record<'_>) {
        let mut kept = self.0.lock().unwrap();
        let index = usize::try_from(span.into_u64()).unwrap() - 1;
        values.record(&mut Fields(&mut kept.spans[index].1));
    }
    fn event(&self, event: &Event<'_>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        if let Some(duration) = fields.get_mut("duration_ms") {
            duration.parse::<u64>().unwrap();
            *duration = "_".to_owned();
        }
        fields.insert("level", event.metadata().level().to_string());
        self.0.lock().unwrap().events += &format!("{fields:?}\n");
    }
    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
    fn enter(&self, _span: &Id) {}
    fn exit(&self, _span: &Id) {}
}

#[tokio::test]
async fn calls_and_attempts_have_spans_without_parameter_values() {
    let kept = Kept::default();
    let server = Server::start([
        error(400, "Throttling", "m"),
        ok(r#"{"RequestId":"REQ-2"}"#),
        error(404, "InvalidEniId.NotFound", "m"),
    ])
    .await;
    let client = server.client();
    let request = Assign {
        eni: "eni-secret-value".to_owned(),
        password: Some("pass+word".to_owned()),
        ..assign()
    };
    let _guard = tracing::subscriber::set_default(kept.clone());
    client.send(request.clone()).await.unwrap();
    client.send(request).await.unwrap_err();
    let kept = kept.0.lock().unwrap();
    let mut shown = String::new();
    for (name, fields) in &kept.spans {
        let mut fields = fields.clone();
        let duration = fields.remove("duration_ms").unwrap();
        duration.parse::<u64>().unwrap();
        shown += &format!("{name} {fields:?}\n");
    }
    insta::assert_snapshot!(shown, @r#"
    alicloud.call {"attempts": "2", "operation": "\"Assign\"", "product": "\"Net\"", "region": "\"cn-hangzhou\"", "request_id": "\"REQ-2\"", "status": "200"}
    alicloud.attempt {"attempt": "1", "code": "\"Throttling\"", "operation": "\"Assign\"", "product": "\"Net\"", "region": "\"cn-hangzhou\"", "request_id": "\"REQ-1\"", "status": "400"}
    alicloud.attempt {"attempt": "2", "operation": "\"Assign\"", "product": "\"Net\"", "region": "\"cn-hangzhou\"", "request_id": "\"REQ-2\"", "status": "200"}
    alicloud.call {"attempts": "1", "code": "\"InvalidEniId.NotFound\"", "operation": "\"Assign\"", "product": "\"Net\"", "region": "\"cn-hangzhou\"", "request_id": "\"REQ-1\"", "status": "404"}
    alicloud.attempt {"attempt": "1", "code": "\"InvalidEniId.NotFound\"", "operation": "\"Assign\"", "product": "\"Net\"", "region": "\"cn-hangzhou\"", "request_id": "\"REQ-1\"", "status": "404"}
    "#);
    let ends = kept
        .events
        .lines()
        .filter(|it| it.contains("\"message\": \"call "));
    let ends: String = ends.map(|it| it.to_owned() + "\n").collect();
    insta::assert_snapshot!(ends, @r#"
    {"attempts": "2", "duration_ms": "_", "level": "INFO", "message": "call succeeded", "operation": "\"Assign\"", "product": "\"Net\"", "region": "\"cn-hangzhou\"", "request_id": "\"REQ-2\"", "status": "200"}
    {"attempts": "1", "code": "\"InvalidEniId.NotFound\"", "duration_ms": "_", "level": "INFO", "message": "call failed", "operation": "\"Assign\"", "product": "\"Net\"", "region": "\"cn-hangzhou\"", "request_id": "\"REQ-1\"", "status": "404"}
    "#);
    let all = format!("{shown}{}", kept.events);
    for value in ["eni-secret-value", "pass", "key-secret"] {
        assert!(!all.contains(value), "{all}");
    }
}
