/** Why a broker could not start, for programs to tell apart; the message is the sentence for people. */
export type StartErrorCode = 'option' | 'data-dir' | 'locked' | 'port-in-use' | 'address' | 'certificate';

/** A mistake of the operator's, or of the machine's, that keeps a broker from starting. Never a mistake of ours. */
export class StartError extends Error {
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string) {
    super(message);
    this.name = 'StartError';
    this.code = code;
  }
}

/** Where something listens, or should: a TCP port, or the path of a Unix domain socket. */
type Place = { readonly host: string; readonly port: number } | { readonly path: string };

function printPlace(place: Place): string {
  if ('path' in place) return place.path;
  const { host, port } = place;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** What `server.listen` failed with, in a sentence. What is not an operator's to mend is given back as it came. */
export function listenError(error: NodeJS.ErrnoException, place: Place): Error {
  const where = printPlace(place);
  const what = 'path' in place ? 'path' : 'port';
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError('port-in-use', `Cannot listen on ${where}: another program is using this ${what}.`);
    case 'EACCES':
      return new StartError('address', `Cannot listen on ${where}: ${refusal(what)}.`);
    case 'EADDRNOTAVAIL':
      return new StartError('address', `Cannot listen on ${where}: this machine does not have that address.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(
        'address',
        `Cannot listen on ${where}: the host name "${'host' in place ? place.host : ''}" is not known.`,
      );
    default:
      return error;
  }
}

/** Node says the same of a path whose folder is missing. */
function refusal(what: 'path' | 'port'): string {
  if (what === 'port') return 'the system does not permit this port to this user';
  return 'its folder is missing, or the system does not permit this path to this user';
}
