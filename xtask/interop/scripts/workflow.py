"""From a VPC to an IPv6 address and back, against an endpoint that keeps state."""

from alibabacloud_ecs20140526 import models as ecs
from alibabacloud_tea_util.models import RuntimeOptions

from common import client

REGION = "cn-hangzhou"


def workflow(told=lambda line: None):
    """Goes the way; what was made is told."""
    ecs_client = client(endpoint="STATEFUL")

    def call(name, request):
        return getattr(ecs_client, f"{name}_with_options")(request, RuntimeOptions()).body

    vpc = call("create_vpc", ecs.CreateVpcRequest(region_id=REGION)).vpc_id
    v_switch = call("create_vswitch", ecs.CreateVSwitchRequest(
        region_id=REGION, zone_id=f"{REGION}-h", cidr_block="172.16.1.0/24", vpc_id=vpc,
    )).v_switch_id
    group = call("create_security_group", ecs.CreateSecurityGroupRequest(region_id=REGION, vpc_id=vpc)).security_group_id
    told(f"{vpc} with {v_switch} and {group}")
    eni = call("create_network_interface", ecs.CreateNetworkInterfaceRequest(
        region_id=REGION, v_switch_id=v_switch, security_group_id=group,
    )).network_interface_id

    def described():
        request = ecs.DescribeNetworkInterfacesRequest(region_id=REGION, network_interface_id=[eni])
        return call("describe_network_interfaces", request).network_interface_sets.network_interface_set

    def addresses():
        return [address.ipv_6address for address in described()[0].ipv_6sets.ipv_6set]

    assigned = call("assign_ipv_6addresses", ecs.AssignIpv6AddressesRequest(
        region_id=REGION, network_interface_id=eni, ipv_6address_count=2,
    )).ipv_6sets.ipv_6address
    told(f"{eni} with {' and '.join(assigned)}")
    assert addresses() == assigned
    call("unassign_ipv_6addresses", ecs.UnassignIpv6AddressesRequest(
        region_id=REGION, network_interface_id=eni, ipv_6address=assigned[:1],
    ))
    assert addresses() == assigned[1:]
    call("delete_network_interface", ecs.DeleteNetworkInterfaceRequest(region_id=REGION, network_interface_id=eni))
    assert described() == []
    call("delete_security_group", ecs.DeleteSecurityGroupRequest(region_id=REGION, security_group_id=group))
    call("delete_vswitch", ecs.DeleteVSwitchRequest(region_id=REGION, v_switch_id=v_switch))
    call("delete_vpc", ecs.DeleteVpcRequest(region_id=REGION, vpc_id=vpc))
    told("and all of it is gone again")


if __name__ == "__main__":
    workflow(print)
