import { describe, expect, it } from 'vitest';
import { aMonolith, ana, decoded } from '../support.ts';

describe('attach: rejected', () => {
  it('answers Stripe’s codes, and records them', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1', 'insufficient_funds');
    const result = await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' });
    expect(result).toEqual({
      outcome: 'rejected',
      reason: 'cardDeclined',
      paymentMethodId: 'pm_1',
      customer: { kind: 'customer', id: 'cus_Ana' },
      attemptId: 'checkout-9',
      stripeCode: 'card_declined',
      declineCode: 'insufficient_funds',
    });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'AttachmentRejected']);
  });

  it('P3: the same attempt again gets the same answer, with nothing sent; a new attempt asks again', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1');
    const attempt = { ...ana, attemptId: 'checkout-9' };
    const first = await monolith.paymentMethods.attach(attempt);
    expect(await monolith.paymentMethods.attach(attempt)).toEqual(first);
    expect(monolith.posts()).toHaveLength(1);
    await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-10' });
    expect(monolith.posts()).toHaveLength(2);
    expect(await monolith.paymentMethods.attach(attempt)).toEqual(first);
    expect(monolith.posts()).toHaveLength(2);
  });

  it('P3: keeps its answer when a later attempt attached it', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1');
    const first = await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' });
    monolith.account.addPaymentMethod({ id: 'pm_1' });
    expect(await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-10' })).toMatchObject({
      outcome: 'attached',
    });
    expect(await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' })).toEqual(first);
  });

  it('refuses an attempt id that was used for another customer', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1');
    await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' });
    const reused = await monolith.paymentMethods.attach({ ...ana, customer: 'cus_Ben', attemptId: 'checkout-9' });
    expect(reused).toMatchObject({ outcome: 'rejected', reason: 'attemptIdReused' });
  });

  it('refuses an attempt id that attached it for another customer, and keeps the answer for that one', async () => {
    const monolith = aMonolith();
    const mine = { ...ana, attemptId: 'checkout-9' };
    const first = await monolith.paymentMethods.attach(mine);
    expect(await monolith.paymentMethods.attach({ ...mine, customer: 'cus_Ben' })).toMatchObject({
      outcome: 'rejected',
      reason: 'attemptIdReused',
    });
    expect(await monolith.paymentMethods.attach(mine)).toEqual(first);
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached']);
  });

  it('is recorded once for a customer who asks again and again without naming the attempt', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const other = { ...ana, customer: 'cus_Ben' };
    for (let times = 0; times < 3; times += 1) {
      expect(await monolith.paymentMethods.attach(other)).toMatchObject({ reason: 'attachedToAnotherCustomer' });
    }
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached', 'AttachmentRefused']);
    await monolith.paymentMethods.attach({ ...other, attemptId: 'checkout-9' });
    expect(await monolith.trail(), 'a named attempt gets its own record').toHaveLength(4);
  });

  it('is what another customer’s card is, which only a look at Stripe can tell: Stripe sends no code', async () => {
    const monolith = aMonolith();
    monolith.gateway.attachedElsewhere('pm_1');
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({
      outcome: 'rejected',
      reason: 'attachedToAnotherCustomer',
    });
    const [, rejected] = await decoded(monolith.store);
    expect(rejected?.event.data).toMatchObject({
      evidence: { source: 'readBack', tries: [{ status: 400 }, { status: 200 }] },
    });
  });

  it('is what one that was detached before is', async () => {
    const monolith = aMonolith();
    monolith.account.addPaymentMethod({ id: 'pm_1', spent: true });
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'rejected', reason: 'notAttachable' });
  });

  it('says which is missing: the payment method or the customer', async () => {
    const { account, process, paymentMethods } = aMonolith();
    const { FakePaymentGateway } = await import('../../../src/adapters/fake/index.ts');
    const strict = process({ gateway: new FakePaymentGateway({ account, strict: true }) });
    expect(await strict.attach(ana)).toMatchObject({ reason: 'paymentMethodNotFound', stripeCode: 'resource_missing' });
    account.addPaymentMethod({ id: 'pm_1' });
    expect(await strict.attach(ana)).toMatchObject({ reason: 'customerNotFound', stripeCode: 'resource_missing' });
    expect(await paymentMethods.attach(ana)).toMatchObject({ outcome: 'attached' });
  });
});
