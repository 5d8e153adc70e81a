import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib';

/** A client whose connection and channel the API tells of. */
export interface AmqpClient {
  readonly connection: ChannelModel;
  readonly channel: ConfirmChannel;
}

/** `url` is without a virtual host. */
export async function connectTo(url: string, vhost: string): Promise<AmqpClient> {
  const connection = await amqp.connect(`${url}/${encodeURIComponent(vhost)}`, {
    clientProperties: { connection_name: 'http client' },
  });
  // The conversation closes it.
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return { connection, channel };
}
