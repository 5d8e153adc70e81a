// A broker of the check's own, with its metrics on HTTP, and something in it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { connect } from 'amqplib';

const server = fileURLToPath(new URL('../../../bench/metrics_server.mjs', import.meta.url));

/** Calls `check` with the URL of the metrics, and stops everything afterwards. */
export async function withMetrics(check) {
  const child = spawn(process.execPath, [server, '0', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const [amqpUrl, metricsUrl] = line.trim().split(' ');
    const connection = await connect(amqpUrl);
    await use(connection);
    await check(metricsUrl);
    await connection.close();
  } finally {
    if (child.kill('SIGTERM')) await once(child, 'exit');
  }
}

/** Names that have to be escaped, messages of several sizes, and some of everything that is counted. */
async function use(connection) {
  const channel = await connection.createConfirmChannel();
  for (const queue of ['plain', 'a "quoted" \\ name']) await channel.assertQueue(queue);
  await channel.assertQueue('quorum', { arguments: { 'x-queue-type': 'quorum' } });
  for (const bytes of [10, 1_000, 100_000]) channel.sendToQueue('plain', Buffer.alloc(bytes), { persistent: true });
  channel.sendToQueue('quorum', Buffer.from('x'));
  channel.publish('', 'nowhere', Buffer.from('x'));
  await channel.waitForConfirms();
  await channel.get('plain');
  await channel.get('quorum', { noAck: true });
  await channel.get('quorum');
}
