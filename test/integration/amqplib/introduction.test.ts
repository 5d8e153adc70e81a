import { connect } from 'amqplib';
import { expect, test } from 'vitest';
import { VERSION } from '../../../src/config/version.ts';
import type { BrokerOptions } from '../../../src/index.ts';
import { startBroker } from '../../support/broker.ts';

async function introduced(options: BrokerOptions): Promise<Record<string, unknown>> {
  const { url } = await startBroker(options);
  const connection = await connect(url);
  const { serverProperties } = connection.connection;
  await connection.close();
  return serverProperties;
}

// kombu, for one, uses basic.qos as RabbitMQ has it only where the product has that name and a version above 3.3.
test('clients that go by the product and its version take the broker for the RabbitMQ that it is like', async () => {
  const { product, version, platform } = await introduced({});
  expect([product, version]).toEqual(['RabbitMQ', expect.stringMatching(/^4\.3\.\d+$/)]);
  expect(platform).toMatch(`Leveret ${VERSION}, Node.js`);
});

test('the broker goes by another name if the operator says so', async () => {
  const { product, version } = await introduced({ productName: 'Hare', productVersion: '1.2' });
  expect([product, version]).toEqual(['Hare', '1.2']);
});
