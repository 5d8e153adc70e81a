import { hash } from 'node:crypto';
import { APP_ID, CORRELATION_ID, MESSAGE_ID, REPLY_TO, TYPE, USER_ID } from '../../../codec/properties.ts';
import { peekHeader, peekShortstr } from '../../../codec/property_peek.ts';
import { bytesToText, type FieldTable, type FieldValue, getString, isTrue } from '../../../codec/table.ts';
import { unacceptableType } from '../../argument_problems.ts';
import { headerValueKey } from '../../exchange/field_key.ts';
import { routingKeyOf } from '../../store/message.ts';
import { propertiesEnd, propertiesStart, routeEnd } from '../../store/record.ts';
import { SCHEDULED_DELIVERY } from '../schedule.ts';

/** By what a queue groups its messages, and how that is found in a message. The argument is Leveret's own. */

export const GROUP_BY = 'x-group-by';

/** The group of the message whose record (store/record.ts) begins at `start`; undefined for one that is in none. */
export type GroupKeyOf = (bytes: Uint8Array, start: number) => string | undefined;

const RETRY_TYPE = 'x-delayed-retry-type';
const ROUTING_KEY = 'routing-key';
const HEADER = 'header:';
const PROPERTY = 'property:';

const PROPERTIES: ReadonlyMap<string, number> = new Map([
  ['correlation-id', CORRELATION_ID],
  ['message-id', MESSAGE_ID],
  ['reply-to', REPLY_TO],
  ['type', TYPE],
  ['user-id', USER_ID],
  ['app-id', APP_ID],
]);

/** What a queue remembers of a group is bounded, so of a longer key it is a digest, which is longer than any other key. */
const KEY_LENGTH_MAX = 63;

/** What is wrong with the argument's value, as an Erlang term like those that RabbitMQ shows; undefined if nothing is. */
export function groupByProblem(field: FieldValue, table: FieldTable): string | undefined {
  if (field.tag !== 'S') return unacceptableType(field);
  if (isTrue(table, 'x-single-active-consumer')) return `"contradicts 'x-single-active-consumer'"`;
  // What waits lets others of its group pass.
  if (isTrue(table, SCHEDULED_DELIVERY)) return `"contradicts '${SCHEDULED_DELIVERY}'"`;
  const retry = getString(table, RETRY_TYPE) ?? 'disabled';
  if (retry !== 'disabled') return `"contradicts '${RETRY_TYPE}'"`;
  if (table.has('x-max-priority')) return `"contradicts 'x-max-priority'"`;
  const problem = spellingProblem(bytesToText(field.value));
  // An Erlang string: quotes and backslashes in it are escaped as in JSON.
  return problem === undefined ? undefined : JSON.stringify(problem);
}

function spellingProblem(text: string): string | undefined {
  if (text.startsWith(PROPERTY)) {
    const name = text.slice(PROPERTY.length);
    return PROPERTIES.has(name) ? undefined : `unsupported property '${name}'`;
  }
  if (text === '' || text === HEADER) return 'the name of a header is empty';
  if (text.startsWith(HEADER) || text === ROUTING_KEY) return undefined;
  if (PROPERTIES.has(text)) return `'${text}' is ambiguous: write '${PROPERTY}${text}' or '${HEADER}${text}'`;
  return text.includes(':') ? `'${text}' is neither '${HEADER}NAME' nor '${PROPERTY}NAME'` : undefined;
}

/** Undefined where the arguments ask for no groups. They were checked. */
export function groupKeyOf(table: FieldTable): GroupKeyOf | undefined {
  const text = getString(table, GROUP_BY);
  if (text === undefined) return undefined;
  if (text === ROUTING_KEY) return (bytes, start) => bounded(routingKeyOf(bytes, start));
  if (text.startsWith(PROPERTY)) return byProperty(PROPERTIES.get(text.slice(PROPERTY.length)) as number);
  return byHeader(text.startsWith(HEADER) ? text.slice(HEADER.length) : text);
}

function byProperty(flag: number): GroupKeyOf {
  return (bytes, start) => {
    const content = routeEnd(bytes, start);
    return bounded(peekShortstr(bytes, propertiesStart(content), propertiesEnd(bytes, content), flag));
  };
}

function byHeader(text: string): GroupKeyOf {
  // Its bytes, each as a character, which is how it is looked for.
  const name = Buffer.from(text).toString('latin1');
  return (bytes, start) => {
    const content = routeEnd(bytes, start);
    const field = peekHeader(bytes, propertiesStart(content), propertiesEnd(bytes, content), name);
    return field === undefined || field.tag === 'V' ? undefined : bounded(headerValueKey(field));
  };
}

function bounded(key: string | undefined): string | undefined {
  return key === undefined || key.length <= KEY_LENGTH_MAX ? key : hash('sha256', key, 'hex');
}
