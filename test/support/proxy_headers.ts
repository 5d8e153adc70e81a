import { SocketAddress } from 'node:net';

export interface Ends {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

/** PROXY protocol headers, as a proxy writes them. */

export function proxyLine({ remoteAddress, remotePort, localAddress, localPort }: Ends): Buffer {
  const family = remoteAddress.includes(':') ? 'TCP6' : 'TCP4';
  return Buffer.from(`PROXY ${family} ${remoteAddress} ${localAddress} ${remotePort} ${localPort}\r\n`, 'latin1');
}

export function proxyBinary(ends: Ends, tlvs: Uint8Array = Buffer.alloc(0)): Buffer {
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(ends.remotePort, 0);
  ports.writeUInt16BE(ends.localPort, 2);
  const body = Buffer.concat([addressBytes(ends.remoteAddress), addressBytes(ends.localAddress), ports, tlvs]);
  return binary(0x21, ends.remoteAddress.includes(':') ? 0x21 : 0x11, body);
}

/** A header of version 2 around any body. */
export function binary(command: number, family: number, body: Uint8Array): Buffer {
  const head = Buffer.from('\r\n\r\n\0\r\nQUIT\n\0\0\0\0', 'latin1');
  head[12] = command;
  head[13] = family;
  head.writeUInt16BE(body.length, 14);
  return Buffer.concat([head, body]);
}

function addressBytes(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const { address: plain } = new SocketAddress({ address, family: 'ipv6' });
  const [before = '', after] = plain.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [head, tail] = [groups(before), groups(after ?? '')];
  const all = [...head, ...new Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
