import { path, Refusal } from './api.ts';
import { noSuchGrantee, noSuchUser, noSuchVhost, noVhostToGrantIn } from './exit.ts';
import type { Context } from './verb.ts';

/** Does what can fail because the virtual host or the user is missing, and says which of them is. */
export async function withKnown<T>(
  { api }: Context,
  { vhost, user }: { readonly vhost?: string; readonly user?: string },
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!mayBeMissing(error)) throw error;
    if (vhost !== undefined && (await isMissing(api, path`/api/vhosts/${vhost}`))) throw noSuchVhost(vhost);
    if (user !== undefined && (await isMissing(api, path`/api/users/${user}`))) throw noSuchUser(user);
    throw error;
  }
}

/** As that, where permissions are given: there rabbitmqctl looks for the user first, and has other words and exit codes. */
export async function withGrantee<T>({ api }: Context, user: string, vhost: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!mayBeMissing(error)) throw error;
    if (await isMissing(api, path`/api/users/${user}`)) throw noSuchGrantee(user);
    if (await isMissing(api, path`/api/vhosts/${vhost}`)) throw noVhostToGrantIn(vhost);
    throw error;
  }
}

/** Does what is no failure if there was nothing to do. */
export async function unlessMissing(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return false;
    throw error;
  }
}

function mayBeMissing(error: unknown): boolean {
  return error instanceof Refusal && (error.status === 404 || error.status === 400);
}

async function isMissing(api: Context['api'], url: string): Promise<boolean> {
  return (await api.answer(url)).status === 404;
}
