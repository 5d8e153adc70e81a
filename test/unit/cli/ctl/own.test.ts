import { expect, test } from 'vitest';
import { ctl } from '../../../support/ctl.ts';
import { fakeApi } from '../../../support/fake_api.ts';

const REPLAYED = {
  dry_run: true,
  examined: 5,
  replayed: 3,
  destinations: [
    { messages: 2, queues: ['a', 'b'] },
    { messages: 1, queues: ['c'] },
  ],
  skipped: { 'not dead-lettered': 2 },
};

test('a replay tells how many messages went where, and why others did not', async () => {
  const api = await fakeApi({ 'POST /api/queues/%2F/dead/replay': REPLAYED });
  const { stdout, code } = await ctl(api.url, 'replay_queue', 'dead', '--dry-run', '--count', '10');
  expect(stdout).toBe(`Replaying dead letters of queue 'dead' in vhost '/' ...
3 messages would be replayed, of 5 that were looked at
messages\tqueues
2\ta, b
1\tc
2\t(not dead-lettered)
`);
  expect(code).toBe(0);
  expect(api.asked[0]?.body).toEqual({ dry_run: true, to: 'queue', count: 10 });
  const json = await ctl(api.url, 'replay_queue', 'dead', '--formatter', 'json');
  expect(JSON.parse(json.stdout)).toEqual(REPLAYED);
});

test('a count that is none is a mistake of usage', async () => {
  const { stderr, code } = await ctl('http://127.0.0.1:9', '-q', 'replay_queue', 'dead', '--count', 'all');
  expect(stderr).toContain('--count takes a whole number from 1 on, not "all"');
  expect(code).toBe(64);
});

test('a route is explained queue by queue', async () => {
  const answer = { routed: true, queues: ['a'], exchanges: [], others: [{ queue: 'b', why: 'no binding matches' }] };
  const api = await fakeApi({ 'POST /api/exchanges/%2F/amq.topic/explain': answer });
  const { stdout } = await ctl(api.url, '-q', 'explain_route', 'amq.topic', 'x.y', '--headers', '{"h":1}');
  expect(stdout).toBe('queue\tgets_it\twhy_not\na\ttrue\t\nb\tfalse\tno binding matches\n');
  expect(api.asked[0]?.body).toEqual({ routing_key: 'x.y', headers: { h: 1 } });
});

test.each(['pause', 'resume'])('%s_queue', async (verb) => {
  const api = await fakeApi({ [`PUT /api/queues/%2F/q/${verb}`]: 204 });
  expect(await ctl(api.url, '-q', `${verb}_queue`, 'q')).toEqual({ stdout: '', stderr: '', code: 0 });
});
