import { createRequire } from 'node:module';

/** From package.json, which stands two folders up from the source and from the built file alike. */
export const VERSION: string = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
