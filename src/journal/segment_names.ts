// The names of a log's files:
//
//   0000000001.segment    0000000001.index    0000000007.damaged    0000000007.damaged-2    spare-1

export type LogFileKind = 'segment' | 'index' | 'damaged' | 'spare';

export interface LogFileName {
  readonly kind: LogFileKind;
  readonly number: number;
}

export function segmentName(segment: number): string {
  return `${digits(segment)}.segment`;
}

export function indexName(segment: number): string {
  return `${digits(segment)}.index`;
}

/** `copy` counts from 1: a segment's number comes again if the newest was set aside and the log ended before the next. */
export function damagedName(segment: number, copy: number): string {
  return `${digits(segment)}.damaged${copy === 1 ? '' : `-${copy}`}`;
}

export function spareName(spare: number): string {
  return `spare-${spare}`;
}

/** Undefined for a file that is none of the log's. */
export function parseName(name: string): LogFileName | undefined {
  const [, number, kind] = /^(\d{10})\.(segment|index|damaged)(?:(?<=damaged)-\d+)?$/.exec(name) ?? [];
  if (kind !== undefined) return { kind: kind as LogFileKind, number: Number(number) };
  const [, spare] = /^spare-(\d{1,15})$/.exec(name) ?? [];
  return spare === undefined ? undefined : { kind: 'spare', number: Number(spare) };
}

function digits(number: number): string {
  return String(number).padStart(10, '0');
}
