import type { AttemptId } from '../../domain/identifiers.ts';
import type { KeyedRequest } from '../../domain/keyedRequest.ts';
import type { RetryPolicy } from '../../domain/retryPolicy.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import type { Clock } from '../ports/clock.ts';
import type { IdGenerator } from '../ports/idGenerator.ts';
import type { PaymentMethodGateway } from '../ports/paymentMethodGateway.ts';
import type { Streams } from '../events/streams.ts';

/** What every use case works with. */
export type UseCaseParts = {
  readonly streams: Streams;
  readonly gateway: PaymentMethodGateway;
  readonly clock: Clock;
  readonly ids: IdGenerator;
  readonly policy: RetryPolicy;
};

/** Who settles what, in the course of the attempt that left it open. */
export type ContextOfAttempt = (attemptId: AttemptId) => KnownContext;

/** A new key for a request, from now on. */
export function newKey({ gateway, clock, ids }: UseCaseParts): KeyedRequest {
  return {
    idempotencyKey: ids.next(),
    apiVersion: gateway.apiVersion,
    requestedAt: clock.now().toISOString(),
  };
}
