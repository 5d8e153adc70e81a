// Generated from protocol/spec.ts; `npx vitest run test/protocol -u` rewrites it.

/** The reply code of a close that is no error. */
export const REPLY_SUCCESS = 200;

/** Every error reply code. A hard error closes the connection, any other only the channel. */
export const REPLY_CODES = {
  311: { name: 'CONTENT_TOO_LARGE', hard: false },
  312: { name: 'NO_ROUTE', hard: false },
  313: { name: 'NO_CONSUMERS', hard: false },
  320: { name: 'CONNECTION_FORCED', hard: true },
  402: { name: 'INVALID_PATH', hard: true },
  403: { name: 'ACCESS_REFUSED', hard: false },
  404: { name: 'NOT_FOUND', hard: false },
  405: { name: 'RESOURCE_LOCKED', hard: false },
  406: { name: 'PRECONDITION_FAILED', hard: false },
  501: { name: 'FRAME_ERROR', hard: true },
  502: { name: 'SYNTAX_ERROR', hard: true },
  503: { name: 'COMMAND_INVALID', hard: true },
  504: { name: 'CHANNEL_ERROR', hard: true },
  505: { name: 'UNEXPECTED_FRAME', hard: true },
  506: { name: 'RESOURCE_ERROR', hard: true },
  530: { name: 'NOT_ALLOWED', hard: true },
  540: { name: 'NOT_IMPLEMENTED', hard: true },
  541: { name: 'INTERNAL_ERROR', hard: true },
} as const;

export type ReplyCode = keyof typeof REPLY_CODES;
