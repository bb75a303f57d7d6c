"""Calls with what clients differ in, with both signatures and kinds of keys."""

import json
from datetime import datetime, timezone

from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_ecs20140526.client import Client as Ecs
from alibabacloud_sts20150401 import models as sts
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_util.models import RuntimeOptions
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.auth.credentials import StsTokenCredential
from aliyunsdkcore.request import CommonRequest, RpcRequest

from common import SETTINGS, client, config, said, tell
from workflow import workflow

ENI = "eni-bp1iqejowblx6h8j"
REGION = "cn-hangzhou"
ALL_OF_UNICODE = [
    "", " ", "a b", "+", "%20", "*~'()!", "&=?/#", "ä", "例子", "🦀👩‍👩‍👧", "\u0000x", "\t\n", "\u2028", "\ufeff", "a" * 255,
]


def check(value, expected):
    if value != expected:
        raise AssertionError(f"{value!r} is not {expected!r}")


def nested(ecs_client):
    request = ecs.RunInstancesRequest(
        region_id=REGION, image_id="m-1", instance_type="ecs.g7.large", amount=2, dry_run=False,
        security_group_ids=["sg-1", "sg-2"],
        tag=[ecs.RunInstancesRequestTag(key=f"k{i}", value=f"v {i}") for i in range(11)],
        data_disk=[ecs.RunInstancesRequestDataDisk(size=20, category="cloud_essd", delete_with_instance=True)],
        system_disk=ecs.RunInstancesRequestSystemDisk(size="40", category="cloud_essd"),
        network_interface=[
            ecs.RunInstancesRequestNetworkInterface(
                v_switch_id="vsw-1", instance_type="Primary", security_group_ids=["sg-1"],
            )
        ],
    )
    request.security_group_ids = None
    ecs_client.run_instances_with_options(request, RuntimeOptions())


def assign(ecs_client, **parameters):
    request = ecs.AssignIpv6AddressesRequest(region_id=REGION, network_interface_id=ENI, **parameters)
    return ecs_client.assign_ipv_6addresses_with_options(request, RuntimeOptions()).body


def counted(ecs_client):
    check(len(assign(ecs_client, ipv_6address_count=3).ipv_6sets.ipv_6address), 3)


def named(ecs_client):
    addresses = [f"2001:db8::{i}" for i in range(1, 11)]
    check(assign(ecs_client, ipv_6address=addresses).ipv_6sets.ipv_6address, addresses)


def refused(ecs_client):
    try:
        assign(ecs_client, ipv_6address_count=11)
    except Exception as error:
        check(getattr(error, "code", None), "InvalidParameter")
        return
    raise AssertionError("eleven addresses were accepted")


def booleans(ecs_client):
    request = ecs.CreateNetworkInterfaceRequest(
        region_id=REGION, v_switch_id="vsw-1", security_group_id="sg-1", delete_on_release=True, source_dest_check=False,
    )
    ecs_client.create_network_interface_with_options(request, RuntimeOptions())


def owner(ecs_client):
    request = ecs.DescribeRegionsRequest(owner_id=9007199254740993, owner_account="a@b", resource_owner_id=2**62)
    ecs_client.describe_regions_with_options(request, RuntimeOptions())


def filters(ecs_client):
    request = ecs.DescribeInstancesRequest(
        region_id=REGION, instance_ids='["i-1", "i-2"]', max_results=10,
        filter=[ecs.DescribeInstancesRequestFilter(key="CreationStartTime", value="2020-01-01T00:00Z")],
    )
    ecs_client.describe_instances_with_options(request, RuntimeOptions())


def json_style(ecs_client):
    request = ecs.RunCommandRequest(
        region_id=REGION, type="RunShellScript", command_content="ZWNobyB7e259fQ==", content_encoding="Base64",
        instance_id=["i-1"], enable_parameter=True, parameters={"n": "1 ä🦀", "ключ": "v"},
    )
    ecs_client.run_command_with_options(request, RuntimeOptions())


def described(ecs_client):
    request = ecs.DescribeNetworkInterfacesRequest(region_id=REGION, network_interface_id=[ENI])
    body = ecs_client.describe_network_interfaces_with_options(request, RuntimeOptions()).body
    check(len(body.network_interface_sets.network_interface_set), 1)


def unicode(ecs_client):
    for text in ALL_OF_UNICODE:
        request = ecs.ModifyNetworkInterfaceAttributeRequest(
            region_id=REGION, network_interface_id=ENI, description=text,
        )
        ecs_client.modify_network_interface_attribute_with_options(request, RuntimeOptions())


def identity(sts_client):
    sts_client.get_caller_identity_with_options(RuntimeOptions())


def assume_role(sts_client):
    request = sts.AssumeRoleRequest(role_arn="acs:ram::1:role/r", role_session_name="session", duration_seconds=900)
    sts_client.assume_role_with_options(request, RuntimeOptions())


def unsigned(sts_client):
    request = sts.AssumeRoleWithOIDCRequest(
        role_arn="acs:ram::1:role/r", oidcprovider_arn="acs:ram::1:oidc-provider/p", oidctoken="e.y.J", role_session_name="session",
    )
    sts_client.assume_role_with_oidcwith_options(request, RuntimeOptions())


def older(method, temporary, action, parameters, body=None):
    """The client of the older generation, which signs with HMAC-SHA1 only."""
    if temporary:
        credential = StsTokenCredential(SETTINGS["STS_ID"], SETTINGS["STS_SECRET"], SETTINGS["STS_TOKEN"])
        acs = AcsClient(region_id=REGION, credential=credential)
    else:
        acs = AcsClient(SETTINGS["KEY_ID"], SETTINGS["KEY_SECRET"], REGION)
    acs.set_verify(False)
    request = CommonRequest(domain=SETTINGS["ENDPOINT"], version="2014-05-26", action_name=action)
    request.set_method(method)
    request.set_protocol_type("http")
    for name, value in parameters.items():
        request.add_query_param(name, value)
    for name, value in (body or {}).items():
        request.add_body_params(name, value)
    acs.do_action_with_exception(request)


def wrong(code, call):
    """A call that ends with this code."""
    try:
        call()
    except Exception as error:
        check(getattr(error, "code", None) or error.get_error_code(), code)
        return
    raise AssertionError("it was accepted")


def wrong_key(rpc, **key):
    settings = config(rpc=rpc)
    for name, value in key.items():
        setattr(settings, name, value)
    request = ecs.DescribeRegionsRequest()
    return Ecs(settings).describe_regions_with_options(request, RuntimeOptions())


def older_wrong_key(method, key_id, secret):
    acs = AcsClient(key_id, secret, REGION)
    request = RpcRequest("Ecs", "2014-05-26", "DescribeRegions")
    request.set_endpoint(SETTINGS["ENDPOINT"])
    request.set_method(method)
    request.set_protocol_type("http")
    acs.do_action_with_exception(request)


def as_role(rpc):
    """A role is assumed and acted as, as the vendor's provider of credentials does it."""
    sts_client = client("Sts", rpc=rpc, endpoint="STATEFUL")
    request = sts.AssumeRoleRequest(role_arn="acs:ram::1:role/r", role_session_name="session")
    key = sts_client.assume_role_with_options(request, RuntimeOptions()).body.credentials
    end = datetime.strptime(key.expiration, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    check(3500 < (end - datetime.now(timezone.utc)).total_seconds() <= 3600, True)
    settings = config(rpc=rpc, endpoint="STATEFUL")
    settings.access_key_id, settings.access_key_secret = key.access_key_id, key.access_key_secret
    settings.security_token = key.security_token
    caller = Sts(settings).get_caller_identity_with_options(RuntimeOptions()).body
    check(caller.arn, "acs:ram::1:assumed-role/r/session")


def pages(rpc):
    """All key pairs, page by page."""
    ecs_client = client(rpc=rpc, endpoint="STATEFUL")
    names = [f"pair-{rpc}-{i:02}" for i in range(12)]
    for name in names:
        request = ecs.CreateKeyPairRequest(region_id=REGION, key_pair_name=name)
        ecs_client.create_key_pair_with_options(request, RuntimeOptions())

    def page(**parameters):
        request = ecs.DescribeKeyPairsRequest(region_id=REGION, key_pair_name=f"pair-{rpc}*", **parameters)
        body = ecs_client.describe_key_pairs_with_options(request, RuntimeOptions()).body
        return body, [pair.key_pair_name for pair in body.key_pairs.key_pair]

    found = []
    while True:
        body, some = page(page_number=len(found) // 5 + 1, page_size=5)
        found += some
        if len(found) >= body.total_count:
            break
    check(found, names)
    request = ecs.DeleteKeyPairsRequest(region_id=REGION, key_pair_names=json.dumps(names))
    ecs_client.delete_key_pairs_with_options(request, RuntimeOptions())
    check(page()[1], [])


def calls():
    yield "from a VPC to an IPv6 address and back", workflow
    for rpc in (False, True):
        for temporary in (False, True):
            kind = f"{'HMAC-SHA1' if rpc else 'ACS3'}{', temporary key' if temporary else ''}"
            ecs_client = client(rpc=rpc, temporary=temporary)
            for call in (nested, counted, named, refused, booleans, owner, filters, json_style, described, unicode):
                yield f"{call.__name__} ({kind})", lambda: call(ecs_client)
            sts_client = client("Sts", rpc=rpc, temporary=temporary)
            for call in (identity, assume_role, unsigned):
                yield f"{call.__name__} ({kind})", lambda: call(sts_client)
        kind = "HMAC-SHA1" if rpc else "ACS3"
        for call in (as_role, pages):
            yield f"{call.__name__} ({kind})", lambda: call(rpc)
        for name, value, code in (
            ("access_key_secret", "wrong", "SignatureDoesNotMatch"),
            ("access_key_id", "nobody", "InvalidAccessKeyId.NotFound"),
            ("security_token", "none", "InvalidSecurityToken.MismatchWithAccessKey"),
        ):
            yield f"a wrong {name} ({kind})", lambda: wrong(code, lambda: wrong_key(rpc, **{name: value}))
    for method in ("GET", "POST"):
        for key_id, secret, code in (
            # The client itself tells a wrong secret from a wrong signature.
            (SETTINGS["KEY_ID"], "wrong", "InvalidAccessKeySecret"),
            ("nobody", "wrong", "InvalidAccessKeyId.NotFound"),
        ):
            yield f"{code} (older, {method})", lambda: wrong(code, lambda: older_wrong_key(method, key_id, secret))
    for temporary in (False, True):
        for method in ("GET", "POST"):
            for name, arguments in {
                "regions": ("DescribeRegions", {}),
                "addresses": ("AssignIpv6Addresses", {"NetworkInterfaceId": ENI, "Ipv6Address.1": "2001:db8::1"}),
                "unicode": ("ModifyNetworkInterfaceAttribute", {"NetworkInterfaceId": ENI, "Description": "ä 例+🦀*~"}),
            }.items():
                kind = f"older, {method}{', temporary key' if temporary else ''}"
                yield f"{name} ({kind})", lambda: older(method, temporary, *arguments)
        yield "query and body (older)", lambda: older(
            "POST", temporary, "AssignIpv6Addresses", {"NetworkInterfaceId": ENI}, {"Ipv6AddressCount": "1"}
        )


for name, call in calls():
    try:
        call()
        tell(name)
    except (Exception, ServerException) as error:
        tell(name, said(error))
