/** rabbitmqctl's exit codes, which are those of sysexits.h. */
export const EXIT = {
  usage: 64,
  dataError: 65,
  noUser: 67,
  unavailable: 69,
  software: 70,
  temporary: 75,
  noPermission: 77,
} as const;

/** What a verb ends with when it cannot do what it was asked: printed on stderr as it is. */
export class CtlError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.name = 'CtlError';
    this.exitCode = exitCode;
  }
}

/** Most failures are introduced by a line of their own. */
export function failure(exitCode: number, message: string): CtlError {
  return new CtlError(exitCode, `Error:\n${message}`);
}

/** What was asked makes no sense; the usage is printed below it. */
export class UsageError extends CtlError {
  constructor(message: string, exitCode: number = EXIT.usage) {
    super(exitCode, `Error (argument validation): ${message}`);
  }
}

export function noSuchVhost(vhost: string): CtlError {
  return new CtlError(EXIT.dataError, `Virtual host '${vhost}' does not exist`);
}

export function noVhostToGrantIn(vhost: string): CtlError {
  return failure(EXIT.unavailable, `Virtual host ${vhost} does not exist`);
}

/** To rabbitmqctl it matters what the user was looked for: 67 where something of the user's own was to be changed. */
export function noSuchUser(user: string, exitCode: number = EXIT.unavailable): CtlError {
  return failure(exitCode, `User "${user}" does not exist`);
}

export function noSuchGrantee(user: string): CtlError {
  return failure(EXIT.noUser, `User ${user} does not exist`);
}
