import { FakePaymentGateway } from '../adapters/fake/index.ts';
import { InMemoryEventStore } from '../adapters/memory/inMemoryEventStore.ts';
import { StripeAccount } from '../adapters/simulator/index.ts';
import type { PaymentMethodsParts } from '../application/paymentMethods.ts';
import { PaymentMethods } from '../application/paymentMethods.ts';
import { ManualTime } from './manualTime.ts';
import { sequentialIds } from './sequentialIds.ts';

/** Payment methods over test doubles, with the doubles at hand. */
export type TestPaymentMethods = {
  readonly paymentMethods: PaymentMethods;
  readonly gateway: FakePaymentGateway;
  readonly eventStore: InMemoryEventStore;
  /** the time of all of them: it stands still until the test moves it */
  readonly time: ManualTime;
};

/** Payment methods for a test: a fake gateway, a trail in memory, a time that stands still, and ids that count. */
export function testPaymentMethods(parts: Partial<PaymentMethodsParts> = {}): TestPaymentMethods {
  const time = new ManualTime();
  const now = () => time.now().getTime();
  const gateway = new FakePaymentGateway({ account: new StripeAccount({ now }), timers: time });
  const eventStore = new InMemoryEventStore({ now });
  const own = { eventStore, gateway, clock: time, ids: sequentialIds() };
  return { paymentMethods: new PaymentMethods({ ...own, ...parts }), gateway, eventStore, time };
}
