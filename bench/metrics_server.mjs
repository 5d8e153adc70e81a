// A broker with its metrics on HTTP, to look at by hand or to let a real Prometheus read:
//
//     npm run build && node bench/metrics_server.mjs [AMQP port] [HTTP port]
//
// `/metrics`, `/metrics/per-object` and `/metrics/detailed?family=…&vhost=…`.

import { createServer } from 'node:http';
import { createBroker } from '../dist/index.js';
import { CONTENT_TYPES, formatFor } from '../dist/metrics/prometheus/writer.js';

const KINDS = { '/metrics': 'aggregated', '/metrics/per-object': 'per-object', '/metrics/detailed': 'detailed' };

const [port = '5672', httpPort = '15692'] = process.argv.slice(2);
const broker = await createBroker({ port: Number(port) });
const server = createServer(answer).listen(Number(httpPort), '127.0.0.1', () => {
  console.log(`${broker.url} http://127.0.0.1:${server.address().port}/metrics`);
});
process.once('SIGTERM', async () => {
  server.close();
  server.closeAllConnections();
  await broker.close();
});

async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  const kind = KINDS[pathname];
  if (kind === undefined) return response.writeHead(404).end();
  const format = formatFor(request.headers.accept);
  response.writeHead(200, { 'content-type': CONTENT_TYPES[format] });
  const wanted = { families: searchParams.getAll('family'), vhosts: searchParams.getAll('vhost') };
  for await (const chunk of broker.prometheus({ kind, openMetrics: format === 'openmetrics', ...wanted })) {
    response.write(chunk);
  }
  return response.end();
}
