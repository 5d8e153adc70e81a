import { AmqpError } from '../../codec/errors.ts';
import { type FieldTable, getString } from '../../codec/table.ts';
import type { Binding, Destination } from './binding.ts';
import type { Matcher } from './matcher.ts';
import type { RoutedProperties } from './routed_properties.ts';

export const DELAYED_MESSAGE = 'x-delayed-message';

const DELAYED_TYPE = 'x-delayed-type';

/** The type by which an exchange of type x-delayed-message routes, when the time has come. Throws 406 where there is none. */
export function delayedType(table: FieldTable): string {
  const type = getString(table, DELAYED_TYPE);
  if (type !== undefined && type !== DELAYED_MESSAGE) return type;
  throw new AmqpError(406, `Invalid argument, '${DELAYED_TYPE}' must be an existing exchange type`);
}

/** Routes as another type does, what has not to wait (topology/delayed.ts). */
export class DelayedMessageMatcher implements Matcher {
  /** Whether a message waits depends on its headers. */
  readonly keyDecides = false;
  readonly delays = true;
  readonly inner: Matcher;

  constructor(inner: Matcher) {
    this.inner = inner;
  }

  get firstKeyOnly(): boolean {
    return this.inner.firstKeyOnly;
  }

  validate(binding: Binding): void {
    this.inner.validate?.(binding);
  }

  add(binding: Binding): void {
    this.inner.add(binding);
  }

  remove(binding: Binding): void {
    this.inner.remove(binding);
  }

  indexSome(): boolean {
    return this.inner.indexSome?.() ?? false;
  }

  match(routingKey: string, properties: RoutedProperties, found: (destination: Destination) => void): void {
    this.inner.match(routingKey, properties, found);
  }

  matchAll(
    routingKeys: readonly string[],
    properties: RoutedProperties,
    found: (destination: Destination) => void,
  ): void {
    const { inner } = this;
    if (inner.matchAll !== undefined) {
      inner.matchAll(routingKeys, properties, found);
      return;
    }
    for (const routingKey of inner.firstKeyOnly ? routingKeys.slice(0, 1) : routingKeys) {
      inner.match(routingKey, properties, found);
    }
  }

  remembers(properties: RoutedProperties): boolean {
    return this.inner.remembers?.(properties) ?? false;
  }
}
