// The name of a key, or of a family of keys:
//
//   heartbeat                  one key
//   loopback_users.$user       $ and a name stand for any one word
//   cluster_formation.**       ** stands for any words, one at least

/** What the wildcards of a pattern stand for in a key, or undefined when the key is not of this pattern. */
export function matchKey(pattern: string, words: readonly string[]): readonly string[] | undefined {
  const parts = pattern.split('.');
  const open = parts.at(-1) === '**';
  if (open ? words.length < parts.length : words.length !== parts.length) return undefined;
  const wildcards: string[] = [];
  for (const [index, part] of parts.entries()) {
    const word = words[index] as string;
    if (part === '**') return [...wildcards, ...words.slice(index)];
    if (part.startsWith('$')) wildcards.push(word);
    else if (part !== word) return undefined;
  }
  return wildcards;
}

/** The key that was perhaps meant: the pattern with its wildcards filled from what was written. */
export function fillPattern(pattern: string, words: readonly string[]): string {
  const filled: string[] = [];
  for (const [index, part] of pattern.split('.').entries()) {
    if (part === '**') filled.push(...words.slice(index));
    else filled.push(part.startsWith('$') ? (words[index] ?? part) : part);
  }
  return filled.join('.');
}
