import { BROKER_NODE } from '../core/names.ts';
import { objectNotFound } from './api_error.ts';

/** Some agents do not ask for the node's name but make it, of `rabbit@` and the host that they were given. */
const MADE_UP = /^rabbit@./;

/** Whether a path or a body means this node, as every name of a node of RabbitMQ does: there is no other. */
export function isThisNode(name: string): boolean {
  return name === BROKER_NODE || MADE_UP.test(name);
}

/** Throws for another node. */
export function checkNode(name: string): void {
  if (!isThisNode(name)) throw objectNotFound();
}
