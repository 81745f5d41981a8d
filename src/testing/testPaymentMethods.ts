import { FakePaymentGateway } from '../adapters/fake/index.ts';
import { InMemoryEventStore } from '../adapters/memory/inMemoryEventStore.ts';
import { StripeAccount } from '../adapters/simulator/index.ts';
import type { PaymentMethodsParts } from '../application/paymentMethods.ts';
import { PaymentMethods } from '../application/paymentMethods.ts';
import type { EventStore } from '../application/ports/eventStore.ts';
import type { PaymentMethodGateway } from '../application/ports/paymentMethodGateway.ts';
import { ManualTime } from './manualTime.ts';
import { sequentialIds } from './sequentialIds.ts';

/** What is to take the place of a double. */
export type TestParts<Gateway extends PaymentMethodGateway, Store extends EventStore> = Partial<
  Omit<PaymentMethodsParts, 'gateway' | 'eventStore'>
> & { readonly gateway?: Gateway | undefined; readonly eventStore?: Store | undefined };

/** Payment methods over test doubles, with the doubles at hand, or with what was given in their place. */
export type TestPaymentMethods<
  Gateway extends PaymentMethodGateway = FakePaymentGateway,
  Store extends EventStore = InMemoryEventStore,
> = {
  readonly paymentMethods: PaymentMethods;
  readonly gateway: Gateway;
  readonly eventStore: Store;
  /** the time of all of them: it stands still until the test moves it */
  readonly time: ManualTime;
};

/**
 * Payment methods for a test: a fake gateway, a trail in memory, a time that stands still, and ids that count. A part that is
 * given takes the place of its double, and is what is answered: a `ManualTime` that is given as `clock` is the time of all.
 */
export function testPaymentMethods<
  Gateway extends PaymentMethodGateway = FakePaymentGateway,
  Store extends EventStore = InMemoryEventStore,
>(parts?: TestParts<Gateway, Store>): TestPaymentMethods<Gateway, Store>;
export function testPaymentMethods(
  parts: TestParts<PaymentMethodGateway, EventStore> = {},
): TestPaymentMethods<PaymentMethodGateway, EventStore> {
  const time = parts.clock instanceof ManualTime ? parts.clock : new ManualTime();
  const { clock = time } = parts;
  const now = () => clock.now().getTime();
  const {
    gateway = new FakePaymentGateway({ account: new StripeAccount({ now }), timers: time }),
    eventStore = new InMemoryEventStore({ now }),
  } = parts;
  const own = { timers: time, ids: sequentialIds() };
  const paymentMethods = new PaymentMethods({ ...own, ...parts, clock, gateway, eventStore });
  return { paymentMethods, gateway, eventStore, time };
}
