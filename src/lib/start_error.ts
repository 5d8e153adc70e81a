/** Why a broker could not start, for programs to tell apart; the message is the sentence for people. */
export type StartErrorCode = 'option' | 'data-dir' | 'locked' | 'port-in-use' | 'address';

/** A mistake of the operator's, or of the machine's, that keeps a broker from starting. Never a mistake of ours. */
export class StartError extends Error {
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string) {
    super(message);
    this.name = 'StartError';
    this.code = code;
  }
}

/** What `server.listen` failed with, in a sentence. What is not an operator's to mend is given back as it came. */
export function listenError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError('port-in-use', `Cannot listen on ${where}: another program is using this port.`);
    case 'EACCES':
      return new StartError('address', `Cannot listen on ${where}: the system does not permit this port to this user.`);
    case 'EADDRNOTAVAIL':
      return new StartError('address', `Cannot listen on ${where}: this machine does not have that address.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError('address', `Cannot listen on ${where}: the host name "${host}" is not known.`);
    default:
      return error;
  }
}
