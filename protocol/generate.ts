import type { FieldType, MethodSpec, ProtocolSpec } from './spec.ts';

/** A method with its names made ready for TypeScript. */
interface Method {
  readonly name: string;
  readonly type: string;
  readonly id: string;
  readonly spec: MethodSpec;
  readonly fields: readonly Field[];
}

interface Field {
  readonly name: string;
  readonly type: FieldType;
  readonly reserved: boolean;
}

const TYPESCRIPT_TYPES: Readonly<Record<FieldType, string>> = {
  bit: 'boolean',
  octet: 'number',
  short: 'number',
  long: 'number',
  longlong: 'number',
  shortstr: 'string',
  longstr: 'Uint8Array',
  timestamp: 'number',
  table: 'FieldTable',
};

/** How WireReader reads, skips and WireWriter writes each type; bits are packed and handled apart. */
const READ: Readonly<Record<Exclude<FieldType, 'bit'>, string>> = {
  octet: 'reader.u8()',
  short: 'reader.u16()',
  long: 'reader.u32()',
  longlong: 'reader.u64()',
  shortstr: 'reader.shortstr()',
  longstr: 'reader.longstr()',
  timestamp: 'reader.u64()',
  table: 'readArguments(reader)',
};

const SKIP: Readonly<Record<Exclude<FieldType, 'bit'>, string>> = {
  octet: 'reader.skip(1)',
  short: 'reader.skip(2)',
  long: 'reader.skip(4)',
  longlong: 'reader.skip(8)',
  shortstr: 'reader.skipShortstr()',
  longstr: 'reader.skipLongstr()',
  timestamp: 'reader.skip(8)',
  table: 'reader.skipLongstr()',
};

const WRITE: Readonly<Record<Exclude<FieldType, 'bit'>, string>> = {
  octet: 'u8',
  short: 'u16',
  long: 'u32',
  longlong: 'u64',
  shortstr: 'shortstr',
  longstr: 'longstr',
  timestamp: 'u64',
  table: 'table',
};

/** What a reserved field is sent as: zero, or an empty string or table, which have zero for their length. */
const WRITE_ZERO: Readonly<Record<Exclude<FieldType, 'bit'>, string>> = {
  octet: 'writer.u8(0)',
  short: 'writer.u16(0)',
  long: 'writer.u32(0)',
  longlong: 'writer.u64(0)',
  shortstr: 'writer.u8(0)',
  longstr: 'writer.u32(0)',
  timestamp: 'writer.u64(0)',
  table: 'writer.u32(0)',
};

/** `message-count` to `messageCount`. */
export function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The source of src/codec/methods.gen.ts. */
export function generateMethods(spec: ProtocolSpec): string {
  const methods = listMethods(spec);
  const sections = [
    HEAD,
    ...methods.map(declareInterface),
    `export type Method =\n${methods.map((method) => `  | ${method.type}`).join('\n')};`,
    methodIds(methods),
    METHOD_NAME,
    clientMethods(methods),
    decodeSwitch(methods),
    encodeSwitch(methods),
    ...methods.filter(hasFields).flatMap((method) => [decodeFunction(method), encodeFunction(method)]),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** The source of src/codec/reply_codes.gen.ts. */
export function generateReplyCodes(spec: ProtocolSpec): string {
  const success = Object.values(spec.replyCodes).find((replyCode) => replyCode.kind === 'success');
  const errors = Object.entries(spec.replyCodes).filter(([, replyCode]) => replyCode.kind !== 'success');
  const rows = errors.map(([name, { code, kind }]) => {
    return `  ${code}: { name: '${name.toUpperCase().replaceAll('-', '_')}', hard: ${kind === 'hard'} },`;
  });
  return `${ORIGIN}

/** The reply code of a close that is no error. */
export const REPLY_SUCCESS = ${success?.code};

/** Every error reply code. A hard error closes the connection, any other only the channel. */
export const REPLY_CODES = {
${rows.join('\n')}
} as const;

export type ReplyCode = keyof typeof REPLY_CODES;
`;
}

function listMethods(spec: ProtocolSpec): Method[] {
  const methods: Method[] = [];
  for (const [className, amqpClass] of Object.entries(spec.classes)) {
    for (const [methodName, method] of Object.entries(amqpClass.methods)) {
      const name = `${className}.${methodName}`;
      methods.push({
        name,
        type: camelCase(`-${className}-${methodName}`),
        id: `0x${((amqpClass.id << 16) | method.id).toString(16).padStart(8, '0')}`,
        spec: method,
        fields: Object.entries(method.fields).map(([field, type]) => ({
          name: camelCase(field),
          type,
          reserved: field.startsWith('reserved-'),
        })),
      });
    }
  }
  return methods;
}

const ORIGIN = '// Generated from protocol/spec.ts; `npx vitest run test/protocol -u` rewrites it.';

const HEAD = `${ORIGIN}
import { readArguments } from './encoded_table.ts';
import { AmqpError } from './errors.ts';
import type { FieldTable } from './table.ts';
import { WireReader } from './wire_reader.ts';
import type { WireWriter } from './wire_writer.ts';`;

const METHOD_NAME = `const NAMES: ReadonlyMap<number, Method['name']> = new Map(
  (Object.keys(METHOD_IDS) as Method['name'][]).map((name) => [METHOD_IDS[name], name]),
);

/** The name of a method by its id, which is class id << 16 | method id. */
export function methodName(id: number): Method['name'] | undefined {
  return NAMES.get(id);
}`;

function declareInterface(method: Method): string {
  const fields = method.fields.filter((field) => !field.reserved);
  const rows = fields.map((field) => `  readonly ${field.name}: ${TYPESCRIPT_TYPES[field.type]};`);
  return [`export interface ${method.type} {`, `  readonly name: '${method.name}';`, ...rows, '}'].join('\n');
}

function methodIds(methods: readonly Method[]): string {
  const rows = methods.map((method) => `  '${method.name}': ${method.id},`);
  return `/** Class id << 16 | method id. */\nexport const METHOD_IDS = {\n${rows.join('\n')}\n} as const;`;
}

function clientMethods(methods: readonly Method[]): string {
  const rows = methods.filter((method) => method.spec.from !== 'server').map((method) => `  '${method.name}',`);
  return `/** What a client may send. */
export const CLIENT_METHODS: ReadonlySet<Method['name']> = new Set<Method['name']>([
${rows.join('\n')}
]);`;
}

function hasFields(method: Method): boolean {
  return method.fields.length > 0;
}

function decodeSwitch(methods: readonly Method[]): string {
  const arms = methods.map((method) => {
    const value = hasFields(method) ? `decode${method.type}(reader)` : `{ name: '${method.name}' }`;
    return `    case ${method.id}:\n      return ${value};`;
  });
  return `/**
 * Reads a method frame's payload: class id, method id, arguments, and nothing behind them.
 * Throws AmqpError 503 for a method that does not exist, 501 or 502 for arguments that cannot be read.
 */
export function decodeMethod(bytes: Uint8Array, start: number, end: number): Method {
  const id = new WireReader(bytes, start, end).u32();
  const reader = new WireReader(bytes, start + 4, end, id);
  const method = decodeArguments(id, reader);
  reader.expectEnd();
  return method;
}

function decodeArguments(id: number, reader: WireReader): Method {
  switch (id) {
${arms.join('\n')}
    default:
      throw new AmqpError(503, 'unimplemented method', { classId: id >>> 16, methodId: id & 0xffff });
  }
}`;
}

function encodeSwitch(methods: readonly Method[]): string {
  const arms = methods.map((method) => {
    const call = hasFields(method) ? `encode${method.type}(writer, method)` : `writer.u32(${method.id})`;
    return `    case '${method.name}':\n      return ${call};`;
  });
  return `/** Writes a method frame's payload: class id, method id, arguments; reserved fields as zero. */
export function encodeMethod(writer: WireWriter, method: Method): void {
  switch (method.name) {
${arms.join('\n')}
  }
}`;
}

/** Splits fields into those read one by one and runs of bits, which share octets eight at a time. */
function packBits(fields: readonly Field[]): (Field | Field[])[] {
  const packed: (Field | Field[])[] = [];
  for (const field of fields) {
    const last = packed.at(-1);
    if (field.type !== 'bit') packed.push(field);
    else if (Array.isArray(last) && last.length < 8) last.push(field);
    else packed.push([field]);
  }
  return packed;
}

/** `arguments` cannot name a variable. */
function variable(field: Field): string {
  return field.name === 'arguments' ? 'args' : field.name;
}

function decodeFunction(method: Method): string {
  const lines: string[] = [];
  for (const item of packBits(method.fields)) lines.push(...(Array.isArray(item) ? readBits(item) : [readField(item)]));
  const names = method.fields.filter((field) => !field.reserved);
  const members = names.map((field) => {
    return variable(field) === field.name ? field.name : `${field.name}: ${variable(field)}`;
  });
  lines.push(`return { ${[`name: '${method.name}'`, ...members].join(', ')} };`);
  const body = lines.map((line) => `  ${line}`).join('\n');
  return `function decode${method.type}(reader: WireReader): ${method.type} {\n${body}\n}`;
}

function readField(field: Field): string {
  if (field.type === 'bit') throw new RangeError('bits are packed before they are read');
  return field.reserved ? `${SKIP[field.type]};` : `const ${variable(field)} = ${READ[field.type]};`;
}

function readBits(fields: readonly Field[]): string[] {
  const kept = fields.filter((field) => !field.reserved);
  if (kept.length === 0) return ['reader.skip(1);'];
  // The octet is named after its first bit, so that a method may have several.
  const octet = `${kept[0]?.name}Bits`;
  const lines = fields.map((field, bit) => {
    return field.reserved ? '' : `const ${variable(field)} = (${octet} & ${1 << bit}) !== 0;`;
  });
  return [`const ${octet} = reader.u8();`, ...lines.filter((line) => line !== '')];
}

function encodeFunction(method: Method): string {
  const lines = packBits(method.fields).map((item) => (Array.isArray(item) ? writeBits(item) : writeField(item)));
  const body = [`writer.u32(${method.id});`, ...lines].map((line) => `  ${line}`).join('\n');
  const isRead = method.fields.some((field) => !field.reserved);
  const parameter = `${isRead ? '' : '_'}method: ${method.type}`;
  return `function encode${method.type}(writer: WireWriter, ${parameter}): void {\n${body}\n}`;
}

function writeField(field: Field): string {
  if (field.type === 'bit') throw new RangeError('bits are packed before they are written');
  return field.reserved ? `${WRITE_ZERO[field.type]};` : `writer.${WRITE[field.type]}(method.${field.name});`;
}

function writeBits(fields: readonly Field[]): string {
  const terms = fields.map((field, bit) => (field.reserved ? '' : `(method.${field.name} ? ${1 << bit} : 0)`));
  const kept = terms.filter((term) => term !== '');
  return `writer.u8(${kept.length === 0 ? '0' : kept.join(' | ')});`;
}
