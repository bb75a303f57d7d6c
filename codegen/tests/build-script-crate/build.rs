//! Generates the client from the specs of this crate.

fn main() {
    alicloud_codegen::build("api-spec");
}
