// #region fake
import { PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { FakePaymentGateway, InMemoryEventStore } from 'attach-payment-method/testing';
import { expect, it } from 'vitest';

it('tells the customer neither yes nor no while nobody knows', async () => {
  const gateway = new FakePaymentGateway();
  const eventStore = new InMemoryEventStore();
  const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
  gateway.isUnreachable(); // or gateway.declines('pm_1'), gateway.losesResponse(), …
  expect(await saveCard(paymentMethods, 'pm_1')).toBe('We are checking your card.');
});
// #endregion fake

const messages = {
  attached: 'Your card is saved.',
  rejected: 'Your card was not accepted.',
  unknown: 'We are checking your card.',
};

/** The host's own code, which these tests are about. */
async function saveCard(paymentMethods: PaymentMethods, paymentMethodId: string): Promise<string> {
  const { outcome } = await paymentMethods.attach({ paymentMethodId, customer: 'cus_1', actor: 'user-7' });
  return messages[outcome];
}

it('says that a declined card was not accepted', async () => {
  const gateway = new FakePaymentGateway();
  const eventStore = new InMemoryEventStore();
  const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
  gateway.declines('pm_1', 'insufficient_funds');
  expect(await saveCard(paymentMethods, 'pm_1')).toBe('Your card was not accepted.');
});
