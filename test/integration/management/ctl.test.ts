// `leveret ctl` and `leveret doctor` against the management API of a broker.

import { expect, test } from 'vitest';
import { Api } from '../../../src/cli/ctl/api.ts';
import { readTarget } from '../../../src/cli/ctl/target.ts';
import { checkBroker } from '../../../src/cli/doctor/broker_checks.ts';
import { brokerFacts } from '../../../src/cli/doctor/gather.ts';
import { startBroker } from '../../support/broker.ts';
import { ctl } from '../../support/ctl.ts';
import { client } from './support.ts';

async function start() {
  const broker = await startBroker({ management: { port: 0 } });
  const url = `http://guest:guest@127.0.0.1:${broker.managementPort}`;
  /** What a verb prints, which has to succeed. */
  const done = async (...words: readonly string[]): Promise<string> => {
    const { stdout, stderr, code } = await ctl(url, '-q', ...words);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    return stdout;
  };
  return { broker, url, done };
}

test('users, virtual hosts, permissions, policies and limits are made, listed and removed', async () => {
  const { url, done } = await start();
  await done('add_vhost', 'shop', '--tags', 'a,b', '--default-queue-type', 'quorum');
  await done('add_user', 'ann', 'secret');
  await done('set_user_tags', 'ann', 'management');
  await done('authenticate_user', 'ann', 'secret');
  await done('-p', 'shop', 'set_permissions', 'ann', '.*', '^w', '');
  await done('-p', 'shop', 'set_topic_permissions', 'ann', 'amq.topic', 'x', 'y');
  await done('-p', 'shop', 'set_policy', 'p', '^q', '{"max-length":10}', '--priority', '3', '--apply-to', 'queues');
  await done('-p', 'shop', 'set_operator_policy', 'o', '.*', '{"expires":1000}');
  await done('-p', 'shop', 'set_vhost_limits', '{"max-queues":5,"max-connections":9}');
  await done('-p', 'shop', 'set_vhost_limits', '{"max-queues":6}');
  await done('set_user_limits', 'ann', '{"max-channels":7}');
  await done('-p', 'shop', 'trace_on');
  expect(await done('-s', 'list_vhosts', 'name', 'tags', 'default_queue_type', 'tracing')).toContain(
    'shop\t[a, b]\tquorum\ttrue\n',
  );
  expect(await done('-s', 'list_users')).toContain('ann\t[management]\n');
  // Whoever makes a virtual host by the API may use it.
  expect(await done('-s', '-p', 'shop', 'list_permissions')).toBe('guest\t.*\t.*\t.*\nann\t.*\t^w\t\n');
  expect(await done('-s', 'list_user_topic_permissions', 'ann')).toBe('shop\tamq.topic\tx\ty\n');
  expect(await done('-s', '-p', 'shop', 'list_policies')).toBe('shop\tp\t^q\tqueues\t{"max-length":10}\t3\n');
  expect(await done('-s', '-p', 'shop', 'list_operator_policies')).toBe('shop\to\t.*\tall\t{"expires":1000}\t0\n');
  expect(await done('-p', 'shop', 'list_vhost_limits')).toBe('{"max-queues":6}\n');
  expect(await done('list_user_limits', '--user', 'ann')).toBe('{"max-channels":7}\n');
  await done('-p', 'shop', 'clear_policy', 'p');
  await done('change_password', 'ann', 'other');
  expect(await ctl(url, '-q', 'authenticate_user', 'ann', 'secret')).toMatchObject({ code: 65 });
  await done('delete_user', 'ann');
  await done('delete_vhost', 'shop');
  expect(await done('-s', 'list_vhosts')).toBe('/\n');
});

test('queues, exchanges, bindings, consumers, channels and connections are listed', async () => {
  const { broker, done } = await start();
  const { connection, channel } = await client(broker, 'orders');
  await channel.assertExchange('e', 'topic', { durable: true, alternateExchange: 'gone' });
  await channel.assertQueue('q', { arguments: { 'x-max-length': 10 } });
  await channel.bindQueue('q', 'e', 'a.*', { h: 1 });
  await channel.prefetch(7);
  await channel.consume('q', () => {}, { consumerTag: 'tag' });
  channel.sendToQueue('q', Buffer.from('hello'));
  await channel.checkQueue('q');
  expect(await done('-s', 'list_queues', 'name', 'consumers', 'durable')).toBe('q\t1\ttrue\n');
  expect(await done('-s', 'list_exchanges', 'name', 'arguments')).toContain('e\t[{"alternate-exchange","gone"}]\n');
  expect(await done('-s', 'list_bindings', 'source_name', 'destination_name', 'routing_key', 'arguments')).toContain(
    'e\tq\ta.*\t[{"h",1}]\n',
  );
  const [pid = ''] = (await done('-s', 'list_connections', 'pid')).split('\n');
  expect(await done('-s', 'list_channels', 'connection', 'number', 'prefetch_count')).toBe(`${pid}\t1\t7\n`);
  expect(await done('-s', 'list_consumers', 'queue_name', 'channel_pid', 'consumer_tag')).toBe(`q\t${pid} (1)\ttag\n`);
  const closed = new Promise((resolve) => connection.on('close', resolve));
  await done('close_connection', pid, 'maintenance');
  await closed;
  expect(await done('-s', 'list_connections', 'pid')).toBe('');
  expect(await done('delete_queue', 'q')).toBe('Queue was successfully deleted with 1 ready messages\n');
});

test('the node tells of itself, and definitions go round', async () => {
  const { broker, done } = await start();
  expect(await done('status')).toContain(`port: ${broker.port}, protocol: amqp`);
  expect(await done('alarms')).toContain('reported no alarms');
  for (const verb of [
    'ping',
    'await_startup',
    'check_alarms',
    'check_running',
    'check_virtual_hosts',
    'node_health_check',
  ]) {
    await done(verb);
  }
  await done('check_port_listener', String(broker.port));
  const definitions = JSON.parse(await done('export_definitions', '-'));
  expect(definitions.users[0].name).toBe('guest');
  expect((await done('report')).length).toBeGreaterThan(1000);
});

test('the doctor sees what a broker has that should not be', async () => {
  const { broker, url, done } = await start();
  const { channel } = await client(broker);
  await channel.assertQueue('dying', { arguments: { 'x-dead-letter-exchange': 'gone' } });
  await done('set_policy', 'idle', '^nothing', '{"max-length":1}');
  const findings = checkBroker(await brokerFacts(new Api(readTarget({ url }, {}), 5000)));
  expect(findings.map(({ text }) => text)).toEqual([
    'The user guest has the password that everybody knows. Change it, or delete the user.',
    "Dead letters of these queues are lost, as their exchange is not there: 'dying'.",
    "Policies that apply to nothing: 'idle'.",
  ]);
});
