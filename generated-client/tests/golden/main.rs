//! The golden of the generator (`codegen/tests/golden`) compiles from outside the runtime, without a
//! warning, and does what it says.

#![deny(warnings, missing_docs)]

#[rustfmt::skip]
#[path = "../../../codegen/tests/golden/generated/mod.rs"]
mod golden;
/// The clients, as they are written where the operations are a crate of their own.
#[rustfmt::skip]
#[path = "../../../codegen/tests/golden/clients/mod.rs"]
mod clients;
mod pages;
mod rules;
mod wire;

use alicloud::{
    decode,
    encode::{self, Parameters},
    operation::{ErrorCode as _, Request as _},
    pagination::Paginated as _,
};
use golden::shop::{
    BuyGoods, BuyGoodsErrorCode, BuyGoodsResponse, ListGoods, ListGoodsResponse, PRODUCT,
    SendPicture,
    buy_goods::{Line, LineWrapping, What, values},
};

fn wire(request: &impl alicloud::operation::Request) -> Vec<(String, String)> {
    let mut parameters = Parameters::default();
    encode::encode(request, &mut parameters);
    let pairs = parameters.iter();
    pairs
        .map(|(_, name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// With the operations beside it, under the same path.
#[test]
fn a_client_may_be_apart_from_its_operations() {
    let client = clients::shop::Client::builder()
        .region("cn-hangzhou")
        .credentials(alicloud::credentials::Credentials::new("id", "secret"))
        .build()
        .unwrap();
    let preview = client.request(clients::shop::ListGoods::new()).preview();
    assert_eq!(preview.unwrap().action, "ListGoods");
    let codes = clients::PRODUCTS.iter().map(|product| product.code);
    assert_eq!(codes.collect::<Vec<_>>(), ["Cloud", "Shop"]);
}

#[test]
fn setters_reach_the_wire() {
    let request = BuyGoods::new("ada")
        .what(What::Code(vec!["tea".to_owned()]))
        .line([
            Line::new(1.5)
                .goods("tea")
                .wrapping(LineWrapping::new().paper("red")),
            Line {
                upper_key: Some("K".to_owned()),
                key: Some("k".to_owned()),
                ..Line::new(2.0)
            },
        ])
        .r#type("Own")
        .new_(true)
        .default_("d")
        .options([1, 2]);
    assert_eq!(request.validate(), Ok(()));
    let expected = [
        ("Customer", "ada"),
        ("Code.1", "tea"),
        ("Line.1.Goods", "tea"),
        ("Line.1.Amount", "1.5"),
        ("Line.1.Wrapping.Paper", "red"),
        ("Line.2.Amount", "2"),
        ("Line.2.key", "k"),
        ("Line.2.Key", "K"),
        ("Type", "Own"),
        ("New", "true"),
        ("Default", "d"),
        ("Options", "1,2"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(wire(&request), expected);
}

#[test]
fn documented_values_are_constants_and_others_are_sent_as_well() {
    use values::default as class;
    assert_eq!(class::PLAIN, "plain");
    assert_eq!(
        [class::V_2ND_CLASS, class::V_2ND_CLASS2],
        ["2nd-class", "2nd_class"]
    );
    assert_eq!(values::type_::GIFT, "Gift");
    let buy = |class: &str| {
        BuyGoods::new("ada")
            .what(What::CodeCount(1))
            .new_(true)
            .default_(class)
    };
    for class in [class::V_2ND_CLASS, "of the next year"] {
        let request = buy(class);
        assert_eq!(request.validate(), Ok(()));
        assert!(wire(&request).contains(&("Default".to_owned(), class.to_owned())));
    }
    // A default is the server's.
    let request = BuyGoods::new("ada").what(What::CodeCount(1));
    assert!(wire(&request).iter().all(|(name, _)| name != "Default"));
}

#[test]
fn a_choice_clears_the_others() {
    let request = BuyGoods::new("ada")
        .code(["tea"])
        .voucher("v-1")
        .what(What::CodeCount(2));
    assert_eq!(
        (request.code, request.voucher, request.code_count),
        (None, None, Some(2))
    );
}

#[test]
fn every_violation_is_told() {
    let request = BuyGoods {
        new: Some(true),
        ..BuyGoods::new("A")
    }
    .line([Line::new(100.0).goods("a").voucher("b")])
    .r#type("Gift");
    insta::assert_snapshot!(request.validate().unwrap_err(), @r#"
    Customer: "A" (1 character) is too short; at least 2 characters are required
    Customer: "A" does not match; allowed: text that matches `^[a-z]+$`
    Line.1.Amount: 100 is too large; at most 99.5 is allowed
    none of Code, CodeCount, Voucher was given; exactly one of them is required. An order is for one kind of thing.
    Line.1.Goods and Line.1.Voucher were given; at most one of them is allowed. A line holds one thing.
    Type = "Gift" was given; it requires Delivery.Address. A gift is delivered.
    New was given; all or none of New, Default must be given. They go together.
    "#);
}

#[test]
fn responses_keep_their_lists_at_hand() {
    let mut response = BuyGoodsResponse::default();
    let mut examples = PRODUCT.examples.iter();
    let example = examples.find(|example| example.operation == "BuyGoods");
    let example = example.and_then(|example| example.response).unwrap();
    decode::decode(example.as_bytes(), &mut response).unwrap();
    assert_eq!(response.order_id, Some(7));
    assert_eq!(response.lines[0].price, Some(4.5));
    assert_eq!(response.clone, [] as [String; 0]);
    assert_eq!(response.clone(), response);

    let mut page = ListGoodsResponse::default();
    decode::decode(br#"{"Goods":{"Good":[{"Name":"tea"}]}}"#, &mut page).unwrap();
    assert_eq!(ListGoods::items(page)[0].name.as_deref(), Some("tea"));
}

#[test]
fn codes_are_variants() {
    for (code, variant) in [
        (
            "InvalidCustomer.NotFound",
            BuyGoodsErrorCode::InvalidCustomerNotFound,
        ),
        ("InvalidParameter", BuyGoodsErrorCode::InvalidParameter),
        ("InValidParameter", BuyGoodsErrorCode::InValidParameter),
        (
            "InvalidParameter.Customer",
            BuyGoodsErrorCode::InvalidSomething,
        ),
        ("Format", BuyGoodsErrorCode::Format),
        ("Nothing.Of.That", BuyGoodsErrorCode::Unknown),
    ] {
        assert_eq!(BuyGoodsErrorCode::from_wire(code), variant, "{code}");
    }
    let rows = BuyGoods::OPERATION.errors.iter();
    let statuses: Vec<u16> = rows
        .filter(|row| row.code == "InvalidParameter")
        .map(|row| row.status)
        .collect();
    assert_eq!(statuses, [400, 403]);
}

#[test]
fn the_product_lists_what_it_has() {
    let names: Vec<_> = PRODUCT
        .operations
        .iter()
        .map(|operation| operation.name)
        .collect();
    assert_eq!(
        names,
        [
            "BuyGoods",
            "Client",
            "ListGoods",
            "ListOrders",
            "SendPicture"
        ]
    );
    let products = golden::PRODUCTS.iter().map(|product| product.code);
    assert_eq!(products.collect::<Vec<_>>(), ["Cloud", "Shop"]);
    let picture = SendPicture::new("eva", vec![1, 2, 3]);
    let mut parameters = Parameters::default();
    encode::encode(&picture, &mut parameters);
    assert_eq!(parameters.body(), Some(&[1, 2, 3][..]));
}
