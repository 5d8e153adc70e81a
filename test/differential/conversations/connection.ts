import type { RawClient } from '../../support/raw_client.ts';
import type { Conversation, Stage } from '../stage.ts';

async function timed(stage: Stage, heartbeat: number): Promise<RawClient> {
  const { client } = await stage.open({ tune: { heartbeat } });
  return client;
}

export const CONNECTION: readonly Conversation[] = [
  {
    name: 'close with a channel open',
    rule: 'a connection may close without closing its channels',
    run: async (stage) => {
      const { client } = await stage.open();
      await client.call(0, 'connection.close');
    },
  },
  {
    name: 'methods behind a close',
    rule: 'what follows a close is not answered',
    run: async (stage) => {
      const { client } = await stage.open();
      client.send(0, 'connection.close');
      client.send(1, 'basic.qos', { prefetchCount: 1 });
      await client.answer(0, ['connection.close-ok']);
    },
  },
  {
    name: 'close-ok that nobody asked for',
    rule: 'a connection.close-ok without a close',
    run: async (stage) => {
      const { client } = await stage.open();
      await client.call(0, 'connection.close-ok');
    },
  },
  {
    name: 'one channel more than channel_max',
    rule: 'channels are counted: one more than agreed is 530',
    run: async (stage) => {
      const { client } = await stage.open({ tune: { channelMax: 2 } });
      await client.call(2, 'channel.open');
      await client.call(3, 'channel.open');
    },
  },
  {
    name: 'a channel number above channel_max',
    rule: 'it is the count of channels that is limited, not their numbers',
    run: async (stage) => {
      const { client } = await stage.open({ tune: { channelMax: 2 } });
      await client.call(5, 'channel.open');
      await client.call(6, 'channel.open');
    },
  },
  {
    name: 'a closed channel makes room',
    rule: 'only open channels count',
    run: async (stage) => {
      const { client } = await stage.open({ tune: { channelMax: 1 } });
      await client.call(1, 'channel.close');
      await client.call(2, 'channel.open');
    },
  },
  {
    name: 'channel 65535',
    rule: 'channel numbers are 16 bits',
    run: async (stage) => {
      const { client } = await stage.open();
      await client.call(65_535, 'channel.open');
      await client.call(65_535, 'basic.qos');
    },
  },
  {
    name: 'update-secret',
    rule: 'new credentials are taken, whatever they are, where they cannot expire',
    run: async (stage) => {
      const { client } = await stage.open();
      await client.call(0, 'connection.update-secret', { newSecret: Buffer.from('guest'), reason: 'renewal' });
    },
  },
  {
    name: 'update-secret on channel 1',
    rule: 'connection methods belong on channel 0',
    run: async (stage) => {
      const { client } = await stage.open();
      await client.call(1, 'connection.update-secret', { newSecret: Buffer.from('guest') });
    },
  },
  {
    name: 'heartbeats from the server',
    rule: 'a connection that agreed on heartbeats gets them',
    run: async (stage) => {
      const client = await timed(stage, 1);
      await client.heartbeat();
    },
  },
  {
    name: 'a client that sends no heartbeats',
    rule: 'a silent client is dropped without a close',
    run: async (stage) => {
      const client = await timed(stage, 1);
      await client.end();
    },
  },
  {
    name: 'a client that sends heartbeats',
    rule: 'heartbeats keep a connection',
    run: async (stage) => {
      const client = await timed(stage, 1);
      for (let beat = 0; beat < 8; beat += 1) {
        client.frame({ type: 8, channel: 0, payload: new Uint8Array() });
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      await client.heartbeat();
      await client.call(1, 'basic.qos');
      await client.call(0, 'connection.close');
    },
  },
  {
    name: 'heartbeat that nobody agreed on',
    rule: 'a heartbeat is always welcome on channel 0',
    run: async (stage) => {
      const { client } = await stage.open();
      client.frame({ type: 8, channel: 0, payload: new Uint8Array() });
      await client.call(1, 'basic.qos');
    },
  },
  {
    name: 'heartbeat with a payload',
    rule: 'what a heartbeat carries is not looked at',
    run: async (stage) => {
      const { client } = await stage.open();
      client.frame({ type: 8, channel: 0, payload: Uint8Array.of(1, 2, 3) });
      await client.call(1, 'basic.qos');
    },
  },
];
