//! Streams of pages and of items, to their end or to an error.

use crate::support::*;
use alicloud_runtime::error::{Error, PaginationErrorKind};

/// A numbered page.
fn page(total: i64, names: &[&str]) -> Answer {
    let items: Vec<_> = names
        .iter()
        .map(|name| serde_json::json!({ "Name": name }))
        .collect();
    let body = serde_json::json!({ "TotalCount": total, "Items": { "Item": items } });
    ok(&body.to_string())
}

/// A page that tells how to go on.
fn token_page(next: &str, names: &[&str]) -> Answer {
    ok(&serde_json::json!({ "NextToken": next, "Names": names }).to_string())
}

fn describe(page_number: Option<i32>, page_size: Option<i32>) -> Describe {
    Describe {
        page_number,
        page_size,
        ..Describe::default()
    }
}

async fn names(server: &Server, request: Describe) -> Result<Vec<String>, String> {
    let items = server.client().items(request).collect().await;
    items
        .map(|items| items.into_iter().filter_map(|item| item.name).collect())
        .map_err(|error| error.to_string())
}

fn asked(server: &Server, parameter: &str) -> Vec<String> {
    server
        .received()
        .iter()
        .map(|request| request.parameter(parameter).unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn numbered_pages_are_read_to_the_total() {
    let server = Server::start([page(5, &["a", "b"]), page(5, &["c", "d"]), page(5, &["e"])]).await;
    let found = names(&server, describe(None, Some(2))).await;
    assert_eq!(found.unwrap(), ["a", "b", "c", "d", "e"]);
    assert_eq!(asked(&server, "PageNumber"), ["", "2", "3"]);
    assert_eq!(asked(&server, "PageSize"), ["2", "2", "2"]);
}

#[tokio::test]
async fn one_may_begin_with_a_later_page() {
    let server = Server::start([page(5, &["c", "d"]), page(5, &["e"])]).await;
    assert_eq!(
        names(&server, describe(Some(2), Some(2))).await.unwrap(),
        ["c", "d", "e"]
    );
    assert_eq!(asked(&server, "PageNumber"), ["2", "3"]);

    let beyond = Server::start([page(5, &[])]).await;
    assert!(
        names(&beyond, describe(Some(9), Some(2)))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn totals_may_grow_or_be_missing() {
    let server = Server::start([page(3, &["a", "b"]), page(4, &["c", "d"])]).await;
    assert_eq!(names(&server, describe(None, None)).await.unwrap().len(), 4);

    let untold = |items: &str| ok(&format!(r#"{{"Items":{{"Item":[{items}]}}}}"#));
    let server = Server::start([
        untold(r#"{"Name":"a"},{"Name":"b"}"#),
        untold(r#"{"Name":"c"}"#),
    ])
    .await;
    assert_eq!(
        names(&server, describe(None, Some(2))).await.unwrap().len(),
        3
    );
    assert_eq!(server.received().len(), 2);

    let server = Server::start([untold(r#"{"Name":"a"}"#), untold("")]).await;
    assert_eq!(names(&server, describe(None, None)).await.unwrap(), ["a"]);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn an_empty_result_is_no_error() {
    let server = Server::start([page(0, &[])]).await;
    assert!(
        names(&server, describe(None, None))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn pages_that_form_no_whole_end_with_an_error() {
    let repeated = Server::start([page(100, &["a", "b"])]).await;
    assert_eq!(
        names(&repeated, describe(None, None)).await.unwrap_err(),
        "Describe, page 2: it has the same items as the page before"
    );
    let shrunk = Server::start([page(5, &["a", "b"]), page(4, &["c", "d"])]).await;
    assert_eq!(
        names(&shrunk, describe(None, None)).await.unwrap_err(),
        "Describe, page 2: the number of all items fell from 5 to 4 while the pages were read; \
         read them again"
    );
    let missing = Server::start([page(5, &["a", "b"]), page(5, &[])]).await;
    assert_eq!(
        names(&missing, describe(None, None)).await.unwrap_err(),
        "Describe, page 2: it is empty, although the service gave only 2 of 5 items; read them again"
    );
}

#[tokio::test]
async fn tokens_are_followed_to_the_last() {
    let server = Server::start([
        token_page("t1", &["a"]),
        token_page("t2", &[]),
        token_page("", &["b"]),
    ])
    .await;
    let found = server
        .client()
        .items(List::default())
        .collect()
        .await
        .unwrap();
    assert_eq!(found, ["a", "b"]);
    assert_eq!(asked(&server, "NextToken"), ["", "t1", "t2"]);
    // Without a size, some operations give no token.
    assert_eq!(asked(&server, "MaxResults"), ["50", "50", "50"]);

    let server = Server::start([token_page("", &["a"])]).await;
    let own = List {
        max_results: Some(7),
        ..List::default()
    };
    server.client().items(own).collect().await.unwrap();
    assert_eq!(asked(&server, "MaxResults"), ["7"]);
}

#[tokio::test]
async fn a_token_that_comes_again_is_an_error() {
    let answers = [
        token_page("t1", &["a"]),
        token_page("t2", &["b"]),
        token_page("t1", &["c"]),
    ];
    let server = Server::start(answers).await;
    let error = server
        .client()
        .items(List::default())
        .collect()
        .await
        .unwrap_err();
    let Error::Pagination(pagination) = &error else {
        panic!("{error}")
    };
    assert_eq!(
        (pagination.page(), pagination.kind()),
        (3, &PaginationErrorKind::RepeatedToken)
    );

    let server = Server::start([token_page("mine", &["a"])]).await;
    let own = List {
        next_token: Some("mine".to_owned()),
        ..List::default()
    };
    let error = server.client().items(own).collect().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "List, page 1: the service gave a token for the next page that it has given before"
    );
}

#[tokio::test]
async fn a_stream_of_pages_asks_only_when_polled_and_ends_after_an_error() {
    let server = Server::start([
        page(9, &["a"]),
        error(400, "InvalidParameter", "m"),
        page(9, &["b"]),
    ])
    .await;
    let mut pages = server.client().pages(describe(None, None));
    assert!(server.received().is_empty());
    let first = pages.next().await.unwrap().unwrap();
    assert_eq!(first.total_count, Some(9));
    assert_eq!(server.received().len(), 1);
    assert_eq!(
        pages.next().await.unwrap().unwrap_err().code_text(),
        Some("InvalidParameter")
    );
    assert!(pages.next().await.is_none());
    assert!(pages.next().await.is_none());
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn options_hold_for_each_page() {
    let server = Server::start([page(2, &["a"]), page(2, &["b"])]).await;
    let call = server
        .client()
        .request(describe(None, None))
        .parameter("New", "1");
    assert_eq!(call.items().collect().await.unwrap().len(), 2);
    assert_eq!(asked(&server, "New"), ["1", "1"]);
}

#[tokio::test]
async fn a_later_page_without_a_size_is_no_error() {
    // The size is not told, so the items before the page cannot be counted.
    let server = Server::start([page(25, &["u", "v", "w", "x", "y"]), page(25, &[])]).await;
    let found = names(&server, describe(Some(3), None)).await;
    assert_eq!(found.unwrap(), ["u", "v", "w", "x", "y"]);
    assert_eq!(asked(&server, "PageNumber"), ["3", "4"]);

    let told = ok(
        r#"{"TotalCount":25,"PageSize":10,"Items":{"Item":[{"Name":"u"},{"Name":"v"},
        {"Name":"w"},{"Name":"x"},{"Name":"y"}]}}"#,
    );
    let server = Server::start([told]).await;
    let found = names(&server, describe(Some(3), None)).await;
    assert_eq!(found.unwrap(), ["u", "v", "w", "x", "y"]);
    assert_eq!(asked(&server, "PageNumber"), ["3"]);
}

#[tokio::test]
async fn pages_that_the_service_keeps_smaller_are_read_to_their_end() {
    let untold = |items: &str| ok(&format!(r#"{{"Items":{{"Item":[{items}]}}}}"#));
    let server = Server::start([
        untold(r#"{"Name":"a"},{"Name":"b"}"#),
        untold(r#"{"Name":"c"},{"Name":"d"}"#),
        untold(r#"{"Name":"e"}"#),
    ])
    .await;
    let found = names(&server, describe(None, Some(100))).await;
    assert_eq!(found.unwrap(), ["a", "b", "c", "d", "e"]);
    assert_eq!(server.received().len(), 3);
}

/// A total of 0 beside items says that nobody counted.
#[tokio::test]
async fn a_total_that_cannot_be_does_not_end_the_pages() {
    for total in [0, 1] {
        let server = Server::start([
            page(total, &["a", "b"]),
            page(total, &["c", "d"]),
            page(total, &["e"]),
        ])
        .await;
        let found = names(&server, describe(None, Some(2))).await;
        assert_eq!(found.unwrap(), ["a", "b", "c", "d", "e"], "{total}");
        assert_eq!(asked(&server, "PageNumber"), ["", "2", "3"]);
    }
    // One that was true of the first page only is none either.
    let server = Server::start([page(3, &["a", "b"]), page(3, &["c", "d"]), page(3, &["e"])]).await;
    let found = names(&server, describe(None, Some(2))).await;
    assert_eq!(found.unwrap(), ["a", "b", "c", "d", "e"]);
    // The last page is full: one more is asked for.
    let server = Server::start([page(0, &["a", "b"]), page(0, &[])]).await;
    let found = names(&server, describe(None, Some(2))).await;
    assert_eq!(found.unwrap(), ["a", "b"]);
    let server = Server::start([page(0, &[])]).await;
    assert_eq!(names(&server, describe(None, None)).await.unwrap().len(), 0);
    assert_eq!(server.received().len(), 1);
}
