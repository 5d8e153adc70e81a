// Starts the built daemon as a user would, on any free port with a data folder of its own, and stops it with SIGTERM.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { killGroup, start, stop, waitForOutput } from './processes.mjs';

const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
const readyTimeoutMs = 15_000;
const stopTimeoutMs = 15_000;

export async function startLeveret(folder) {
  if (!existsSync(main)) throw new Error(`${main} is not there: run "npm run build" first`);
  const flags = ['--host', '127.0.0.1', '--port', '0', '--data-dir', join(folder, 'data'), '--log-format', 'json'];
  const env = { LEVERET_MANAGEMENT_PORT: '0', LEVERET_PROMETHEUS_PORT: 'off' };
  const handle = start(process.execPath, [main, 'start', ...flags], { env });
  const port = await readyPort(handle, 'Leveret is ready', 'port');
  const managementPort = await readyPort(handle, 'HTTP is ready', 'managementPort');
  if (port === undefined || managementPort === undefined) {
    killGroup(handle);
    throw new Error(`Leveret was not ready after ${readyTimeoutMs / 1000} s; it said:\n${handle.output}`);
  }
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    managementUrl: `http://127.0.0.1:${managementPort}`,
    stop: () => stop(handle, stopTimeoutMs),
  };
}

/** The port of the JSON log line that says so: {..., "port": 40123, "msg": "Leveret is ready"}. */
async function readyPort(handle, message, field) {
  const found = await waitForOutput(handle, new RegExp(`^\\{.*"msg":"${message}".*\\}$`, 'm'), readyTimeoutMs);
  return found && JSON.parse(found[0])[field];
}
