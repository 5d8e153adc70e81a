import { path, Refusal } from './api.ts';
import { noSuchUser, noSuchVhost } from './exit.ts';
import type { Context } from './verb.ts';

/** Does what can fail because the virtual host or the user is missing, and says which of them is. */
export async function withKnown<T>(
  { api }: Context,
  known: { readonly vhost?: string; readonly user?: string },
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof Refusal) || (error.status !== 404 && error.status !== 400)) throw error;
    const { vhost, user } = known;
    const exists = async (url: string): Promise<boolean> => (await api.answer(url)).status !== 404;
    if (vhost !== undefined && !(await exists(path`/api/vhosts/${vhost}`))) throw noSuchVhost(vhost);
    if (user !== undefined && !(await exists(path`/api/users/${user}`))) throw noSuchUser(user);
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
