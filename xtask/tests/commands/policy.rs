//! `policy` as a command.

use std::{fs, path::Path};

use crate::support::run;

fn workplace() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let shop = dir.path().join("specs/shop");
    fs::create_dir_all(shop.join("operations")).unwrap();
    let product = r#"{ "product": "Shop", "version": "2020-01-01", "signatures": ["hmac-sha1"] }"#;
    fs::write(shop.join("product.json"), product).unwrap();
    let operations = [
        r#"{ "operation": "BuyGoods", "permissions": [{
            "action": "shop:BuyGoods", "access": "create",
            "resources": [
                { "type": "Order", "required": true, "arns": ["acs:shop:{#regionId}:{#accountId}:order/*"] },
                { "type": "Role", "arns": ["acs:ram:{#regionid}:{#accountId}:role/{#name}"] }
            ],
            "conditionKeys": ["shop:tag"], "dependentActions": ["ram:PassRole"] }] }"#,
        r#"{ "operation": "ListGoods", "permissions": [{ "action": "shop:ListGoods", "access": "list" }] }"#,
        r#"{ "operation": "Unknown" }"#,
        r#"{ "operation": "Open", "anonymous": true }"#,
    ];
    for (operation, name) in operations
        .iter()
        .zip(["BuyGoods", "ListGoods", "Unknown", "Open"])
    {
        fs::write(shop.join(format!("operations/{name}.json")), operation).unwrap();
    }
    dir
}

fn policy(dir: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let command = ["policy", "--spec", "specs", "--folder", "shop"];
    run(dir, &[&command, arguments].concat())
}

#[test]
fn a_policy_is_printed_and_what_it_leaves_out_is_said() {
    let dir = workplace();
    let arguments = [
        "BuyGoods",
        "ListGoods",
        "Open",
        "--region",
        "cn-hangzhou",
        "--account",
        "1",
    ];
    let (status, printed) = policy(dir.path(), &arguments);
    assert_eq!(status, Some(0), "{printed}");
    insta::assert_snapshot!(printed, @r#"
    {
      "Version": "1",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": [
            "ram:PassRole",
            "shop:ListGoods"
          ],
          "Resource": [
            "*"
          ]
        },
        {
          "Effect": "Allow",
          "Action": [
            "shop:BuyGoods"
          ],
          "Resource": [
            "acs:ram:*:1:role/*",
            "acs:shop:cn-hangzhou:1:order/*"
          ]
        }
      ]
    }
    "#);

    let arguments = [
        "ListGoods",
        "Unknown",
        "Nothing",
        "--condition",
        "StringLike:shop:tag/a=b*",
    ];
    let (status, printed) = policy(dir.path(), &arguments);
    assert_eq!(status, Some(1));
    insta::assert_snapshot!(printed, @r"
    error: `shop` has no operation `Nothing`
    error: the spec of `Unknown` lists no permission
    error: none of the actions knows `shop:tag/a`; they know no key of their own
    ");

    let arguments = [
        "BuyGoods",
        "--condition",
        "shop:tag/a=b",
        "--condition",
        "acs:SecureTransport=true",
    ];
    let (status, printed) = policy(dir.path(), &arguments);
    assert_eq!(status, Some(0));
    insta::assert_snapshot!(printed, @r#"
    note: `ram:PassRole` is allowed without `shop:tag/a`: it does not know this key
    {
      "Version": "1",
      "Statement": [
        {
          "Effect": "Allow",
          "Action": [
            "ram:PassRole"
          ],
          "Resource": [
            "*"
          ],
          "Condition": {
            "Bool": {
              "acs:SecureTransport": [
                "true"
              ]
            }
          }
        },
        {
          "Effect": "Allow",
          "Action": [
            "shop:BuyGoods"
          ],
          "Resource": [
            "acs:ram:*:*:role/*",
            "acs:shop:*:*:order/*"
          ],
          "Condition": {
            "Bool": {
              "acs:SecureTransport": [
                "true"
              ]
            },
            "StringEquals": {
              "shop:tag/a": [
                "b"
              ]
            }
          }
        }
      ]
    }
    "#);
}

#[test]
fn what_is_no_condition_is_refused() {
    let dir = workplace();
    let (status, printed) = policy(dir.path(), &["BuyGoods", "--condition", "shop"]);
    assert_eq!(status, Some(2));
    insta::assert_snapshot!(printed, @r"
    error: invalid value 'shop' for '--condition <[OPERATOR:]KEY=VALUE>': `shop` is not a condition; expected `KEY=VALUE` or `OPERATOR:KEY=VALUE`, such as `ecs:tag/team=core` or `StringLike:ecs:tag/team=core-*`

    For more information, try '--help'.
    ");
}
