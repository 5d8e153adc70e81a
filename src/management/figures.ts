import type { Details, FigurePath, Figures, FiguresByGroup } from '../metrics/figures.ts';

/** Figures as the API's objects have them: what there is beside the rest, what was counted in `message_stats`. */
export function figuresView({ lengths, msg_rates: counted, data_rates: octets }: FiguresByGroup): object {
  return { ...lengths, ...octets, ...messageStats(counted) };
}

/**
 * Which figure stands at a path of `figuresView`: `message_stats.publish`, `message_stats.publish_details.rate`,
 * `messages_details.rate`, `recv_oct`. Undefined for a path at which none does.
 */
export function figurePath(path: string): FigurePath | undefined {
  const [, stats, name, rate] = /^(message_stats\.)?([a-z_]+?)(_details\.rate)?$/.exec(path) ?? [];
  if (name === undefined) return undefined;
  return { groups: stats === undefined ? ['lengths', 'data_rates'] : ['msg_rates'], name, isRate: rate !== undefined };
}

/** Left out where nothing has happened. */
export function messageStats(counted: Figures): { readonly message_stats?: Figures } {
  return Object.keys(counted).length === 0 ? {} : { message_stats: counted };
}

/** Of several objects together. */
export function sumOf(all: readonly Figures[]): Figures {
  const sum: Record<string, number | Details> = {};
  for (const figures of all) {
    for (const [name, value] of Object.entries(figures)) sum[name] = added(sum[name], value);
  }
  return sum;
}

function added(sum: number | Details | undefined, value: number | Details): number | Details {
  if (typeof value === 'number') return (typeof sum === 'number' ? sum : 0) + value;
  return { rate: (typeof sum === 'object' ? sum.rate : 0) + value.rate };
}
