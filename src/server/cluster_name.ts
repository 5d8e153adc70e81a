import { BROKER_NODE } from '../core/names.ts';

/** The global parameter that holds it, as in RabbitMQ. */
export const CLUSTER_NAME = 'cluster_name';

/** What clients and dashboards are told that the cluster is called: the name of the node, until it is given another. */
export function clusterName(globalParameters: ReadonlyMap<string, unknown>): string {
  const name = globalParameters.get(CLUSTER_NAME);
  return typeof name === 'string' ? name : BROKER_NODE;
}
