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
};

/** The same looks, so many a second at most, one after the other: what is left of Stripe's rate limit is the callers'. */
export function pacedGateway(gateway: LookingGateway, pace: Pace): LookingGateway {
  let nextAt = 0;
  const turn = async ({ signal }: CallOptions): Promise<void> => {
    const now = pace.clock.now().getTime();
    const at = Math.max(now, nextAt);
    nextAt = at + 1000 / pace.requestsPerSecond;
    if (at > now) await pace.timers.sleep(at - now, signal);
    pace.onRequest();
  };
  const paced =
    <Asked, Options extends CallOptions, Answer>(look: (asked: Asked, options: Options) => Promise<Answer>) =>
    async (asked: Asked, options: Options): Promise<Answer> => {
      await turn(options);
      return look(asked, options);
    };
  return {
    lookUp: (id, options = {}) => paced(gateway.lookUp.bind(gateway))(id, options),
    lookUpCustomer: (id, options = {}) => paced(gateway.lookUpCustomer.bind(gateway))(id, options),
    listPaymentMethods: (request, options = {}) => paced(gateway.listPaymentMethods.bind(gateway))(request, options),
    listEvents: (request, options = {}) => paced(gateway.listEvents.bind(gateway))(request, options),
  };
}
