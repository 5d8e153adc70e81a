/**
 * Whether a name is of a pattern in which `*` stands for anything. What else there is to say in it, a `*` or a `/` of the
 * name's own, is percent-encoded. As in RabbitMQ each part is found at its first place and the last has to end the name, so
 * that `a*b` is not `abab`. A pattern that is not encoded as it should be matches nothing.
 */
export function wildcardMatches(name: string, pattern: string): boolean {
  const parts = decodedParts(pattern);
  const [first] = parts ?? [];
  if (parts === undefined || first === undefined || !name.startsWith(first)) return false;
  let at = first.length;
  for (const [index, part] of parts.entries()) {
    if (index === 0) continue;
    // A star at the end takes everything.
    if (part === '' && index === parts.length - 1) return true;
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at === name.length;
}

function decodedParts(pattern: string): string[] | undefined {
  try {
    return pattern.split('*').map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  } catch {
    return undefined;
  }
}
