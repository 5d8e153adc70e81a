import type { FieldTable } from '../../codec/table.ts';

/** What a queue was declared as. */
export interface QueueProperties {
  readonly name: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  /** The connection that alone may use the queue, and whose end is the queue's; any identity will do. */
  readonly exclusiveOwner: object | undefined;
  readonly arguments: FieldTable;
  /** Here the exchange of this name keeps what it will route later: nobody sees it as a queue. */
  readonly forwards?: boolean;
}
