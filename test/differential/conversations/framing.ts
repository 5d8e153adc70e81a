import { frame, headerPayload, methodPayload, shortstr } from '../../support/raw_bytes.ts';
import type { Conversation } from '../stage.ts';
import { garbage } from '../talk.ts';

const NOTHING = new Uint8Array();
const CHANNEL_OPEN = methodPayload(20, 10, Uint8Array.of(0));
/** basic.publish to the default exchange with routing key `q`. */
const PUBLISH = methodPayload(
  60,
  40,
  Buffer.concat([Uint8Array.of(0, 0), shortstr(''), shortstr('q'), Uint8Array.of(0)]),
);

export const FRAMING: readonly Conversation[] = [
  garbage('frame larger than frame_max', 'a frame above frame_max is 501', {
    type: 1,
    channel: 1,
    payload: CHANNEL_OPEN,
    size: 200_000,
  }),
  garbage('body frame larger than frame_max', 'a frame above frame_max is 501', {
    type: 3,
    channel: 1,
    payload: NOTHING,
    size: 200_000,
  }),
  garbage('wrong end octet', 'a frame ends in 0xCE', {
    type: 1,
    channel: 1,
    payload: CHANNEL_OPEN.subarray(0, 4),
    end: 0,
  }),
  garbage('wrong end octet of a longer frame', 'the reply shows the payload', {
    type: 1,
    channel: 1,
    payload: PUBLISH,
    end: 7,
  }),
  garbage('wrong end octet of a body', 'the reply shows the payload', {
    type: 3,
    channel: 1,
    payload: Buffer.from('abc'),
    end: 0,
  }),
  garbage('unknown frame type on channel 0', 'an unknown frame type is 501', { type: 4, channel: 0, payload: NOTHING }),
  garbage('unknown frame type on channel 1', 'an unknown frame type is 501', {
    type: 4,
    channel: 1,
    payload: Buffer.from('abc'),
  }),
  garbage('unknown frame type on a channel never opened', 'an unknown frame type is 501', {
    type: 9,
    channel: 7,
    payload: NOTHING,
  }),
  garbage('heartbeat on channel 1', 'heartbeats belong on channel 0', { type: 8, channel: 1, payload: NOTHING }),
  garbage('heartbeat on a channel never opened', 'heartbeats belong on channel 0', {
    type: 8,
    channel: 9,
    payload: NOTHING,
  }),
  garbage('header when a method is due', 'content comes after its method', {
    type: 2,
    channel: 1,
    payload: headerPayload(60, 1),
  }),
  garbage('body when a method is due', 'content comes after its method', {
    type: 3,
    channel: 1,
    payload: Buffer.from('abc'),
  }),
  garbage('body on channel 0', 'channel 0 carries methods only', { type: 3, channel: 0, payload: Buffer.from('abc') }),
  garbage('header on channel 0', 'channel 0 carries methods only', {
    type: 2,
    channel: 0,
    payload: headerPayload(60, 1),
  }),
  garbage('body on a channel never opened', 'a channel is opened first', {
    type: 3,
    channel: 7,
    payload: Buffer.from('abc'),
  }),
  garbage('header on a channel never opened', 'a channel is opened first', {
    type: 2,
    channel: 7,
    payload: headerPayload(60, 1),
  }),
  garbage('wrong end octet of a long frame', 'the reply text is cut', {
    type: 3,
    channel: 1,
    payload: new Uint8Array(300),
    end: 0,
  }),
  garbage('wrong end octet of a long text frame', 'the reply text is cut', {
    type: 3,
    channel: 1,
    payload: Buffer.alloc(300, 'a'),
    end: 0,
  }),
  garbage('wrong end octet of 30 numbers', 'the reply text has line breaks', {
    type: 3,
    channel: 1,
    payload: new Uint8Array(30),
    end: 0,
  }),
  garbage('wrong end octet of 90 letters', 'the reply text has line breaks', {
    type: 3,
    channel: 1,
    payload: Buffer.alloc(90, 'a'),
    end: 0,
  }),
  garbage('wrong end octet of Latin-1', 'the reply shows what is printable', {
    type: 3,
    channel: 1,
    payload: Buffer.from('häse', 'latin1'),
    end: 0,
  }),
  garbage('wrong end octet of UTF-8', 'the reply shows what is printable', {
    type: 3,
    channel: 1,
    payload: Buffer.from('häse'),
    end: 0,
  }),
  garbage('wrong end octet of quotes and line breaks', 'the reply shows what is printable', {
    type: 3,
    channel: 1,
    payload: Buffer.from('a"b\\c\n\t'),
    end: 0,
  }),
  {
    name: 'protocol header while running',
    rule: 'bytes that are no frame',
    run: async (stage) => {
      const { client } = await stage.open();
      client.header();
      await client.answer(0, []);
    },
  },
  {
    name: 'frames in single bytes',
    rule: 'a frame may come in any number of pieces',
    run: async (stage) => {
      const { client } = await stage.open();
      for (const byte of frame({ type: 1, channel: 2, payload: CHANNEL_OPEN }))
        client.raw(Uint8Array.of(byte), `byte ${byte}`);
      await client.answer(2, ['channel.open-ok']);
    },
  },
];
