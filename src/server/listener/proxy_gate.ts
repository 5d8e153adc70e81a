import { BlockList, isIP } from 'node:net';
import type { Logger } from '../logger.ts';
import type { Arrival, Gate } from './arrival.ts';
import { readProxyHeader } from './proxy_header.ts';

/**
 * Learns from a proxy where its clients come from. Those that are not trusted to tell come for themselves: to them a header is
 * a client that speaks something else than AMQP.
 */
export class ProxyGate implements Gate {
  readonly #logger: Logger;
  readonly #trusted: BlockList | undefined;

  /** `trusted` are addresses and networks (10.0.0.0/8); undefined trusts everybody, as RabbitMQ does. */
  constructor(trusted: readonly string[] | undefined, logger: Logger) {
    this.#logger = logger;
    this.#trusted = trusted && networks(trusted);
  }

  pass(arrival: Arrival, next: (arrival: Arrival) => void): void {
    const { socket, origin } = arrival;
    if (!this.#trusts(origin.remoteAddress)) {
      next(arrival);
      return;
    }
    let came: Buffer = Buffer.alloc(0);
    const onReadable = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      came = came.length === 0 ? chunk : Buffer.concat([came, chunk]);
      const header = readProxyHeader(came);
      if (header.kind === 'incomplete') return;
      socket.off('readable', onReadable);
      if (header.kind === 'malformed') {
        this.#refuse(arrival, header.reason);
        return;
      }
      const { length, ends } = header;
      if (length < came.length) socket.unshift(came.subarray(length));
      next(ends === undefined ? arrival : { ...arrival, origin: { ...origin, ...ends } });
    };
    socket.on('readable', onReadable);
  }

  #trusts(address: string): boolean {
    return this.#trusted?.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4') ?? true;
  }

  #refuse({ socket, origin }: Arrival, reason: string): void {
    const peer = `${origin.remoteAddress}:${origin.remotePort}`;
    this.#logger.warn({ peer, reason }, 'PROXY protocol header refused');
    socket.destroy();
  }
}

function networks(trusted: readonly string[]): BlockList {
  const list = new BlockList();
  for (const text of trusted) {
    const [address = '', bits] = text.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
