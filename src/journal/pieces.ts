export function byteLength(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  return length;
}

/** What is left of the pieces after their first `count` bytes. */
export function skipBytes(pieces: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  if (count === 0) return pieces;
  const rest: Uint8Array[] = [];
  let skipped = 0;
  for (const piece of pieces) {
    const within = Math.max(0, count - skipped);
    if (within < piece.length) rest.push(within === 0 ? piece : piece.subarray(within));
    skipped += piece.length;
  }
  return rest;
}
