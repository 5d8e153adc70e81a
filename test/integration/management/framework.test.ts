import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../src/index.ts';
import { Api, basic } from '../../support/api.ts';
import { startBroker, until } from '../../support/broker.ts';

const MANAGEMENT = { management: { port: 0 } } as const;
const OBJECT_NOT_FOUND = { error: 'Object Not Found', reason: 'Not Found' };

test('an embedded broker has no management API unless asked', async () => {
  const broker = await startBroker();
  expect([broker.managementPort, broker.managementUrl]).toEqual([undefined, undefined]);
});

test('a port that is in use is told of as the broker’s own would be', async () => {
  const { port } = await startBroker();
  await expect(startBroker({ management: { port } })).rejects.toThrow(`${port}`);
});

describe('paths and methods', () => {
  test('what there is not is not found', async () => {
    const api = Api.of(await startBroker(MANAGEMENT));
    expect(await api.get('nope')).toMatchObject({ status: 404, json: OBJECT_NOT_FOUND });
  });

  test('a method that there is not is answered with those that there are, before anybody logs in', async () => {
    const api = new Api((await startBroker(MANAGEMENT)).managementUrl);
    const { status, headers, json } = await api.delete('whoami');
    expect([status, headers.get('allow'), json]).toEqual([405, 'HEAD, GET, OPTIONS', undefined]);
    expect((await api.call('OPTIONS', 'whoami')).status).toBe(200);
  });

  test('HEAD answers as GET does, without the body', async () => {
    const api = Api.of(await startBroker(MANAGEMENT));
    expect(await api.call('HEAD', 'version')).toMatchObject({ status: 200 });
  });

  test('a slash at the end does not count', async () => {
    const api = Api.of(await startBroker(MANAGEMENT));
    expect((await api.get('whoami/')).status).toBe(200);
  });

  test('all paths are below the prefix', async () => {
    const { managementUrl } = await startBroker({ management: { port: 0, pathPrefix: '/rabbit' } });
    expect((await new Api(`${managementUrl}/rabbit`, basic('guest', 'guest')).get('whoami')).status).toBe(200);
    expect((await new Api(managementUrl, basic('guest', 'guest')).get('whoami')).status).toBe(404);
  });
});

describe('login', () => {
  test('who comes without credentials is told the realm, and nothing else', async () => {
    const broker = await startBroker(MANAGEMENT);
    const { status, headers, json } = await new Api(broker.managementUrl).get('whoami');
    expect([status, headers.get('www-authenticate')]).toEqual([401, 'Basic realm="RabbitMQ Management"']);
    expect(json).toBeUndefined();
  });

  test.each([
    ['a wrong password', 'guest', 'wrong'],
    ['an unknown user', 'nobody', 'guest'],
    ['an empty password', 'guest', ''],
  ])('%s is not authorized', async (_what, user, password) => {
    const { status, json } = await Api.of(await startBroker(MANAGEMENT), user, password).get('whoami');
    expect([status, json]).toEqual([401, { error: 'not_authorized', reason: 'Not_Authorized' }]);
  });

  test('a user without one of the tags may not use the API', async () => {
    const broker = await startBroker(MANAGEMENT);
    await broker.users.set('hare', { password: 'hare', tags: ['impersonator'] });
    expect(await Api.of(broker, 'hare').get('whoami')).toMatchObject({
      status: 401,
      json: { error: 'not_authorised', reason: 'Not management user' },
    });
    await broker.users.setTags('hare', ['management']);
    expect((await Api.of(broker, 'hare').get('whoami')).json).toEqual({
      name: 'hare',
      tags: ['management'],
      is_internal_user: true,
    });
  });

  test('a password may have colons', async () => {
    const broker = await startBroker(MANAGEMENT);
    await broker.users.set('hare', { password: 'a:b:', tags: ['management'] });
    expect((await Api.of(broker, 'hare', 'a:b:').get('whoami')).status).toBe(200);
  });

  test('whoever keeps failing has to wait, and in the end is sent away', async () => {
    const broker = await startBroker({ ...MANAGEMENT, clock: new ManualClock() });
    const wrong = Api.of(broker, 'guest', 'wrong');
    const statuses: number[] = [];
    const ask = (): Promise<unknown> =>
      wrong.get('whoami').then(
        ({ status }) => statuses.push(status),
        () => 'the broker is closed',
      );
    for (let i = 0; i < 200; i++) void ask();
    await until(() => statuses.includes(429));
    expect(statuses.filter((status) => status === 401).length).toBeLessThan(50);
  });
});

describe('the OpenAPI document', () => {
  test('has every path and method that is answered', async () => {
    const api = Api.of(await startBroker(MANAGEMENT));
    const { json } = await api.get('openapi.json');
    expect(json.openapi).toBe('3.1.0');
    expect(json.paths['/api/whoami'].get).toMatchObject({ operationId: 'get_whoami', tags: ['whoami'] });
    expect(json.paths['/api/openapi.json'].get.security).toEqual([]);
  });
});
