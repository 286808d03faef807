import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import type { Logger } from '@tidetable/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeFailure } from './describe-failure.js';
import { explainError } from './explain-error.js';
import { apiLogger } from './log-requests.js';
import { Refusal } from './refusal.js';

/** Answers every error as JSON with `errors`; what is our own fault is logged under the request's id. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(@Inject(apiLogger) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const refusal = explainError(error) ?? this.report(error, http.getRequest<FastifyRequest>().id);
    http
      .getResponse<FastifyReply>()
      .status(refusal.statusCode)
      .headers(refusal.headers)
      .send({ ...refusal.extra, errors: refusal.message });
  }

  private report(error: unknown, requestId: string): Refusal {
    this.logger.error({ requestId, ...describeFailure(error) }, 'request failed');
    return new Refusal(
      500,
      'Something went wrong on our side. The header x-request-id identifies this request.',
    );
  }
}
