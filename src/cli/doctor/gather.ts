import { type Api, Refusal } from '../ctl/api.ts';
import { isObject, type JsonObject, objectsOf } from '../ctl/json.ts';
import type { BrokerFacts } from './broker_checks.ts';

/** Asks the management API for all that is looked at. Throws a CtlError when it cannot be asked. */
export async function brokerFacts(api: Api): Promise<BrokerFacts> {
  const [node = {}] = await api.list('/api/nodes');
  return {
    node,
    queues: await listed(api, '/api/queues'),
    exchanges: await listed(api, '/api/exchanges'),
    connections: await listed(api, '/api/connections'),
    channels: await listed(api, '/api/channels'),
    policies: await listed(api, '/api/policies'),
    usersWithoutPermissions: await listed(api, '/api/users/without-permissions'),
    isGuestKnown: (await api.whyNot('guest', 'guest')) === undefined,
  };
}

/** Where listeners cannot be seen, that counts as yes. */
export async function listensOn(api: Api, port: number): Promise<boolean> {
  const { json } = await api.answer('/api/overview');
  const listeners = isObject(json) ? json['listeners'] : undefined;
  return listeners === undefined || objectsOf(listeners).some((listener) => listener['port'] === port);
}

/** What this user may not see counts as not there. */
async function listed(api: Api, url: string): Promise<readonly JsonObject[]> {
  try {
    return await api.list(url);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
}
