import type { Arrival } from './raw_arrivals.ts';

export function isConfirm({ name }: Arrival): boolean {
  return name === 'basic.ack' || name === 'basic.nack';
}

/** A server's confirms as the publishes that they settle: how many go into one frame is the server's affair. */
export class Confirms {
  count = 0;
  readonly #settled = new Map<number, Set<number>>();

  /** The tags that this arrival settles, `not-` before those refused, or undefined where it is no confirm. */
  settle({ method, channel }: Arrival): string[] | undefined {
    if (method?.name !== 'basic.ack' && method?.name !== 'basic.nack') return undefined;
    const settled = this.#settled.get(channel) ?? new Set();
    this.#settled.set(channel, settled);
    const tags: string[] = [];
    for (let tag = method.multiple ? 1 : method.deliveryTag; tag <= method.deliveryTag; tag += 1) {
      if (settled.has(tag)) continue;
      settled.add(tag);
      tags.push(method.name === 'basic.ack' ? `${tag}` : `not-${tag}`);
    }
    this.count += tags.length;
    return tags;
  }
}
