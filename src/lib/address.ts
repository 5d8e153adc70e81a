import { isIPv6 } from 'node:net';

/** IP addresses as RabbitMQ shows them. */

/** An IPv4 address that came as one mapped into IPv6, by itself. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}

/** `127.0.0.1:5672`, `[::1]:5672`. */
export function printEnd(address: string, port: number | undefined): string {
  const plain = withoutMapping(address);
  return `${isIPv6(plain) ? `[${plain}]` : plain}:${port ?? ''}`;
}

/** `127.0.0.1`, `::1`. */
export function printHost(address: string): string {
  return withoutMapping(address);
}

/** In Erlang's notation: `{127,0,0,1}`, `{0,0,0,0,0,0,0,1}`. */
export function printAddress(address: string): string {
  const plain = withoutMapping(address);
  return `{${(isIPv6(plain) ? groupsOf(plain) : plain.split('.')).join(',')}}`;
}

/** All eight, of which `::` leaves out those that are 0. */
function groupsOf(address: string): number[] {
  const [head = '', tail] = address.replace(/%.*/, '').split('::');
  const before = numbers(head);
  const after = numbers(tail ?? '');
  return [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
}

function numbers(groups: string): number[] {
  return groups === '' ? [] : groups.split(':').map((group) => Number.parseInt(group, 16));
}
