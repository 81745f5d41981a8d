import { equal } from 'node:assert/strict';
// #region fake
import { describe, it } from 'node:test';
import type { PaymentMethods } from 'attach-payment-method';
import {
  anEvent,
  assertAsked,
  assertRecorded,
  assertUnknown,
  recordEvents,
  testPaymentMethods,
} from 'attach-payment-method/testing';

describe('saving a card', () => {
  const ana = { paymentMethodId: 'pm_1', customer: 'cus_1', attemptId: 'attempt-1', actor: 'user-7' };

  it('records what Stripe said', async () => {
    const { paymentMethods, gateway, eventStore } = testPaymentMethods();
    gateway.declines('pm_1');
    equal(await saveCard(paymentMethods), 'Your card was not accepted.');
    await assertRecorded(eventStore, ['AttachmentRequested', 'AttachmentRejected']);
  });

  it('is finished an hour later, where Stripe’s answer was lost', async () => {
    const { paymentMethods, gateway, time } = testPaymentMethods();
    gateway.losesResponse();
    gateway.isUnreachable({ of: 'lookUp' });
    assertUnknown(await paymentMethods.attach(ana), 'connectionLost');
    await time.advance(60 * 60_000);
    equal((await paymentMethods.recover()).settled.length, 1);
    equal(await saveCard(paymentMethods), 'Your card is saved.');
  });

  it('takes as long as Stripe does', async () => {
    const { paymentMethods, gateway, time } = testPaymentMethods();
    gateway.isSlow(5_000);
    const saving = saveCard(paymentMethods); // awaited here, it would never end: the time stands still
    await time.advance(5_000);
    equal(await saving, 'Your card is saved.');
  });

  it('of one that is saved already asks nobody', async () => {
    const { paymentMethods, gateway, eventStore } = testPaymentMethods();
    await recordEvents(eventStore, [anEvent('AttachmentRequested'), anEvent('PaymentMethodAttached')]);
    equal(await saveCard(paymentMethods), 'Your card is saved.');
    assertAsked(gateway, []);
  });
});
// #endregion fake

const messages = {
  attached: 'Your card is saved.',
  rejected: 'Your card was not accepted.',
  unknown: 'We are checking your card.',
};

/** The host's own code, which these tests are about. */
async function saveCard(paymentMethods: PaymentMethods): Promise<string> {
  const { outcome } = await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7' });
  return messages[outcome];
}
