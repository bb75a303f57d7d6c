//! Scenarios: the state that an endpoint begins with.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::Path,
    time::{Duration, SystemTime},
};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    address, eni, members,
    request::{elements, text},
    store::{Cloud, Kind, LEAVING, Limits, SERIAL},
    vpc,
};
use crate::operation::ProductInfo;

/// The state that an endpoint begins with, the seed of the IDs that it makes, and the duration of
/// states such as `Starting`.
///
/// As JSON, objects have the wire names under which the vendor describes them; what is left out is
/// made up.
///
/// ```
/// use alicloud::fake::Scenario;
///
/// let scenario = Scenario::from_json(r#"{
///     "regionId": "cn-hangzhou",
///     "vpcs": [{ "VpcId": "vpc-1" }],
///     "vSwitches": [{ "VSwitchId": "vsw-1", "VpcId": "vpc-1", "CidrBlock": "172.16.1.0/24" }],
///     "networkInterfaces": [{ "NetworkInterfaceId": "eni-1", "VSwitchId": "vsw-1" }],
///     "instanceTypes": { "ecs.tiny": { "interfaces": 2, "ipv4": 2, "ipv6": 1 } }
/// }"#)?;
/// # Ok::<(), alicloud::fake::ScenarioError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    file: File,
    seed: u64,
    settle: Duration,
}

/// The JSON form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
struct File {
    region_id: Option<String>,
    vpcs: Vec<Map<String, Value>>,
    v_switches: Vec<Map<String, Value>>,
    security_groups: Vec<Map<String, Value>>,
    key_pairs: Vec<Map<String, Value>>,
    network_interfaces: Vec<Map<String, Value>>,
    instances: Vec<Map<String, Value>>,
    disks: Vec<Map<String, Value>>,
    instance_types: BTreeMap<String, Limits>,
}

impl File {
    fn of(&self, kind: Kind) -> &[Map<String, Value>] {
        match kind {
            Kind::Vpc => &self.vpcs,
            Kind::VSwitch => &self.v_switches,
            Kind::Group => &self.security_groups,
            Kind::KeyPair => &self.key_pairs,
            Kind::Eni => &self.network_interfaces,
            Kind::Instance => &self.instances,
            Kind::Disk => &self.disks,
        }
    }
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    ///
    /// The text is not JSON or not a scenario, or its objects do not fit together.
    pub fn from_json(text: &str) -> Result<Self, ScenarioError> {
        let file = serde_json::from_str(text).map_err(|error| ScenarioError(error.to_string()))?;
        let scenario = Self {
            file,
            ..Self::default()
        };
        // What does not fit together is found by trying.
        scenario.build(SystemTime::UNIX_EPOCH).map(|_| scenario)
    }

    /// Reads a scenario from a file.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not a scenario.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let path = path.as_ref();
        let named = |error: String| ScenarioError(format!("{}: {error}", path.display()));
        let text = fs::read_to_string(path).map_err(|error: io::Error| named(error.to_string()))?;
        Self::from_json(&text).map_err(|ScenarioError(error)| named(error))
    }

    /// Sets the seed of IDs and addresses: with the same seed, the same calls create the same ones.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the duration of states such as `Creating` or `Starting`, by the endpoint's clock.
    /// Without it, the next call finds the state after them.
    pub fn settle_after(mut self, time: Duration) -> Self {
        self.settle = time;
        self
    }

    /// The same with the seed and times of another.
    pub(in super::super) fn with_settings_of(self, other: &Self) -> Self {
        self.seed(other.seed).settle_after(other.settle)
    }

    /// The state in the beginning.
    pub(in super::super) fn build(&self, now: SystemTime) -> Result<Cloud, ScenarioError> {
        let mut cloud = Cloud::new(self.seed, self.settle);
        cloud.limits.clone_from(&self.file.instance_types);
        let region = self.file.region_id.as_deref().unwrap_or("cn-hangzhou");
        for kind in Kind::ALL {
            for (index, object) in self.file.of(kind).iter().enumerate() {
                let place = format!("{}[{index}]", kind.plural());
                let wrong = |error: String| ScenarioError(format!("{place}: {error}"));
                add(&mut cloud, kind, object, region, now).map_err(wrong)?;
            }
        }
        Ok(cloud)
    }

    /// Whether objects have members under which a product does not describe them.
    pub(in super::super) fn check_members(
        &self,
        product: &ProductInfo,
    ) -> Result<(), ScenarioError> {
        for kind in Kind::ALL {
            let schemas = members::schemas(product, kind);
            if schemas.is_empty() {
                continue;
            }
            for (index, object) in self.file.of(kind).iter().enumerate() {
                members::check(&schemas, object, "", members::extra(kind)).map_err(|error| {
                    ScenarioError(format!("{}[{index}]: {error}", kind.plural()))
                })?;
            }
        }
        Ok(())
    }
}

/// Adds an object with what it does not say.
fn add(
    cloud: &mut Cloud,
    kind: Kind,
    given: &Map<String, Value>,
    region: &str,
    now: SystemTime,
) -> Result<(), String> {
    let mut object = Value::Object(given.clone());
    if let Some(id) = text(&object, kind.id())
        && cloud.by_id(kind, id).is_some()
    {
        return Err(format!("{id} is there twice"));
    }
    set_default(&mut object, "RegionId", || json!(region));
    if let Some(status) = kind.resting() {
        set_default(&mut object, "Status", || json!(status));
    }
    for other in Kind::ALL.into_iter().filter(|other| *other != kind) {
        if let Some(id) = text(&object, other.id())
            && cloud.by_id(other, id).is_none()
        {
            return Err(format!("{} {id} is not in {}", other.id(), other.plural()));
        }
    }
    match kind {
        Kind::Vpc => set_default(&mut object, "CidrBlock", || json!("172.16.0.0/12")),
        Kind::VSwitch => {
            if text(&object, "CidrBlock").is_none() {
                return Err("CidrBlock is missing".to_owned());
            }
            set_default(&mut object, "ZoneId", || json!(format!("{region}-h")));
            let block = vpc::ipv6_block(cloud);
            set_default(&mut object, "Ipv6CidrBlock", || json!(block));
        }
        Kind::KeyPair if text(&object, "KeyPairName").is_none() => {
            return Err("KeyPairName is missing".to_owned());
        }
        _ => {}
    }
    let states = passing(kind, &object);
    let v_switch = object.clone();
    let id = match kind {
        Kind::Eni => add_eni(cloud, object)?,
        _ => cloud.insert(kind, object),
    };
    cloud.pass_through(kind, &id, now, states);
    if kind == Kind::VSwitch
        && let Some(vpc) = text(&v_switch, "VpcId")
        && let Ok(vpc) = cloud.find_mut(Kind::Vpc, vpc, &Value::Null)
    {
        // A state that was read from an endpoint lists it already.
        let ids = super::request::elements_mut(vpc, ["VSwitchIds", "VSwitchId"]);
        if !ids.iter().any(|known| *known == id) {
            ids.push(json!(id));
        }
    }
    Ok(())
}

/// The state of an object and those after it, if it is one that passes.
fn passing(kind: Kind, object: &Value) -> &'static [&'static str] {
    match (kind, text(object, "Status").unwrap_or_default()) {
        (Kind::Vpc | Kind::VSwitch, "Pending") => &["Pending", "Available"],
        (Kind::Instance, "Pending") => &["Pending", "Starting", "Running"],
        (Kind::Instance, "Starting") => &["Starting", "Running"],
        (Kind::Instance, "Stopping") => &["Stopping", "Stopped"],
        (Kind::Eni | Kind::Disk, "Detaching") => &["Detaching", "Available"],
        (Kind::Eni, "Attaching") => &["Attaching", "InUse"],
        (Kind::Disk, "Attaching") => &["Attaching", "In_use"],
        (Kind::Disk, "Creating") if text(object, "InstanceId").is_some() => &["Creating", "In_use"],
        (Kind::Eni | Kind::Disk, "Creating") => &["Creating", "Available"],
        _ => &[],
    }
}

/// An interface gets its primary address, unless it has addresses.
fn add_eni(cloud: &mut Cloud, given: Value) -> Result<String, String> {
    let v_switch_id = text(&given, "VSwitchId").ok_or("VSwitchId is missing")?;
    let new = eni::New {
        v_switch_id,
        groups: Vec::new(),
        primary: false,
    };
    let request = json!({ "PrimaryIpAddress": given["PrivateIpAddress"] });
    let id =
        eni::make(cloud, &request, SystemTime::UNIX_EPOCH, &new).map_err(|fail| fail.message)?;
    let has_addresses = !elements(&given, address::IPV4.path).is_empty();
    let eni = cloud
        .find_mut(Kind::Eni, &id, &Value::Null)
        .map_err(|fail| fail.message)?;
    if has_addresses {
        eni["PrivateIpSets"] = Value::Null;
    }
    let attached = !given["InstanceId"].is_null();
    if let Value::Object(given) = given {
        for (name, value) in given {
            eni[name] = value;
        }
    }
    if attached && eni["Status"] == "Available" {
        eni["Status"] = json!("InUse");
    }
    // What was given may have another one.
    Ok(text(eni, Kind::Eni.id()).unwrap_or(&id).to_owned())
}

fn set_default(object: &mut Value, name: &str, value: impl FnOnce() -> Value) {
    // `null` says that there is none.
    if object.get(name).is_none() {
        object[name] = value();
    }
}

impl Cloud {
    /// The objects, in the form of a scenario.
    pub(in super::super) fn to_json(&self) -> Value {
        let kinds = Kind::ALL.into_iter().map(|kind| {
            let mut objects = self.all(kind).to_vec();
            objects.retain(|object| object[LEAVING].is_null());
            for object in objects.iter_mut().filter_map(Value::as_object_mut) {
                object.shift_remove(SERIAL);
                // A vSwitch without this field would be given one.
                object.retain(|name, value| !value.is_null() || name == "Ipv6CidrBlock");
            }
            (kind.plural().to_owned(), Value::from(objects))
        });
        let mut state: Map<_, _> = kinds.collect();
        if !self.limits.is_empty() {
            state.insert("instanceTypes".to_owned(), json!(self.limits));
        }
        Value::Object(state)
    }
}

/// The error of a scenario that is not valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError(String);

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ScenarioError {}
