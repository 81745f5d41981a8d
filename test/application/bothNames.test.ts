import { describe, expect, it } from 'vitest';
import { aMonolith } from './support.ts';

const me = { paymentMethodId: 'pm_1', actor: 'recovery' };
const attempt = { paymentMethodId: 'pm_1', customerAccount: 'acct_Ana', actor: 'user-7', attemptId: 'a1' };
const account = { kind: 'customerAccount', id: 'acct_Ana' };
const customer = { kind: 'customer', id: 'cus_Ana' };

/** Ana is a customer and an account, and Stripe names both. */
function twice() {
  const monolith = aMonolith({ apiVersion: '2026-03-25.dahlia' });
  monolith.account.addCustomer({ id: 'cus_Ana', account: 'acct_Ana' });
  return monolith;
}

describe('where Stripe names a customer and an account', () => {
  it.each([
    ['the account', { customer: undefined }, account],
    ['the customer', { customerAccount: undefined, customer: 'cus_Ana' }, customer],
  ])('a lost answer to an attach to %s is found by a look', async (_, part, expected) => {
    const monolith = twice();
    monolith.gateway.losesResponse();
    const result = await monolith.paymentMethods.attach({ ...attempt, ...part });
    expect(result).toMatchObject({ outcome: 'attached', customer: expected, attemptId: 'a1' });
  });

  it('a doubt is settled by reconcile', async () => {
    const monolith = twice();
    monolith.gateway.losesResponse();
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    expect(await monolith.paymentMethods.attach(attempt)).toMatchObject({ outcome: 'unknown' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached', customer: account });
    expect(monolith.posts()).toHaveLength(1);
  });

  it('a rejection is overruled by a look that finds it attached', async () => {
    const monolith = twice();
    monolith.gateway.declines('pm_1');
    expect(await monolith.paymentMethods.attach(attempt)).toMatchObject({ outcome: 'rejected' });
    monolith.account.addPaymentMethod({ id: 'pm_1', owner: { kind: 'customerAccount', id: 'acct_Ana' } });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached', customer: account });
  });

  it('the webhook of our own attach says what the response says, and the caller is told attached', async () => {
    const monolith = twice();
    monolith.gateway.losesResponse();
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    await monolith.paymentMethods.attach(attempt);
    const [attached] = await monolith.notifications();
    expect(attached).toMatchObject({ type: 'paymentMethodAttached', alsoNamed: account });
    if (attached !== undefined) await monolith.paymentMethods.ingest(attached);
    expect(await monolith.paymentMethods.attach(attempt)).toMatchObject({
      outcome: 'attached',
      customer: account,
      attemptId: 'a1',
    });
    expect(monolith.posts()).toHaveLength(1);
  });

  it('an attachment that nobody here asked for is the customer’s', async () => {
    const monolith = twice();
    const key = { idempotencyKey: 'of-another', apiVersion: monolith.gateway.apiVersion };
    await monolith.gateway.attach({ paymentMethodId: 'pm_1', customer: account, ...key } as never);
    for (const notification of await monolith.notifications()) await monolith.paymentMethods.ingest(notification);
    expect((await monolith.paymentMethods.history('pm_1')).state).toMatchObject({ status: 'attached', customer });
  });

  it('an update is taken, and a detachment is from whom it was attached to', async () => {
    const monolith = twice();
    await monolith.paymentMethods.attach(attempt);
    monolith.account.in().updateCard('pm_1', { expYear: 2044 });
    for (const notification of await monolith.notifications()) await monolith.paymentMethods.ingest(notification);
    expect((await monolith.paymentMethods.history('pm_1')).state).toMatchObject({
      customer: account,
      card: { expYear: 2044 },
    });
    const leave = { paymentMethodId: 'pm_1', actor: 'user-7' };
    expect(await monolith.paymentMethods.detach(leave)).toMatchObject({ outcome: 'detached', customer: account });
  });

  it('a setup for the account is ended by its SetupIntent', async () => {
    const monolith = twice();
    const wish = { customerAccount: 'acct_Ana', actor: 'user-7', attemptId: 'save-1' };
    const begun = await monolith.paymentMethods.beginSetup(wish);
    if (begun.outcome !== 'begun') throw new TypeError(begun.outcome);
    monolith.account.handle({
      method: 'POST',
      path: `/v1/setup_intents/${begun.setupIntentId}/confirm`,
      headers: { authorization: 'Bearer sk_test_fake', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'payment_method=pm_card_visa&return_url=https://example.com',
    });
    for (const notification of await monolith.notifications()) await monolith.paymentMethods.ingest(notification);
    const succeeded = await monolith.paymentMethods.beginSetup(wish);
    if (succeeded.outcome !== 'succeeded') throw new TypeError(succeeded.outcome);
    expect((await monolith.paymentMethods.history(succeeded.paymentMethodId)).state).toMatchObject({
      status: 'attached',
      attemptId: 'save-1',
    });
  });
});
