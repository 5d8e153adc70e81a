// A process of its own that opens connections with a channel each and then does nothing:
//
//     node bench/load/idle.mjs URL COUNT          prints "open" when they all are, and ends when its input does

import { Connection } from './connection.mjs';

const AT_ONCE = 64;
/** Well below the ports that a source address has. */
const PER_ADDRESS = 10_000;
const READ_BYTES = 4096;
const HEARTBEAT_SECONDS = 60;

const [url, count] = process.argv.slice(2);
const onLoopback = /^127\./.test(new URL(url).hostname);
let next = 0;

async function openSome() {
  while (next < Number(count)) {
    const localAddress = onLoopback ? sourceAddress(next) : undefined;
    next++;
    await Connection.open(url, { localAddress, readBytes: READ_BYTES, heartbeatSeconds: HEARTBEAT_SECONDS });
  }
}

function sourceAddress(index) {
  return `127.0.0.${2 + Math.floor(index / PER_ADDRESS)}`;
}

await Promise.all(Array.from({ length: AT_ONCE }, openSome));
process.stdout.write('open\n');
process.stdin.on('end', () => process.exit(0)).resume();
