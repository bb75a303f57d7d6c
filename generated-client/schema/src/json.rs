//! Records and JSON, and serde's traits on records.
//!
//! The JSON of a record has wire names, leaves absent fields out, and writes an empty list as `[]`
//! and bytes in Base64. It includes sensitive values, because a value that is not written could not
//! be read back. It is not the form in which a request is sent.
//!
//! The traits need the feature `serde`; the functions do not. Both work with self-describing
//! formats such as JSON and YAML. Requests are read strictly, because ignoring a misspelled name
//! would change the request, and a missing required parameter could not be told from an empty one;
//! responses are read tolerantly, as in [`decode`](crate::decode).
//!
//! Read a request from JSON, and write the response as JSON:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use alicloud::ecs::{self, AssignIpv6Addresses, AssignIpv6AddressesResponse};
//!
//! # let endpoint = alicloud::fake::Endpoint::start(&[&ecs::PRODUCT]).await?;
//! # let client = ecs::Client::builder()
//! #     .region("cn-hangzhou")
//! #     .endpoint(endpoint.url())
//! #     .credentials(endpoint.credentials())
//! #     .build()?;
//! let request: AssignIpv6Addresses = serde_json::from_str(
//!     r#"{ "NetworkInterfaceId": "eni-bp1iqejowblx6h8j", "Ipv6AddressCount": 2 }"#,
//! )?;
//! assert_eq!(request, AssignIpv6Addresses::new("eni-bp1iqejowblx6h8j").ipv6_address_count(2));
//!
//! let response = client.send(request).await?;
//! let stored = serde_json::to_string(&response)?;
//! assert!(stored.contains(r#""Ipv6Sets":{"Ipv6Address":["#), "{stored}");
//!
//! let again: AssignIpv6AddressesResponse = serde_json::from_str(&stored)?;
//! assert_eq!(again, response);
//! # Ok(())
//! # }
//! ```
//!
//! A request with lists and objects within, from YAML:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use alicloud::ecs::RunInstances;
//!
//! let request: RunInstances = serde_yaml_ng::from_str(
//!     r#"
//!     RegionId: cn-hangzhou
//!     ImageId: aliyun_3_x64_20G_alibase_20240528.vhd
//!     InstanceType: ecs.g7.large
//!     SystemDisk.Category: cloud_essd
//!     SystemDisk.Size: "40"
//!     NetworkInterface:
//!       - InstanceType: Primary
//!         VSwitchId: vsw-bp1s5fnvk4gn2tws03
//!         SecurityGroupIds: [sg-bp1fg655nh68xyz9i]
//!     Tag:
//!       - { Key: environment, Value: test }
//!     "#,
//! )?;
//! request.validate()?;
//! let interfaces = request.network_interface.as_deref().unwrap_or_default();
//! assert_eq!(interfaces[0].instance_type.as_deref(), Some("Primary"));
//!
//! // What is not a parameter is told, with its place and what was probably meant.
//! let misspelled = serde_yaml_ng::from_str::<RunInstances>("Tag: [{ Kye: environment }]");
//! assert_eq!(
//!     misspelled.unwrap_err().to_string(),
//!     "Tag.1.Kye: no such parameter; did you mean `Tag.1.Key`?",
//! );
//! # Ok(())
//! # }
//! ```

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{
    Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
    ser::{SerializeMap, SerializeSeq as _},
};
use serde_json::Value;

use crate::{
    decode::{Failure, Mode, read},
    record::{Map, Record, ValueRef},
    validate::Violations,
};

/// Reads a JSON text. All crates of the client read through here and [`members`]: whatever reads by
/// itself puts another copy of the reader into each program.
///
/// # Errors
///
/// The bytes are not a JSON text.
#[doc(hidden)]
pub fn parse(text: &[u8]) -> Result<Value, serde_json::Error> {
    serde_json::from_slice(text)
}

/// Reads those members of a JSON object that `wanted` gives a name for, and skips the others without
/// keeping them.
///
/// # Errors
///
/// The bytes are not the JSON text of an object.
#[doc(hidden)]
pub fn members(
    text: &[u8],
    wanted: &dyn Fn(&str) -> Option<String>,
    take: &mut dyn FnMut(&str, Value),
) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    reader.deserialize_map(Members { wanted, take })?;
    reader.end()
}

struct Members<'a> {
    wanted: &'a dyn Fn(&str) -> Option<String>,
    take: &'a mut dyn FnMut(&str, Value),
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            match (self.wanted)(&name) {
                Some(name) => (self.take)(&name, map.next_value()?),
                None => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}

/// The record as a JSON value.
#[must_use]
pub fn to_json(record: &dyn Record) -> Value {
    // Every key is text and every value one of JSON's, so there is nothing that could fail.
    serde_json::to_value(Json(ValueRef::Object(record))).unwrap_or_default()
}

/// The JSON text of a value, the fields in the order of the spec; `null` for an absent one.
#[must_use]
pub fn json_text(value: ValueRef<'_>) -> String {
    serde_json::to_string(&Json(value)).unwrap_or_default()
}

/// Writes a record with any serializer.
///
/// # Errors
///
/// The errors of the serializer.
pub fn serialize<S: Serializer>(record: &dyn Record, serializer: S) -> Result<S::Ok, S::Error> {
    Json(ValueRef::Object(record)).serialize(serializer)
}

/// Fills a request from a deserializer of any self-describing format.
///
/// # Errors
///
/// The errors of the deserializer, and all unknown names and values of a wrong kind.
pub fn deserialize_strict<'de, D: Deserializer<'de>>(
    deserializer: D,
    into: &mut dyn Record,
) -> Result<(), D::Error> {
    deserialize(deserializer, into, Mode::Strict)
}

/// Fills a response from a deserializer of any self-describing format.
///
/// # Errors
///
/// The errors of the deserializer; and a value that is not an object.
pub fn deserialize_tolerant<'de, D: Deserializer<'de>>(
    deserializer: D,
    into: &mut dyn Record,
) -> Result<(), D::Error> {
    deserialize(deserializer, into, Mode::Tolerant)
}

fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
    into: &mut dyn Record,
    mode: Mode,
) -> Result<(), D::Error> {
    let findings = read(deserializer, into, mode)
        .map_err(|Failure(error, known)| known.map_or(error, D::Error::custom))?;
    Violations::unless_none(findings.faults).map_err(D::Error::custom)
}

/// A value, to be serialized.
struct Json<'a>(ValueRef<'a>);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            ValueRef::Absent => serializer.serialize_unit(),
            ValueRef::String(text) => serializer.serialize_str(text),
            ValueRef::Integer(number) => serializer.serialize_i64(number),
            ValueRef::Float(number) => serializer.serialize_f64(number),
            ValueRef::Boolean(flag) => serializer.serialize_bool(flag),
            ValueRef::Bytes(bytes) => serializer.serialize_str(&STANDARD.encode(bytes)),
            ValueRef::Any(value) => value.serialize(serializer),
            ValueRef::Object(record) => {
                let mut written = serializer.serialize_map(None)?;
                for (index, field) in record.schema().fields.iter().enumerate() {
                    let value = record.get(index);
                    if let (true, ValueRef::Map(rest)) = (field.is_rest(), value) {
                        entries(rest, &mut written)?;
                    } else if let (Some(wrapper), ValueRef::List(_)) = (field.wrapper, value) {
                        written.serialize_entry(field.name, &Wrapped(wrapper, value))?;
                    } else if !matches!(value, ValueRef::Absent) {
                        written.serialize_entry(field.name, &Json(value))?;
                    }
                }
                written.end()
            }
            ValueRef::List(list) => {
                let mut written = serializer.serialize_seq(Some(list.len()))?;
                for index in 0..list.len() {
                    written.serialize_element(&Json(list.get(index)))?;
                }
                written.end()
            }
            ValueRef::Map(map) => {
                let mut written = serializer.serialize_map(Some(map.len()))?;
                entries(map, &mut written)?;
                written.end()
            }
        }
    }
}

/// A list with the object around it that the wire has.
struct Wrapped<'a>(&'static str, ValueRef<'a>);

impl Serialize for Wrapped<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut written = serializer.serialize_map(Some(1))?;
        written.serialize_entry(self.0, &Json(self.1))?;
        written.end()
    }
}

/// Writes the entries of a map.
fn entries<M: SerializeMap>(map: &dyn Map, written: &mut M) -> Result<(), M::Error> {
    let mut result = Ok(());
    map.visit(&mut |key, value| {
        if result.is_ok() {
            result = written.serialize_entry(key, &Json(value));
        }
    });
    result
}

/// Implements serde's traits for a record, where this crate's feature `serde` asks for them.
/// (Defined twice, so that it is this crate's feature that counts and not that of the caller.)
#[cfg(feature = "serde")]
#[doc(hidden)]
#[macro_export]
macro_rules! record_serde {
    ($type:ident, $mode:ident) => {
        impl $crate::json::serde::Serialize for $type {
            fn serialize<S: $crate::json::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::json::serialize(self, serializer)
            }
        }

        impl<'de> $crate::json::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::json::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                let mut record = <Self as ::std::default::Default>::default();
                $crate::record_serde!(@read $mode, deserializer, &mut record)?;
                Ok(record)
            }
        }
    };
    (@read strict, $from:expr, $into:expr) => {
        $crate::json::deserialize_strict($from, $into)
    };
    (@read tolerant, $from:expr, $into:expr) => {
        $crate::json::deserialize_tolerant($from, $into)
    };
}

/// Expands to nothing without the feature `serde`.
#[cfg(not(feature = "serde"))]
#[doc(hidden)]
#[macro_export]
macro_rules! record_serde {
    ($type:ident, $mode:ident) => {};
}

// For `record_serde!`, whose user need not depend on serde.
#[cfg(feature = "serde")]
#[doc(hidden)]
pub use serde;
