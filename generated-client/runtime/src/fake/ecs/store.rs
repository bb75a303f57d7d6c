//! The objects there are, and their changes to come.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Fail, request::text};

/// What there can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Vpc,
    VSwitch,
    Group,
    KeyPair,
    Eni,
    Instance,
    Disk,
}

impl Kind {
    /// In an order in which each can refer to those before it.
    pub(super) const ALL: [Self; 7] = [
        Self::Vpc,
        Self::VSwitch,
        Self::Group,
        Self::KeyPair,
        Self::Instance,
        Self::Eni,
        Self::Disk,
    ];

    /// The field with the name by which an object is found.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Vpc => "VpcId",
            Self::VSwitch => "VSwitchId",
            Self::Group => "SecurityGroupId",
            Self::KeyPair => "KeyPairName",
            Self::Eni => "NetworkInterfaceId",
            Self::Instance => "InstanceId",
            Self::Disk => "DiskId",
        }
    }

    /// What IDs begin with.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Vpc => "vpc",
            Self::VSwitch => "vsw",
            Self::Group => "sg",
            Self::KeyPair => "kp",
            Self::Eni => "eni",
            Self::Instance => "i",
            Self::Disk => "d",
        }
    }

    /// The name in scenarios.
    pub(super) fn plural(self) -> &'static str {
        match self {
            Self::Vpc => "vpcs",
            Self::VSwitch => "vSwitches",
            Self::Group => "securityGroups",
            Self::KeyPair => "keyPairs",
            Self::Eni => "networkInterfaces",
            Self::Instance => "instances",
            Self::Disk => "disks",
        }
    }

    /// What objects rest in when nothing was said.
    pub(super) fn resting(self) -> Option<&'static str> {
        match self {
            Self::Vpc | Self::VSwitch | Self::Eni | Self::Disk => Some("Available"),
            Self::Instance => Some("Running"),
            Self::Group | Self::KeyPair => None,
        }
    }

    fn not_found(self) -> &'static [&'static str] {
        match self {
            Self::Vpc => &["InvalidVpcId.NotFound"],
            Self::VSwitch => &["InvalidVSwitchId.NotFound"],
            Self::Group => &[
                "InvalidSecurityGroupId.NotFound",
                "InvalidSecurityGroup.NotFound",
            ],
            Self::KeyPair => &["InvalidKeyPairName.NotFound", "InvalidKeyPair.NotFound"],
            Self::Eni => &["InvalidEniId.NotFound"],
            Self::Instance => &["InvalidInstanceId.NotFound", "InvalidInstanceIds.NotFound"],
            Self::Disk => &["InvalidDiskId.NotFound"],
        }
    }
}

/// The field that orders objects by their making, and continues pages.
pub(super) const SERIAL: &str = "_serial";

/// The field of an object that is being deleted: it is still described, and nothing can be done with
/// it.
pub(super) const LEAVING: &str = "_leaving";

/// A change that time brings.
#[derive(Clone, Debug)]
enum Change {
    Status(&'static str),
    Remove,
}

/// How many of what an instance type allows.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) interfaces: usize,
    /// Private IPv4 addresses of each interface.
    pub(super) ipv4: usize,
    /// IPv6 addresses of each interface.
    pub(super) ipv6: usize,
}

/// All that there is.
#[derive(Clone, Debug)]
pub(crate) struct Cloud {
    objects: BTreeMap<Kind, Vec<Value>>,
    changes: Vec<(SystemTime, Kind, String, Change)>,
    pub(super) limits: BTreeMap<String, Limits>,
    settle: Duration,
    random: u64,
    serial: u64,
}

impl Cloud {
    pub(super) fn new(seed: u64, settle: Duration) -> Self {
        Self {
            objects: BTreeMap::new(),
            changes: Vec::new(),
            limits: BTreeMap::new(),
            settle,
            random: seed,
            serial: 0,
        }
    }

    /// Brings what has become due.
    pub(in super::super) fn advance(&mut self, now: SystemTime) {
        // Stable, so that changes of the same time stay in their order.
        self.changes.sort_by_key(|(due, ..)| *due);
        let due = self.changes.partition_point(|(due, ..)| *due <= now);
        for (_, kind, id, change) in self.changes.drain(..due).collect::<Vec<_>>() {
            match change {
                Change::Status(status) => {
                    if let Some(object) = self.by_id_mut(kind, &id) {
                        object["Status"] = json!(status);
                    }
                }
                Change::Remove => self.remove(kind, &id),
            }
        }
    }

    /// Sets a state now, and others after it, each when the one before has lasted its time.
    pub(super) fn pass_through(
        &mut self,
        kind: Kind,
        id: &str,
        now: SystemTime,
        states: &[&'static str],
    ) {
        let mut due = now;
        for (index, status) in states.iter().enumerate() {
            if index > 0 {
                due += self.settle;
                let change = Change::Status(status);
                self.changes.push((due, kind, id.to_owned(), change));
            } else if let Some(object) = self.by_id_mut(kind, id) {
                object["Status"] = json!(status);
            }
        }
    }

    /// Removes an object when its time has passed. Until then it is there, but nothing can be done
    /// with it.
    pub(super) fn leave(&mut self, kind: Kind, id: &str, now: SystemTime) {
        if let Some(object) = self.by_id_mut(kind, id) {
            object[LEAVING] = json!(true);
        }
        self.changes
            .retain(|(_, other, other_id, _)| (*other, other_id.as_str()) != (kind, id));
        let due = now + self.settle;
        self.changes
            .push((due, kind, id.to_owned(), Change::Remove));
    }

    pub(super) fn remove(&mut self, kind: Kind, id: &str) {
        if let Some(objects) = self.objects.get_mut(&kind) {
            objects.retain(|object| object[kind.id()] != id);
        }
    }

    /// The objects of a kind, the oldest first.
    pub(super) fn all(&self, kind: Kind) -> &[Value] {
        self.objects.get(&kind).map_or(&[], Vec::as_slice)
    }

    pub(super) fn all_mut(&mut self, kind: Kind) -> &mut Vec<Value> {
        self.objects.entry(kind).or_default()
    }

    pub(super) fn by_id(&self, kind: Kind, id: &str) -> Option<&Value> {
        self.all(kind).iter().find(|object| object[kind.id()] == id)
    }

    fn by_id_mut(&mut self, kind: Kind, id: &str) -> Option<&mut Value> {
        let objects = self.all_mut(kind).iter_mut();
        objects.into_iter().find(|object| object[kind.id()] == id)
    }

    /// The object that a request means: in the region that it names, and not about to go.
    pub(super) fn find(&self, kind: Kind, id: &str, request: &Value) -> Result<&Value, Fail> {
        let region = text(request, "RegionId");
        let found = self.by_id(kind, id).filter(|object| {
            let here = region.is_none_or(|region| object["RegionId"] == region);
            here && object[LEAVING].is_null()
        });
        found.ok_or_else(|| {
            let id = id.escape_debug();
            Fail::new(
                kind.not_found(),
                format!("The specified {} {id} does not exist.", kind.id()),
            )
        })
    }

    /// The object that a request means, to be changed.
    pub(super) fn find_mut(
        &mut self,
        kind: Kind,
        id: &str,
        request: &Value,
    ) -> Result<&mut Value, Fail> {
        self.find(kind, id, request)?;
        // It was found just now.
        Ok(self
            .by_id_mut(kind, id)
            .unwrap_or_else(|| unreachable!("{id} was found")))
    }

    /// Adds an object; gives its ID, which is made where it has none.
    pub(super) fn insert(&mut self, kind: Kind, mut object: Value) -> String {
        if text(&object, kind.id()).is_none() {
            // A scenario may come from an endpoint with the same seed.
            let mut id = self.make_id(kind.prefix());
            while self.by_id(kind, &id).is_some() {
                id = self.make_id(kind.prefix());
            }
            object[kind.id()] = json!(id);
        }
        self.serial += 1;
        object[SERIAL] = json!(self.serial);
        let id = object[kind.id()].as_str().unwrap_or_default().to_owned();
        self.all_mut(kind).push(object);
        id
    }

    /// A number out of the seed.
    pub(super) fn random(&mut self) -> u64 {
        // SplitMix64.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An ID such as `eni-bp1iqejowblx6h8j0aaa`.
    pub(super) fn make_id(&mut self, prefix: &str) -> String {
        format!("{prefix}-bp1{}", self.make_text(17))
    }

    /// Letters and digits out of the seed.
    pub(in super::super) fn make_text(&mut self, length: usize) -> String {
        const LETTERS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
        let index = |random: u64| usize::try_from(random % 36).unwrap_or_default();
        (0..length)
            .map(|_| char::from(LETTERS[index(self.random())]))
            .collect()
    }

    /// What an instance type allows. Types that no scenario lists are told by their size, in the
    /// manner of the vendor's current families.
    pub(super) fn limits_of(&self, instance_type: &str) -> Limits {
        if let Some(limits) = self.limits.get(instance_type) {
            return *limits;
        }
        let (interfaces, each) = match instance_type.rsplit('.').next().unwrap_or_default() {
            "nano" | "small" => (2, 2),
            "medium" => (2, 4),
            "large" => (3, 6),
            "xlarge" => (4, 15),
            "2xlarge" | "3xlarge" => (6, 15),
            _ => (8, 30),
        };
        Limits {
            interfaces,
            ipv4: each,
            ipv6: each,
        }
    }
}

/// A time as the vendor writes it.
pub(super) fn time(now: SystemTime) -> String {
    humantime::format_rfc3339_seconds(now).to_string()
}
