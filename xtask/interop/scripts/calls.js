'use strict';
// Calls with both signatures, of the current and of the older client.

const Ecs = require('@alicloud/ecs20140526');
const { Config } = require('@alicloud/openapi-core').$OpenApiUtil;
const { RuntimeOptions } = require('@alicloud/tea-util');
const PopCore = require('@alicloud/pop-core');

const env = process.env;
const region = 'cn-hangzhou';
const eni = 'eni-bp1iqejowblx6h8j';

const key = (temporary) => temporary
  ? { accessKeyId: env.STS_ID, accessKeySecret: env.STS_SECRET, securityToken: env.STS_TOKEN }
  : { accessKeyId: env.KEY_ID, accessKeySecret: env.KEY_SECRET };

const current = (rpc, temporary) => new Ecs.default(new Config({
  ...key(temporary),
  endpoint: env.ENDPOINT,
  protocol: 'http',
  regionId: region,
  ...(rpc ? { signatureAlgorithm: 'v2' } : {}),
}));

const older = (temporary) => new PopCore({
  ...key(temporary),
  endpoint: `http://${env.ENDPOINT}`,
  apiVersion: '2014-05-26',
});

const check = (value, expected) => {
  if (JSON.stringify(value) !== JSON.stringify(expected)) {
    throw new Error(`${JSON.stringify(value)} is not ${JSON.stringify(expected)}`);
  }
};

const calls = [];
const runtime = new RuntimeOptions({ autoretry: false });
for (const rpc of [false, true]) {
  for (const temporary of [false, true]) {
    const kind = `${rpc ? 'HMAC-SHA1' : 'ACS3'}${temporary ? ', temporary key' : ''}`;
    const client = current(rpc, temporary);
    calls.push([`regions (${kind})`, () => client.describeRegionsWithOptions(new Ecs.DescribeRegionsRequest({}), runtime)]);
    calls.push([`addresses (${kind})`, async () => {
      const ipv6Address = ['2001:db8::1', '2001:db8::2'];
      const request = new Ecs.AssignIpv6AddressesRequest({ regionId: region, networkInterfaceId: eni, ipv6Address });
      const response = await client.assignIpv6AddressesWithOptions(request, runtime);
      check(response.body.ipv6Sets.ipv6Address, ipv6Address);
    }]);
    calls.push([`nested (${kind})`, () => {
      const tag = Array.from({ length: 11 }, (_, i) => new Ecs.RunInstancesRequestTag({ key: `k${i}`, value: 'ä 例+🦀*~' }));
      const systemDisk = new Ecs.RunInstancesRequestSystemDisk({ size: '40', category: 'cloud_essd' });
      const request = new Ecs.RunInstancesRequest({
        regionId: region, imageId: 'm-1', instanceType: 'ecs.g7.large', amount: 2, tag, systemDisk,
        securityGroupId: 'sg-1', vSwitchId: 'vsw-1', dryRun: false,
      });
      return client.runInstancesWithOptions(request, runtime);
    }]);
  }
}
for (const temporary of [false, true]) {
  const client = older(temporary);
  for (const method of ['GET', 'POST']) {
    const kind = `older, ${method}${temporary ? ', temporary key' : ''}`;
    calls.push([`regions (${kind})`, () => client.request('DescribeRegions', {}, { method })]);
    calls.push([`nested (${kind})`, () => client.request('DescribeNetworkInterfaces', {
      RegionId: region, NetworkInterfaceId: [eni], Tag: [{ Key: 'k', Value: 'ä 例+🦀*~' }],
    }, { method })]);
    calls.push([`form (${kind})`, () => client.request('ModifyNetworkInterfaceAttribute', {
      RegionId: region, NetworkInterfaceId: eni, Description: 'a b\n+%',
    }, { method, formatParams: false })]);
  }
}

(async () => {
  for (const [name, call] of calls) {
    let error = '';
    try {
      await call();
    } catch (thrown) {
      error = String(thrown).slice(0, 300) || 'an error without a message';
    }
    process.stdout.write(`${JSON.stringify({ name, error })}\n`);
  }
})();
