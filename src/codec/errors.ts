import { REPLY_CODES, type ReplyCode } from './reply_codes.gen.ts';

export type { ReplyCode } from './reply_codes.gen.ts';

/** A reply text is a shortstr. */
const REPLY_TEXT_BYTES_MAX = 255;
const ELLIPSIS = '...';

export interface AmqpErrorOptions {
  /** The class and method that failed, 0 and 0 for none. Left out, they are those of the method at hand. */
  readonly classId?: number;
  readonly methodId?: number;
}

/** The ids of a mistake that RabbitMQ blames on no method, whichever was at hand. */
export const NO_METHOD: AmqpErrorOptions = { classId: 0, methodId: 0 };

/** A peer's or operator's mistake, with the reply code by which a connection or channel is closed over it. */
export class AmqpError extends Error {
  override readonly name = 'AmqpError';
  readonly code: ReplyCode;
  /** `NOT_FOUND` for 404. */
  readonly codeName: (typeof REPLY_CODES)[ReplyCode]['name'];
  /** Undefined where whoever answers has to say which method was at hand. */
  readonly classId: number | undefined;
  readonly methodId: number | undefined;
  /** Whether it closes the connection rather than the channel. */
  readonly hard: boolean;
  readonly explanation: string;

  constructor(code: ReplyCode, explanation: string, options: AmqpErrorOptions = {}) {
    const { name, hard } = REPLY_CODES[code];
    super(`${name} - ${explanation}`);
    this.code = code;
    this.codeName = name;
    this.hard = hard;
    this.explanation = explanation;
    this.classId = options.classId;
    this.methodId = options.methodId;
  }

  /** What the peer is told: at most 255 bytes, ending in `...` where it was cut. */
  get replyText(): string {
    return fitShortstr(this.message);
  }
}

function fitShortstr(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= REPLY_TEXT_BYTES_MAX) return text;
  let end = REPLY_TEXT_BYTES_MAX - ELLIPSIS.length;
  // Bytes 10xxxxxx continue a character: a cut before one would split it.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + ELLIPSIS;
}
