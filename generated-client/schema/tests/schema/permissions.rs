//! RequiredPermissions as text: what is written is read back the same, and what is not of the form is refused.

use alicloud_schema::{
    operation::{Permission, RequiredPermissions, ResourceType},
    permissions::{read, write},
};
use proptest::prelude::*;

static PERMISSIONS: RequiredPermissions = RequiredPermissions::text(
    r#"
    update shop:BuyGoods needs=shop:DescribeGoods,ram:PassRole keys=shop:tag
        required Goods "acs:shop:*:{#accountId}:goods/{#goodsId}","acs:shop:*:{#accountId}:goods/*"
        optional "Gift Card"

    none shop:PayGoods
    "#,
);

const GOODS: &[&str] = &[
    "acs:shop:*:{#accountId}:goods/{#goodsId}",
    "acs:shop:*:{#accountId}:goods/*",
];

#[test]
fn permissions_are_a_slice() {
    const RESOURCES: &[ResourceType] = &[
        ResourceType::required("Goods", GOODS),
        ResourceType::optional("Gift Card", &[]),
    ];
    let permissions = [
        Permission::new("shop:BuyGoods", "update")
            .resources(RESOURCES)
            .condition_keys(&["shop:tag"])
            .dependent_actions(&["shop:DescribeGoods", "ram:PassRole"]),
        Permission::new("shop:PayGoods", "none"),
    ];
    assert_eq!(PERMISSIONS[..], permissions);
    assert!(RequiredPermissions::NONE.is_empty());
}

#[test]
fn what_is_not_of_the_form_is_refused() {
    for (line, column, expected) in [
        ("=", 1, "a name, or a text in quotes"),
        ("update", 7, "a blank and the action"),
        (
            "update a:b often",
            17,
            "what there is to say of a permission",
        ),
        ("update a:b keys", 16, "`=` and a value"),
        ("update a:b keys=", 17, "a name, or a text in quotes"),
        ("update a:b,", 11, "the end of the line"),
        (
            "required Goods",
            9,
            "a permission before its resource types",
        ),
    ] {
        let error = read(line).unwrap_err();
        assert_eq!(
            error,
            format!("column {column} of `{line}`: expected {expected}")
        );
    }
    let text = "update a:b\n    optional";
    let error = "column 9 of `optional`: expected a blank and the type of resources";
    assert_eq!(read(text).unwrap_err(), error);
}

fn text() -> impl Strategy<Value = &'static str> {
    let text = prop_oneof![
        "[A-Za-z0-9:._-]{1,8}",
        any::<String>(),
        r#"["\\\n\r\t,=%s a]{0,6}"#,
        Just("required".to_owned())
    ];
    text.prop_map(|text| &*text.leak())
}

fn texts() -> impl Strategy<Value = &'static [&'static str]> {
    prop::collection::vec(text(), 0..3).prop_map(|texts| &*texts.leak())
}

fn resource() -> impl Strategy<Value = ResourceType> {
    let resource = (text(), any::<bool>(), texts());
    resource.prop_map(|(name, required, arns)| ResourceType {
        name,
        required,
        arns,
    })
}

fn permission() -> impl Strategy<Value = Permission> {
    let access = prop::sample::select(vec!["create", "get", "list", "update", "delete", "none"]);
    let resources = prop::collection::vec(resource(), 0..3);
    let permission = (access, text(), resources, texts(), texts());
    permission.prop_map(|(access, action, resources, keys, actions)| {
        Permission::new(action, access)
            .resources(resources.leak())
            .condition_keys(keys)
            .dependent_actions(actions)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn what_is_written_is_read(permissions in prop::collection::vec(permission(), 0..4)) {
        let texts: Vec<String> = permissions.iter().map(write).collect();
        prop_assert_eq!(read(texts.join("\n").leak()).unwrap(), permissions);
    }

    #[test]
    fn nothing_panics(line in r#"(required|update)? [A-Za-z0-9=.,"\\ -]{0,40}"#) {
        _ = read(line.leak());
    }
}
