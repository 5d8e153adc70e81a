/** The name of the node, as clients, traces and events are told it. */
export const BROKER_NODE = 'leveret@localhost';

/** RabbitMQ takes carriage returns and line feeds out of queue and exchange names, in silence; clients rely on it. */
export function stripLineBreaks(name: string): string {
  return name.includes('\n') || name.includes('\r') ? name.replace(/[\r\n]/g, '') : name;
}
