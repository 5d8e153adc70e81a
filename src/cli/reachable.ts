const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** An address that somebody on this machine can connect to, of one to listen on. */
export function reachable(host: string): string {
  return WILDCARDS[host] ?? host;
}
