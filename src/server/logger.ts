/** Where the broker logs: pino's shape, so that a pino logger is one. */
export interface Logger {
  /** The least severe that is logged; where there is one, it can be changed. */
  level?: string;
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** For a broker inside a test: says nothing. */
export const SILENT: Logger = { debug() {}, info() {}, warn() {}, error() {} };
