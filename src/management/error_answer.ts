import { ManagementError } from '../admin/management_error.ts';
import { AmqpError } from '../codec/errors.ts';
import { PolicyError } from '../core/policy/check.ts';
import type { Logger } from '../server/logger.ts';
import type { Answer } from './answer.ts';
import { ApiError, badRequest, credentialsRefused, notAuthorised, notFound, preconditionFailed } from './api_error.ts';
import { UnknownUser } from './login.ts';

/** What is answered where something was wrong. Our own mistakes are logged, and not told. */
export function errorAnswer(error: unknown, logger: Logger): Answer {
  if (error instanceof UnknownUser) return { status: 401, headers: error.headers };
  const told = apiError(error);
  if (told === undefined) {
    logger.error({ err: error }, 'a request of the management API failed');
    return { status: 500, json: { error: 'internal_server_error', reason: 'Internal Server Error' } };
  }
  const { status, error: name, reason, detail, headers } = told;
  return { status, json: { error: name, reason, detail }, headers };
}

function apiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error instanceof PolicyError) return badRequest(error.message);
  if (error instanceof ManagementError) return ofManagement(error);
  if (error instanceof AmqpError) return ofAmqp(error);
  return undefined;
}

function ofManagement({ code, message }: ManagementError): ApiError {
  switch (code) {
    case 'not-found':
      return notFound(message);
    case 'protected':
      return preconditionFailed(message);
    case 'credentials':
      return credentialsRefused(message);
    case 'invalid':
      return badRequest(message);
  }
}

/** As if it had been a client's method. */
function ofAmqp({ code, explanation }: AmqpError): ApiError {
  if (code === 404) return notFound(explanation);
  if (code === 403) return notAuthorised('Access refused.');
  return badRequest(explanation);
}
