import { hashPassword } from '../../../auth/passwords.ts';
import { path, Refusal } from '../api.ts';
import { field, tags } from '../column.ts';
import { CtlError, EXIT, failure, noSuchUser } from '../exit.ts';
import { unlessMissing } from '../found.ts';
import type { Json, JsonObject } from '../json.ts';
import { printObjects } from '../listing.ts';
import type { Context, Verbs } from '../verb.ts';

const ADDED =
  "Done. Don't forget to grant the user permissions to some virtual hosts! See `leveret ctl set_permissions --help`.";

export const USER_VERBS: Verbs = {
  add_user: {
    words: '<user> [password]',
    sentence: 'Adds a user, who has no permissions yet. Without a password, it is read from the standard input.',
    options: [
      { flags: '--pre-hashed-password', sentence: 'The password is a hash already, as hash_password prints it.' },
    ],
    run: async (context, [user = '', given], { preHashedPassword = false }) => {
      context.output.announce(`Adding user "${user}" ...`);
      const password = given ?? (await context.readLine('Password: '));
      if ((await context.api.answer(path`/api/users/${user}`)).status !== 404) {
        throw failure(EXIT.software, `User "${user}" already exists`);
      }
      const secret = preHashedPassword ? { password_hash: password } : { password };
      await context.api.put(path`/api/users/${user}`, { ...secret, tags: '' });
      context.output.announce(ADDED);
    },
  },
  authenticate_user: {
    words: '<user> [password]',
    sentence: 'Tries to log in as a user; exit code 65 if that fails.',
    run: async (context, [user = '', given]) => {
      context.output.announce(`Authenticating user "${user}" ...`);
      const password = given ?? (await context.readLine('Password: '));
      const why = await context.api.whyNot(user, password);
      if (why !== undefined) {
        throw new CtlError(EXIT.dataError, `Error:\nError: failed to authenticate user "${user}"\n${why}`);
      }
      context.output.print('Success');
    },
  },
  change_password: {
    words: '<user> [password]',
    sentence: "Changes a user's password. If it is not given, it is read from the standard input.",
    run: async (context, [user = '', given]) => {
      context.output.announce(`Changing password for user "${user}" ...`);
      const password = given ?? (await context.readLine('Password: '));
      const { tags: kept = '' } = await userOf(context, user);
      await context.api.put(path`/api/users/${user}`, { password, tags: kept });
    },
  },
  clear_password: {
    words: '<user>',
    sentence: 'Takes the password away: the user can no longer log in with one.',
    run: async (context, [user = '']) => {
      context.output.announce(`Clearing password for user "${user}" ...`);
      const { tags: kept = '' } = await userOf(context, user, EXIT.unavailable);
      await context.api.put(path`/api/users/${user}`, { password_hash: '', tags: kept });
    },
  },
  delete_user: {
    words: '<user>',
    sentence: 'Removes a user, and what the user may do.',
    run: async ({ api, output }, [user = '']) => {
      output.announce(`Deleting user "${user}" ...`);
      await unlessMissing(() => api.delete(path`/api/users/${user}`));
    },
  },
  hash_password: {
    words: '[password]',
    sentence: 'Prints a salted hash of a password, as add_user --pre-hashed-password and definitions take it.',
    run: async (context, [given]) => {
      const password = given ?? (await context.readLine('Password: '));
      if (password === '') throw failure(EXIT.unavailable, 'password cannot be blank');
      context.output.print(hashPassword(password));
    },
  },
  list_users: {
    sentence: 'Lists users and their tags.',
    run: async ({ api, output }) => {
      output.announce('Listing users ...');
      printObjects(output, await api.list('/api/users'), { user: field('name'), tags: tags('tags') });
    },
  },
  set_user_tags: {
    words: '<user> [tags...]',
    sentence: 'Gives a user these tags, and no others.',
    run: async (context, [user = '', ...wanted]) => {
      context.output.announce(`Setting tags for user "${user}" to [${wanted.join(', ')}] ...`);
      const { password_hash: hash = '', hashing_algorithm: algorithm } = await userOf(context, user);
      const secret: Json =
        algorithm === undefined ? { password_hash: hash } : { password_hash: hash, hashing_algorithm: algorithm };
      await context.api.put(path`/api/users/${user}`, { ...secret, tags: wanted.join(',') });
    },
  },
};

/** Throws a CtlError if there is no such user. */
async function userOf({ api }: Context, user: string, exitCode: number = EXIT.noUser): Promise<JsonObject> {
  try {
    return await api.object(path`/api/users/${user}`);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) throw noSuchUser(user, exitCode);
    throw error;
  }
}
