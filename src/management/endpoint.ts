import type { z } from 'zod';
import type { Answer } from './answer.ts';
import type { ApiRequest } from './request.ts';
import type { May } from './who.ts';

export type HttpMethod = 'GET' | 'PUT' | 'POST' | 'DELETE';

/** The names that stand for something in a path: `'vhost' | 'name'` of `/api/policies/:vhost/:name`. */
export type ParameterOf<Path extends string> = Path extends `${infer First}/${infer Rest}`
  ? ParameterOf<First> | ParameterOf<Rest>
  : Path extends `:${infer Name}`
    ? Name
    : never;

/**
 * One method of one path. The routes, who may use them, what their bodies must be, and the document that describes all of it
 * come from these.
 */
export interface Endpoint<Path extends string = string, Body = unknown> {
  readonly method: HttpMethod;
  /** Parts that begin with a colon stand for any name, percent-encoded. What is literal is looked for first. */
  readonly path: Path;
  readonly may: May;
  /** One sentence. */
  readonly summary: string;
  /** What the body must be; a body that is not read is ignored. One that is left out counts as `{}`. */
  readonly body?: z.ZodType<Body> | undefined;
  /** Whether the body is what a web page's form sends, not JSON. */
  readonly isForm?: boolean;
  /** What is answered: of a list, each of its objects. */
  readonly answers?: z.ZodType | undefined;
  /** Whether text is answered, not JSON. */
  readonly isText?: boolean;
  /** Whether a list is answered: by page, sorted and filtered, as the query asks. */
  readonly isList?: boolean;
  /** What the query may say beside what all lists take, and what it means. */
  readonly query?: Readonly<Record<string, string>>;
  /** Throws for what is wrong whatever the body is; what it is is not known yet. */
  before?(request: ApiRequest<ParameterOf<Path>, undefined>): void;
  handle(request: ApiRequest<ParameterOf<Path>, Body>): Answer | Promise<Answer>;
}

/** Lets TypeScript see which parameters the path has, and what the body is. */
export function endpoint<const Path extends string, Body = undefined>(definition: Endpoint<Path, Body>): Endpoint {
  return definition as unknown as Endpoint;
}
