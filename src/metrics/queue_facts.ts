import { peekTimestamp } from '../codec/property_peek.ts';
import type { Queue } from '../core/queue/queue.ts';
import { offsetOf, type PageTable } from '../core/store/page_table.ts';
import { propertiesEnd, propertiesStart, routeEnd } from '../core/store/record.ts';
import { QueueTrack, type Track } from './track.ts';

/**
 * RabbitMQ's consumer_capacity: how much of the time a message could be delivered at once, from 0 to 1. Without a track, whether
 * one could be now.
 */
export function consumerCapacity({ consumers, readyCount }: Queue, track: Track | undefined): number {
  if (consumers.size === 0) return 0;
  const known = track instanceof QueueTrack ? track.capacity : undefined;
  return known ?? (consumers.hasWaiting || readyCount === 0 ? 1 : 0);
}

/** How long its first ready message has been there, at most: 0 if there is none, undefined while nobody has looked. */
export function oldestAgeMs(queue: Queue, track: Track | undefined, nowMs: number): number | undefined {
  if (queue.readyCount === 0) return 0;
  return track instanceof QueueTrack ? track.oldestAgeMs(queue, nowMs) : undefined;
}

/** The timestamp that its publisher gave the first ready message, in seconds since 1970; undefined while it is only on disk. */
export function headMessageTimestamp(queue: Queue, pages: PageTable): number | undefined {
  const position = queue.oldestList.headPosition();
  if (position === undefined || !pages.isReadable(position) || pages.isLost(position)) return undefined;
  const { bytes, base } = pages.of(position);
  const content = routeEnd(bytes, base + offsetOf(position));
  return peekTimestamp(bytes, propertiesStart(content), propertiesEnd(bytes, content));
}
