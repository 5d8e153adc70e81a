import { channelChurn, declareStorm, flowStorm, strangeAcks } from './channels.ts';
import { deepNesting, giantTables, headerFlood, hostileNames, tinyFrames } from './frames.ts';
import { connectionFlood, guesses, halfOpen, slowLoris } from './handshakes.ts';
import type { Target } from './intruder.ts';
import { deafConsumer, endlessPublisher, unboundedUnacked } from './traffic.ts';

/** Rejects where the broker does not answer as it should. Effort 1 takes a second or a few; more is more of the same. */
export type Attack = (target: Target, effort: number) => Promise<void>;

/** docs/hostile-input.md tells what holds each. */
export const ATTACKS: readonly (readonly [string, Attack])[] = [
  ['slow handshakes', slowLoris],
  ['half-open sockets', halfOpen],
  ['thousands of connections at once', connectionFlood],
  ['guessed passwords', guesses],
  ['channels opened and closed', channelChurn],
  ['a storm of declarations', declareStorm],
  ['a storm of channel.flow over many consumers', flowStorm],
  ['acks of tags never given', strangeAcks],
  ['giant tables', giantTables],
  ['deeply nested tables', deepNesting],
  ['header floods', headerFlood],
  ['hostile names', hostileNames],
  ['tiny frames', tinyFrames],
  ['a consumer that never reads', deafConsumer],
  ['publishers that never stop', endlessPublisher],
  ['unacknowledged without limit', unboundedUnacked],
];
