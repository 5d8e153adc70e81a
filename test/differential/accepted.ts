/** What Leveret says in place of what the reference says, and why it may. */
export interface Difference {
  readonly reason: string;
  /** Lines of the reference's transcript, next to one another. */
  readonly reference: readonly string[];
  /** What stands in their place in Leveret's. */
  readonly leveret: readonly string[];
}

const SILENCE = 'RabbitMQ drops the socket without a word after three seconds; a client is told what it did wrong';
const GENTLER = 'clients still use it, and nothing stands against it';
const CRASH = 'RabbitMQ’s channel or reader process crashes; the mistake has a reply code of its own';
const FEWER = 'anonymous logins have to be asked for, and only capabilities that are there are announced';
const NO_AMQP_1 = 'there is no AMQP 1.0 here, so the protocol that is spoken is named';

function refusal(code: number, text: string, classId = 0, methodId = 0): string {
  return `< 0 connection.close {replyCode:${code}, replyText:'${text}', classId:${classId}, methodId:${methodId}}`;
}

/** Silence, where a close with its reason belongs. */
function told(code: number, text: string, classId = 0, methodId = 0, reason: string = SILENCE): Difference {
  return { reason, reference: ['< dropped'], leveret: [refusal(code, text, classId, methodId), '< closed'] };
}

/** A crash that the client hears of as an internal error. */
function internalError(code: number, text: string, classId: number, methodId: number): Difference {
  return {
    reason: CRASH,
    reference: [refusal(541, 'INTERNAL_ERROR')],
    leveret: [refusal(code, text, classId, methodId)],
  };
}

const ANNOUNCED =
  'publisher_confirms:ttrue, exchange_exchange_bindings:ttrue, basic.nack:ttrue, consumer_cancel_notify:ttrue';

