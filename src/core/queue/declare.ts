import type { QueueProperties } from './queue.ts';
export function checkEquivalent(_a: QueueProperties, _b: QueueProperties, _v: string): void {}
export function checkQueueArguments(_a: QueueProperties, _v: string): void {}
