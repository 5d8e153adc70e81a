// What the management API answers, beside what RabbitMQ 4.3 answered: docs/management.md tells of it.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import type { Broker } from '../../src/index.ts';
import { Api, basic } from '../support/api.ts';
import { startBroker } from '../support/broker.ts';
import { ACCEPTED } from './accepted.ts';
import { type HttpConversation, type Told, talk } from './conversation.ts';
import { ADMINISTRATION } from './conversations/administration.ts';
import { CLIENTS } from './conversations/clients.ts';
import { MESSAGING } from './conversations/messaging.ts';
import { NODE } from './conversations/node.ts';
import { TRACING } from './conversations/tracing.ts';
import { type PermissionTable, permissionTable } from './permissions.ts';
import { differences } from './shape.ts';

const TOPICS: Readonly<Record<string, readonly HttpConversation[]>> = {
  administration: ADMINISTRATION,
  clients: CLIENTS,
  messaging: MESSAGING,
  node: NODE,
  tracing: TRACING,
};

/** Of a RabbitMQ, whose answers are recorded then. */
const reference = process.env['RABBITMQ_MANAGEMENT_URL'];

/** RabbitMQ tells of what clients do every five seconds. */
const STATISTICS_MS = 6_500;

type Recording = Record<string, readonly Told[]>;

describe.each(Object.entries(TOPICS))('%s', (topic, conversations) => {
  const path = new URL(`recorded/${topic}.json`, import.meta.url);
  const recording: Recording = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};

  test.each(conversations.map((conversation) => [conversation.name, conversation] as const))(
    '%s',
    async (name, conversation) => {
      if (reference !== undefined) {
        recording[name] = await talkToReference(reference, conversation);
        writeFileSync(path, `${JSON.stringify(recording, undefined, 1)}\n`);
      }
      const broker = await busyBroker();
      const amqpUrl = broker.url;
      const told = await talk({ api: Api.of(broker), node: 'leveret@localhost', amqpUrl, delayMs: 0 }, conversation);
      const expected = recording[name] ?? [];
      expect(told.map(({ request }) => request)).toEqual(expected.map(({ request }) => request));
      expect(told.flatMap((answer, index) => unlike(expected[index] as Told, answer))).toEqual([]);
    },
  );
});

describe('permissions', () => {
  const path = new URL('recorded/permissions.json', import.meta.url);

  test('whoever may do something with RabbitMQ may do it here, and nobody else', async () => {
    if (reference !== undefined) {
      const recorded = await permissionTable(reference, await nodeOf(reference));
      writeFileSync(path, `{\n${rows(recorded)}\n}\n`);
    }
    const broker = await startBroker({ management: {} });
    const table = await permissionTable(broker.managementUrl ?? '', 'leveret@localhost');
    expect(table).toEqual(JSON.parse(readFileSync(path, 'utf8')));
  });
});

/** A line for each request. */
function rows(table: PermissionTable): string {
  const lines = Object.entries(table).map(
    ([request, words]) => `  ${JSON.stringify(request)}: ${JSON.stringify(words)}`,
  );
  return lines.join(',\n');
}

async function nodeOf(url: string): Promise<string> {
  const { json } = await new Api(url, basic('guest', 'guest')).get('overview');
  return json.node;
}

/** One in which what is counted of messages has happened. */
async function busyBroker(): Promise<Broker> {
  const broker = await startBroker({ management: {} });
  const connection = await connect(broker.url);
  const channel = await connection.createConfirmChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  channel.sendToQueue(queue, Buffer.from('hare'));
  await channel.waitForConfirms();
  await channel.get(queue, { noAck: true });
  await connection.close();
  return broker;
}

async function talkToReference(url: string, conversation: HttpConversation): Promise<readonly Told[]> {
  const api = new Api(url, basic('guest', 'guest'));
  const amqpUrl = process.env['RABBITMQ_URL'] ?? 'amqp://guest:guest@127.0.0.1:5672';
  return talk({ api, node: await nodeOf(url), amqpUrl, delayMs: STATISTICS_MS }, conversation);
}

/** What is not as it was recorded, and not accepted. */
function unlike(expected: Told, actual: Told): string[] {
  const lines = expected.status === actual.status ? bodyDifferences(expected, actual) : [statuses(expected, actual)];
  const { request } = actual;
  const left = lines.filter(
    (line) => !ACCEPTED.some((each) => each.request.test(request) && each.difference.test(line)),
  );
  return left.map((line) => `${request}: ${line}`);
}

function statuses(expected: Told, actual: Told): string {
  return `status ${expected.status} is ${actual.status} ${JSON.stringify(actual.literal ?? '')}`;
}

function bodyDifferences(expected: Told, actual: Told): string[] {
  if (expected.literal !== undefined) {
    const [was, is] = [expected.literal, actual.literal].map((value) => JSON.stringify(sorted(value)));
    return was === is ? [] : [`${was} is ${is}`];
  }
  if (expected.shape === undefined || actual.shape === undefined) {
    return expected.shape === actual.shape ? [] : ['only one of them has a body'];
  }
  return differences(expected.shape, actual.shape);
}

/** The same whatever order fields come in. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([field, inner]) => [field, sorted(inner)]));
}
