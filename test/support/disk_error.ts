const MEANINGS: Readonly<Record<string, string>> = {
  EIO: 'i/o error',
  ENOSPC: 'no space left on device',
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
  EBADF: 'bad file descriptor',
};

/** An error as node:fs throws it. */
export function diskError(code: string, call: string, path?: string): NodeJS.ErrnoException {
  const message = `${code}: ${MEANINGS[code] ?? 'unknown error'}, ${call}${path === undefined ? '' : ` '${path}'`}`;
  return Object.assign(new Error(message), { code, syscall: call });
}
