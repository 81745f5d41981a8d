import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import type { Clock } from '../ports/clock.ts';
import type { CallOptions, PaymentMethodGateway } from '../ports/paymentMethodGateway.ts';
import type { Timers } from '../ports/timers.ts';

/** The looks of a gateway. */
export type LookingGateway = Pick<
  PaymentMethodGateway,
  'lookUp' | 'lookUpCustomer' | 'listPaymentMethods' | 'listEvents'
>;

type Pace = {
  readonly requestsPerSecond: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onRequest: () => void;
  /** told of each look that brought nothing, before its answer is given */
  readonly onUnknown: (cause: UnknownCause, evidence: Evidence) => void;
};

type Looked = { readonly evidence: Evidence } & (
  | { readonly look: 'unknown'; readonly cause: UnknownCause }
  | { readonly look: 'found' | 'notFound' }
);
type Look<Asked, Options, Answer> = (asked: Asked, options: Options) => Promise<Answer>;

/**
 * The same looks, as a sweep's: one after the other, and so many requests a second at most, those among them that the
 * gateway repeats by itself. What is left of Stripe's rate limit is the callers'.
 */
export function pacedGateway(gateway: LookingGateway, pace: Pace): LookingGateway {
  const { clock, timers, onRequest, onUnknown } = pace;
  const intervalMs = 1000 / pace.requestsPerSecond;
  let last = { at: 0, takesMs: 0 };
  const turn = async ({ signal }: CallOptions): Promise<void> => {
    const now = clock.now().getTime();
    // However far the clock stepped back, nobody waits longer than the last look has to be waited for.
    const waitMs = Math.min(Math.max(0, last.at + last.takesMs - now), last.takesMs);
    if (waitMs > 0) await timers.sleep(waitMs, signal);
    last = { at: now + waitMs, takesMs: intervalMs };
  };
  const paced =
    <Asked, Options extends CallOptions, Answer extends Looked>(
      look: Look<Asked, Options, Answer>,
    ): Look<Asked, Options, Answer> =>
    async (asked, options) => {
      await turn(options);
      onRequest();
      const answer = await look(asked, options);
      for (let tries = 2; tries <= answer.evidence.tries.length; tries += 1) onRequest();
      last = { ...last, takesMs: intervalMs * Math.max(1, answer.evidence.tries.length) };
      if (answer.look === 'unknown') onUnknown(answer.cause, answer.evidence);
      return { ...answer, evidence: { ...answer.evidence, source: 'sweep' } };
    };
  return {
    lookUp: (id, options = {}) => paced(gateway.lookUp.bind(gateway))(id, options),
    lookUpCustomer: (id, options = {}) => paced(gateway.lookUpCustomer.bind(gateway))(id, options),
    listPaymentMethods: (request, options = {}) => paced(gateway.listPaymentMethods.bind(gateway))(request, options),
    listEvents: (request, options = {}) => paced(gateway.listEvents.bind(gateway))(request, options),
  };
}
