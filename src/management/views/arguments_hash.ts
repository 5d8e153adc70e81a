import { type FieldTable, type FieldValue, fieldTypeName } from '../../codec/table.ts';
import { hashTerm, type Term } from '../../lib/phash2_term.ts';

/**
 * RabbitMQ's hash of a binding's arguments, which are an Erlang list to it: `[{<<"x-match">>, longstr, <<"all">>}]`, by name.
 * So a binding has the properties key here that it has there, which tools keep.
 */
export function argumentsHash(table: FieldTable): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(hashTerm(termOf(table)));
  return bytes.toString('base64url');
}

function termOf(table: FieldTable): Term {
  const fields = Array.from(table, ([name, field]) => ({ name: Buffer.from(name), field }));
  fields.sort((a, b) => Buffer.compare(a.name, b.name));
  return {
    list: fields.map(({ name, field }) => ({ tuple: [name, { atom: fieldTypeName(field) }, termOfField(field)] })),
  };
}

function termOfField(field: FieldValue): Term {
  switch (field.tag) {
    case 't':
      return { atom: String(field.value) };
    case 'V':
      return { atom: 'undefined' };
    case 'f':
    case 'd':
      return { float: field.value };
    case 'D':
      return { tuple: [field.value.scale, field.value.value] };
    case 'A':
      return { list: field.value.map((item) => ({ tuple: [{ atom: fieldTypeName(item) }, termOfField(item)] })) };
    case 'F':
      return termOf(field.value);
    default:
      return field.value;
  }
}
