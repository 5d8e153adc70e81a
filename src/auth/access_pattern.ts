import { compilePattern, type Pattern } from '../lib/pattern.ts';

/** Names whose answer is remembered, for each pattern. */
const DECIDED_MAX = 1024;

/** The patterns that nearly every permission has, for which no engine has to be loaded. */
const EVERYTHING: Pattern = { source: '.*', matches: () => true };
const NOTHING: Pattern = { source: '', matches: (name) => name === '' };

/**
 * A pattern of names that somebody may use, found anywhere in a name unless it is anchored. The empty pattern is `^$`, as in
 * RabbitMQ. Rejects with a PatternError.
 */
export async function compileAccess(source: string): Promise<Pattern> {
  if (source === EVERYTHING.source) return EVERYTHING;
  if (source === NOTHING.source) return NOTHING;
  return remembering(await compilePattern(source));
}

/**
 * A pattern for topics: `{username}` and `{vhost}` in it stand for themselves, as they are, whatever characters they have.
 */
export async function compileTopicAccess(source: string, userName: string, vhost: string): Promise<Pattern> {
  const expanded = source
    .replaceAll('{username}', () => literally(userName))
    .replaceAll('{vhost}', () => literally(vhost));
  const pattern = await compileAccess(expanded);
  return { source, matches: (name) => pattern.matches(name) };
}

function literally(name: string): string {
  return name.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}

/** Most of what is asked was asked before. */
function remembering(pattern: Pattern): Pattern {
  const decided = new Map<string, boolean>();
  const matches = (name: string): boolean => {
    let known = decided.get(name);
    if (known === undefined) {
      known = pattern.matches(name);
      if (decided.size >= DECIDED_MAX) decided.clear();
      decided.set(name, known);
    }
    return known;
  };
  return { source: pattern.source, matches };
}
