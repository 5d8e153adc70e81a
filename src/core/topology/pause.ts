import type { Queue } from '../queue/queue.ts';
import type { VirtualHost } from '../vhost.ts';

/**
 * A paused queue takes messages, drops those that expire and settles what is out, but hands out none, whether to consumers or for
 * basic.get. A durable one is still paused after a restart.
 */
export function pauseQueue({ durable }: VirtualHost, queue: Queue): void {
  if (queue.consumers.paused) return;
  queue.consumers.pause();
  durable?.queuePaused(queue);
}

export function resumeQueue({ durable }: VirtualHost, queue: Queue): void {
  if (!queue.consumers.paused) return;
  queue.consumers.resume();
  durable?.queuePaused(queue);
  // Whoever it is: the queue is drained if somebody has room.
  for (const consumer of queue.consumers.all()) queue.wake(consumer);
}
