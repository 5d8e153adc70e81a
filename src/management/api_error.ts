/** An answer that says what was wrong, as RabbitMQ words it: `{"error":"bad_request","reason":"not_json"}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly error: string;
  readonly reason: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** What RabbitMQ tells its operators at the terminal only. */
  readonly detail: string | undefined;

  constructor(
    status: number,
    error: string,
    reason: unknown,
    headers: Readonly<Record<string, string>> = {},
    detail?: string,
  ) {
    super(`${error}: ${reason}`);
    this.status = status;
    this.error = error;
    this.reason = reason;
    this.headers = headers;
    this.detail = detail;
  }
}

export function badRequest(reason: unknown): ApiError {
  return new ApiError(400, 'bad_request', reason);
}

export function credentialsRefused(detail: string): ApiError {
  return new ApiError(400, 'bad_request', 'credential_validation_failed', {}, detail);
}

/** There is no such object, or no such path. */
export function objectNotFound(): ApiError {
  return new ApiError(404, 'Object Not Found', 'Not Found');
}

/** The answer to somebody who may not know whether there is such a thing, and to some who may. */
export function notFound(reason: string = 'Not Found'): ApiError {
  return new ApiError(404, 'not_found', reason);
}

/** RabbitMQ answers 401 to somebody whom it knows, too. */
export function notAuthorised(reason: string): ApiError {
  return new ApiError(401, 'not_authorised', reason);
}

export function preconditionFailed(reason: string): ApiError {
  return new ApiError(412, 'precondition_failed', reason);
}
