/** What is wrong with what an operator asked for: there is no such thing, it cannot be so, it is protected, or its password is refused. */
export type ManagementErrorCode = 'not-found' | 'invalid' | 'protected' | 'credentials';

export class ManagementError extends Error {
  override readonly name = 'ManagementError';
  readonly code: ManagementErrorCode;

  constructor(code: ManagementErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Throws for what cannot be the name of a user or a virtual host: AMQP has room for 255 bytes of UTF-8. */
export function checkName(what: 'user' | 'vhost', name: unknown): void {
  if (typeof name !== 'string') throw new ManagementError('invalid', `${what} name should be a string`);
  if (name === '') throw new ManagementError('invalid', `${what} name can't be blank`);
  if (Buffer.byteLength(name) > 255) throw new ManagementError('invalid', `${what} name must not exceed 255 bytes`);
  if (Buffer.from(name).toString() !== name)
    throw new ManagementError('invalid', `${what} name must be well-formed UTF-8`);
}
