import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Slices } from '../../src/lib/spare_time.ts';

/** There is never time for more than a little, so that others have their turn wherever they can. */
export const NO_TIME: Slices = { isOver: true, later: () => nextTurn() };
