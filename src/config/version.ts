import { createRequire } from 'node:module';

/** From package.json, which stands two folders up from the source and from the built file alike. */
export const VERSION: string = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;

/** The RabbitMQ whose API and definitions these are, for programs that ask which they may use. */
export const RABBITMQ_VERSION = '4.3.0';
