/** Where the API is unlike RabbitMQ's, and is meant to be. */
export interface Accepted {
  readonly request: RegExp;
  /** Of the line that tells the difference. */
  readonly difference: RegExp;
  readonly why: string;
}

export const ACCEPTED: readonly Accepted[] = [];
