import { expect, test } from 'vitest';
import { groupFields } from '../src/pack/result/group-fields.ts';

test.each([
  ['IpAddress', 'system'],
  ['ClientIPAddress', 'system'],
  ['client_ip', 'system'],
  ['remote.ip.v4', 'system'],
  ['clientip', 'system'],
  ['relationship', 'other'],
  ['membership', 'other'],
  ['EmailAddress', 'other'],
  ['src_user', 'user'],
  ['eventName', 'other'],
])('a group by %s is about a %s', (field, type) => {
  expect(groupFields([field], [], [{ category: 'nobody knows' }]).entities).toEqual([
    { field, type },
  ]);
});
