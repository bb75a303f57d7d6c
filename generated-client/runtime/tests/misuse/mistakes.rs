//! Mistakes that the compiler finds: one in each function.

#[path = "../support/mod.rs"]
mod support;

use alicloud_runtime::client::Client;
use support::*;

fn one_text_for_a_list() {
    assign().addresses("::1");
}

fn numbers_for_texts() {
    assign().addresses([1, 2]);
}

fn pages_of_what_has_none(client: Client<Net>) {
    drop(client.items(assign()));
}

fn a_stream_in_a_loop(client: Client<Net>) {
    for _item in client.items(List::default()) {}
}

fn a_dry_run_of_what_has_none(client: Client<Net>) {
    drop(client.request(Change::default()).dry_run());
}

fn a_waiter_of_another_operation(client: Client<Net>) {
    drop(client.wait(assign(), ITEM_READY));
}
