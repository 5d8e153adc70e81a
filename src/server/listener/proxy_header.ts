// What a proxy says of a client before the client's own first byte. Version 1 is a line, of 107 octets at most:
//
//     PROXY TCP4 192.0.2.1 198.51.100.7 56324 5672\r\n        or TCP6; PROXY UNKNOWN, anything, \r\n
//           │    source    destination  source's and destination's port
//
// Version 2:
//
//     0        12  13  14      16
//     ├ signature ┼ 21 ┼ family ┼ length ┤ source | destination | source port | destination port | TLVs
//                   20: the proxy's own     4 or 16 octets each    2 octets each    not looked at
//                   family: 11 TCP over IPv4, 21 TCP over IPv6; others have no address that means anything here
//
// A proxy that speaks for itself (UNKNOWN, or 20, a health check) is where it is seen to be.

import { isIP, SocketAddress } from 'node:net';
import { readU16 } from '../../core/store/record.ts';

export type ProxyHeader =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'malformed'; readonly reason: string }
  | { readonly kind: 'header'; readonly length: number; readonly ends: ProxyEnds | undefined };

/** The client, and the address at which it reached the proxy. */
export interface ProxyEnds {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
}

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const PREFIX = Buffer.from('PROXY ', 'latin1');
const LINE_BYTES_MAX = 107;
const FIXED_BYTES = 16;
/** Addresses and TLVs. The specification allows 64 KiB; what proxies send is some hundreds. */
const LENGTH_MAX = 4096;

const INCOMPLETE: ProxyHeader = { kind: 'incomplete' };

/** Reads the header at the start of what has come so far. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (startsAs(bytes, SIGNATURE)) return bytes.length < FIXED_BYTES ? INCOMPLETE : readBinary(bytes);
  if (startsAs(bytes, PREFIX)) return readLine(bytes);
  return malformed('no PROXY protocol header');
}

/** As far as both go. */
function startsAs(bytes: Buffer, expected: Buffer): boolean {
  const length = Math.min(bytes.length, expected.length);
  return bytes.compare(expected, 0, length, 0, length) === 0;
}

function readLine(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, LINE_BYTES_MAX).indexOf('\r\n');
  if (end === -1) return bytes.length < LINE_BYTES_MAX ? INCOMPLETE : malformed('the line does not end');
  const length = end + 2;
  const words = bytes.toString('latin1', PREFIX.length, end).split(' ');
  const [family, remoteAddress = '', localAddress = '', remotePort = '', localPort = '', ...rest] = words;
  if (family === 'UNKNOWN') return { kind: 'header', length, ends: undefined };
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : undefined;
  if (version === undefined || rest.length > 0) return malformed('not a line of its form');
  if (!isAddress(remoteAddress, version) || !isAddress(localAddress, version)) return malformed('not an IP address');
  if (!isPort(remotePort) || !isPort(localPort)) return malformed('not a port');
  const ends = {
    remoteAddress: plain(remoteAddress, version),
    remotePort: Number(remotePort),
    localAddress: plain(localAddress, version),
    localPort: Number(localPort),
  };
  return { kind: 'header', length, ends };
}

function readBinary(bytes: Buffer): ProxyHeader {
  const command = bytes[12] as number;
  const family = bytes[13] as number;
  const size = readU16(bytes, 14);
  if (command !== 0x20 && command !== 0x21) return malformed('not a version and command that exist');
  if (size > LENGTH_MAX) return malformed('too long');
  const length = FIXED_BYTES + size;
  const addressBytes = family === 0x11 ? 4 : family === 0x21 ? 16 : 0;
  if (command === 0x21 && addressBytes > 0 && size < 2 * addressBytes + 4) return malformed('too short');
  if (bytes.length < length) return INCOMPLETE;
  if (command === 0x20 || addressBytes === 0) return { kind: 'header', length, ends: undefined };
  const ports = FIXED_BYTES + 2 * addressBytes;
  const ends = {
    remoteAddress: addressAt(bytes, FIXED_BYTES, addressBytes),
    remotePort: readU16(bytes, ports),
    localAddress: addressAt(bytes, FIXED_BYTES + addressBytes, addressBytes),
    localPort: readU16(bytes, ports + 2),
  };
  return { kind: 'header', length, ends };
}

function addressAt(bytes: Buffer, at: number, length: number): string {
  if (length === 4) return bytes.subarray(at, at + 4).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => readU16(bytes, at + 2 * index).toString(16));
  return plain(groups.join(':'), 6);
}

/** The one way to write an address, as the kernel would. */
function plain(address: string, version: 4 | 6): string {
  return new SocketAddress({ address, family: version === 4 ? 'ipv4' : 'ipv6' }).address;
}

/** A zone (`fe80::1%eth0`) means something on the proxy only. */
function isAddress(text: string, version: 4 | 6): boolean {
  return isIP(text) === version && !text.includes('%');
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 0xffff;
}

function malformed(reason: string): ProxyHeader {
  return { kind: 'malformed', reason };
}
