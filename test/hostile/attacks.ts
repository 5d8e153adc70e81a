import { channelChurn, declareStorm, flowStorm, strangeAcks } from './channels.ts';
import { deepNesting, giantTables, headerFlood, hostileNames, tinyFrames } from './frames.ts';
import { connectionFlood, guesses, halfOpen, slowLoris } from './handshakes.ts';
import type { Target } from './intruder.ts';
import { massExpiry, massPurge, massRefusal } from './masses.ts';
import { deafConsumer, endlessPublisher, unboundedUnacked } from './traffic.ts';

/** Rejects where the broker does not answer as it should. Effort 1 takes a second or a few; more is more of the same. */
export type Attack = (target: Target, effort: number) => Promise<void>;

/** docs/hostile-input.md tells what holds each. The number is the effort at which it is done in full. */
export const ATTACKS: readonly (readonly [string, Attack, number])[] = [
  ['slow handshakes', slowLoris, 10],
  ['half-open sockets', halfOpen, 20],
  // 10,200 of them.
  ['thousands of connections at once', connectionFlood, 34],
  // A million.
  ['channels opened and closed', channelChurn, 200],
  ['a storm of declarations', declareStorm, 10],
  ['a storm of channel.flow over many consumers', flowStorm, 10],
  ['acks of tags never given', strangeAcks, 20],
  ['giant tables', giantTables, 20],
  ['deeply nested tables', deepNesting, 10],
  ['header floods', headerFlood, 20],
  ['hostile names', hostileNames, 20],
  ['tiny frames', tinyFrames, 20],
  ['a consumer that never reads', deafConsumer, 10],
  ['publishers that never stop', endlessPublisher, 20],
  ['unacknowledged without limit', unboundedUnacked, 20],
  // A million.
  ['very many purged and deleted', massPurge, 100],
  ['very many that expire at once', massExpiry, 50],
  ['very many refused at once', massRefusal, 50],
  // The last: logins from an address with so many failures are slow for a while.
  ['guessed passwords', guesses, 5],
];
