import type { Leaving } from '../queue/leaving.ts';
import type { VirtualHost } from '../vhost.ts';

/** Messages dropped before it is looked whether there is time for more. */
const DROPPED_AT_ONCE = 500;

/** Drops what was taken out of a queue, in parts; `done` is called at the end, which is at once where it is little. */
export function dropLeaving(vhost: VirtualHost, leaving: Leaving, done: () => void = () => {}): void {
  if (!leaving.drop(DROPPED_AT_ONCE)) {
    done();
    return;
  }
  vhost.departing.add(leaving);
  vhost.turn.inParts(() => {
    if (leaving.drop(DROPPED_AT_ONCE)) return true;
    vhost.departing.delete(leaving);
    done();
    return false;
  });
}
