import { AmqpError } from '../codec/errors.ts';
import { bytesToText, type FieldTable, getString } from '../codec/table.ts';
import { readTable } from '../codec/table_wire.ts';
import { WireReader } from '../codec/wire_reader.ts';
import { WireWriter } from '../codec/wire_writer.ts';

/** What a client says of itself. Anonymous logins have neither name nor password; a certificate was checked already. */
export type Credentials =
  | { readonly kind: 'password'; readonly userName: string; readonly password: string }
  | { readonly kind: 'certificate'; readonly userName: string }
  | { readonly kind: 'anonymous' };

export type Mechanism = 'PLAIN' | 'AMQPLAIN' | 'ANONYMOUS' | 'EXTERNAL';

/** `certificateUser` tells who the client's certificate says it is. Throws 503 for a mechanism that is not offered, 502 for a response that is not of its form. */
export function readCredentials(
  mechanism: string,
  response: Uint8Array,
  offered: readonly Mechanism[],
  certificateUser: () => string,
): Credentials {
  if (!offered.includes(mechanism as Mechanism)) {
    throw new AmqpError(503, `unknown authentication mechanism '${mechanism}'`);
  }
  switch (mechanism as Mechanism) {
    case 'PLAIN':
      return plain(response);
    case 'AMQPLAIN':
      return amqplain(response);
    case 'ANONYMOUS':
      return { kind: 'anonymous' };
    case 'EXTERNAL':
      return { kind: 'certificate', userName: certificateUser() };
  }
}

/** NUL, user name, NUL, password: as in RFC 4616, without an authorization identity, which RabbitMQ refuses. */
function plain(response: Uint8Array): Credentials {
  const separator = response.indexOf(0, 1);
  if (response[0] !== 0 || separator === -1) throw new AmqpError(502, 'response for PLAIN is not of its form');
  const userName = bytesToText(response.subarray(1, separator));
  const password = bytesToText(response.subarray(separator + 1));
  return { kind: 'password', userName, password };
}

/** A field table without its length: LOGIN and PASSWORD, both long strings. */
function amqplain(response: Uint8Array): Credentials {
  const fields = tableWithoutLength(response);
  const userName = getString(fields, 'LOGIN');
  const password = getString(fields, 'PASSWORD');
  if (userName === undefined || password === undefined) {
    throw new AmqpError(502, 'AMQPLAIN auth info is missing LOGIN or PASSWORD field');
  }
  return { kind: 'password', userName, password };
}

/** What is no table is not shown, as there may be a password in it. */
function tableWithoutLength(response: Uint8Array): FieldTable {
  const writer = new WireWriter(response.length + 4);
  writer.longstr(response);
  try {
    return readTable(new WireReader(writer.view(), 0, writer.offset));
  } catch (error) {
    if (!(error instanceof AmqpError)) throw error;
    throw new AmqpError(502, 'response for AMQPLAIN is not of its form');
  }
}
