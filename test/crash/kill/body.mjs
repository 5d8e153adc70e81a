// A body that shows whether it is the one that was published:
//
//     | id:4 | length:4 | CRC-32 of the filler:4 | filler: every byte the id's hash, counted up |

import { crc32 } from 'node:zlib';

export const BODY_BYTES_MIN = 13;

export function makeBody(id, length) {
  const body = Buffer.alloc(length);
  for (let at = 12, value = Math.imul(id, 0x9e3779b1) >>> 24; at < length; at++, value++) body[at] = value;
  body.writeUInt32BE(id, 0);
  body.writeUInt32BE(length, 4);
  body.writeUInt32BE(crc32(body.subarray(12)), 8);
  return body;
}

/** The id of a body; throws when a byte of it is not what was published. */
export function idOf(body) {
  const id = body.length >= BODY_BYTES_MIN ? body.readUInt32BE(0) : undefined;
  if (id === undefined || !body.equals(makeBody(id, body.length))) {
    throw new Error(`a damaged body of ${body.length} bytes: ${body.subarray(0, 24).toString('hex')}...`);
  }
  return id;
}
