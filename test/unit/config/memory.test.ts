import { expect, test } from 'vitest';
import { availableMemoryBytes, memoryLimitBytes, type ReadText } from '../../../src/config/memory.ts';

const MACHINE_BYTES = 8 * 2 ** 30;

function files(contents: Readonly<Record<string, string>>): ReadText {
  return (path) => contents[path];
}

const cases: readonly [string, Record<string, string>, number][] = [
  ['no control groups', {}, MACHINE_BYTES],
  ['version 2, in a container', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': '536870912\n' }, 2 ** 29],
  ['version 2 without a limit', { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': 'max\n' }, MACHINE_BYTES],
  [
    'version 2, limited by a group above',
    {
      '/proc/self/cgroup': '0::/system.slice/leveret.service\n',
      '/sys/fs/cgroup/system.slice/leveret.service/memory.max': '2147483648',
      '/sys/fs/cgroup/system.slice/memory.max': '1073741824',
    },
    2 ** 30,
  ],
  [
    'version 1, in a container that sees its own group at the root',
    {
      '/proc/self/cgroup': '5:cpu,cpuacct:/docker/3f\n4:memory:/docker/3f\n0::/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '268435456',
    },
    2 ** 28,
  ],
  [
    'version 1 without a limit',
    { '/proc/self/cgroup': '4:memory:/\n', '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712' },
    MACHINE_BYTES,
  ],
];

test.each(cases)('%s', (_name, contents, expected) => {
  expect(availableMemoryBytes(files(contents), MACHINE_BYTES)).toBe(expected);
});

test('this machine has some', () => {
  expect(availableMemoryBytes()).toBeGreaterThan(2 ** 24);
});

test('a limit is bytes, or a share of what there is', () => {
  expect(memoryLimitBytes({ bytes: 5 }, MACHINE_BYTES)).toBe(5);
  expect(memoryLimitBytes({ share: 0.6 }, 1001)).toBe(600);
});
