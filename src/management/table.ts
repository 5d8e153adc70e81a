import type { Endpoint } from './endpoint.ts';
import { VERSION } from './endpoints/version.ts';
import { WHOAMI } from './endpoints/whoami.ts';

/** Every endpoint there is, but the document that describes them. Their order does not matter. */
export const ENDPOINTS: readonly Endpoint[] = [...VERSION, ...WHOAMI];
