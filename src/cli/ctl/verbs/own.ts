import { path } from '../api.ts';
import { cell } from '../column.ts';
import { UsageError } from '../exit.ts';
import { isObject, type Json, type JsonObject, numberOf, objectsOf, textOf } from '../json.ts';
import { isSet } from '../listing.ts';
import type { Output } from '../output.ts';
import { parseJsonObject } from '../parse_json.ts';
import { flagText, type Verbs } from '../verb.ts';

/** What rabbitmqctl does not have. */
export const OWN_VERBS: Verbs = {
  pause_queue: {
    words: '<queue>',
    sentence: 'Has a queue take messages, and deliver none.',
    run: async ({ api, output, vhost }, [queue = '']) => {
      output.announce(`Pausing queue '${queue}' in vhost '${vhost}' ...`);
      await api.put(path`/api/queues/${vhost}/${queue}/pause`, {});
    },
  },
  resume_queue: {
    words: '<queue>',
    sentence: 'Has it deliver again.',
    run: async ({ api, output, vhost }, [queue = '']) => {
      output.announce(`Resuming queue '${queue}' in vhost '${vhost}' ...`);
      await api.put(path`/api/queues/${vhost}/${queue}/resume`, {});
    },
  },
  replay_queue: {
    words: '<queue>',
    sentence: 'Brings the dead letters of a queue back to where they came from.',
    options: [
      { flags: '--dry-run', sentence: 'Only tell what would go where.' },
      { flags: '--count <number>', sentence: 'At most so many messages, from the oldest on.' },
      {
        flags: '--to <where>',
        sentence: 'queue, from which they came, or exchange, to which they were published. Default: queue.',
      },
    ],
    run: async ({ api, output, vhost }, [queue = ''], flags) => {
      const dryRun = isSet(flags, 'dryRun');
      output.announce(`Replaying dead letters of queue '${queue}' in vhost '${vhost}' ...`);
      const body = { dry_run: dryRun, to: flagText(flags, 'to') ?? 'queue', ...countOf(flagText(flags, 'count')) };
      const answer = await api.post(path`/api/queues/${vhost}/${queue}/replay`, body);
      printReplay(output, isObject(answer) ? answer : {}, dryRun);
    },
  },
  explain_route: {
    words: '<exchange> <routing_key>',
    sentence: 'Tells which queues a message would go to, and why not to the others; nothing is published.',
    options: [{ flags: '--headers <json>', sentence: 'Headers of the message.' }],
    run: async ({ api, output, vhost }, [exchange = '', routingKey = ''], flags) => {
      output.announce(`Explaining where exchange '${exchange}' in vhost '${vhost}' routes '${routingKey}' ...`);
      // The default exchange has no name that could stand in a path.
      const named = exchange === '' ? 'amq.default' : exchange;
      const body = { routing_key: routingKey, headers: parseJsonObject(flagText(flags, 'headers') ?? '{}') };
      const answer = await api.post(path`/api/exchanges/${vhost}/${named}/explain`, body);
      printRoute(output, isObject(answer) ? answer : {});
    },
  },
};

function countOf(text: string | undefined): JsonObject {
  if (text === undefined) return {};
  if (/^[1-9]\d*$/.test(text)) return { count: Number(text) };
  throw new UsageError(`--count takes a whole number from 1 on, not "${text}"`);
}

function printReplay(output: Output, answer: JsonObject, dryRun: boolean): void {
  if (output.formatter === 'json') {
    output.json(answer);
    return;
  }
  const { replayed, examined, destinations, skipped } = answer;
  output.announce(
    `${numberOf(replayed)} messages ${dryRun ? 'would be ' : ''}replayed, of ${numberOf(examined)} that were looked at`,
  );
  const rows = objectsOf(destinations).map(({ messages, queues }) => [cell(messages), cell(joined(queues))]);
  const left = Object.entries(isObject(skipped) ? skipped : {}).map(([why, count]) => [cell(count), cell(`(${why})`)]);
  output.table(['messages', 'queues'], [...rows, ...left], 'nothing');
}

function printRoute(output: Output, answer: JsonObject): void {
  if (output.formatter === 'json') {
    output.json(answer);
    return;
  }
  const { queues, others } = answer;
  const gets = (Array.isArray(queues) ? queues : []).map((queue) => [cell(queue), cell(true), cell('')]);
  const not = objectsOf(others).map(({ queue, why }) => [cell(textOf(queue)), cell(false), cell(textOf(why))]);
  output.table(['queue', 'gets_it', 'why_not'], [...gets, ...not], 'nothing');
}

function joined(list: Json | undefined): string {
  return Array.isArray(list) ? list.join(', ') : '';
}
