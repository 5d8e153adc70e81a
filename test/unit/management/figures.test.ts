import { expect, test } from 'vitest';
import { figurePath, figuresView } from '../../../src/management/figures.ts';
import { valueAt } from '../../../src/management/terms.ts';
import { CountingBench } from '../../support/counting_bench.ts';

const NAMES = [
  'publish',
  'publish_in',
  'publish_out',
  'confirm',
  'drop_unroutable',
  'deliver',
  'deliver_get',
  'get',
  'ack',
];
const LENGTHS = ['messages', 'messages_ready', 'messages_unacknowledged', 'recv_oct', 'send_oct', 'nothing'];
const PATHS = [...NAMES.map((name) => `message_stats.${name}`), ...LENGTHS];

test('a figure by itself is the same as in all that is told', () => {
  const bench = new CountingBench();
  const { metrics, vhost } = bench;
  bench.declare('q');
  metrics.start();
  const check = (): void => {
    for (const path of PATHS.flatMap((path) => [path, `${path}_details.rate`])) {
      const of = figurePath(path)!;
      const pairs = [
        [metrics.queueFigure(of)?.(bench.queue()), metrics.queue(bench.queue())],
        [metrics.exchangeFigure(of)?.(vhost.exchange('')), metrics.exchange(vhost.exchange(''))],
        [metrics.channelFigure(of)?.(bench.channel()), metrics.channel(bench.channel())],
        [metrics.connectionFigure(of)?.(bench.client.connection), metrics.connection(bench.client.connection)],
      ] as const;
      for (const [figure, all] of pairs) expect(figure, path).toEqual(valueAt(figuresView(all), path));
    }
  };
  check();
  for (const count of [7, 20, 0]) {
    bench.publish('q', { count });
    bench.client.send(1, 'basic.get', { queue: 'q', noAck: true });
    check();
    bench.clock.advance(5_000);
    check();
  }
  metrics.stop();
});

test.each(['', 'message_stats', 'message_stats.publish_details', 'message_stats.publish_details.avg', 'arguments.x-a'])(
  'no figure is at %s',
  (path) => {
    const of = figurePath(path);
    expect(of === undefined ? undefined : new CountingBench().metrics.queueFigure(of)).toBe(undefined);
  },
);
