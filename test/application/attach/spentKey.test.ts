import { describe, expect, it } from 'vitest';
import { ana, aMonolith, hour } from '../support.ts';

const me = { paymentMethodId: 'pm_1', actor: 'user-7' };

describe('P4: attach: a failure of what Stripe depends on (424), which it saved', () => {
  it('with the effect is found by the look', async () => {
    const monolith = aMonolith();
    monolith.account.faults.next({ fault: 'dependencyFailed', effect: true });
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'attached' });
  });

  it('without the effect is asked for again under a new key, since the old one would only repeat it', async () => {
    const monolith = aMonolith();
    monolith.account.faults.next({ fault: 'dependencyFailed' });
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'unknown', cause: 'serverError' });
    monolith.passes(hour);
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached' });
    const keys = monolith.posts().map((post) => 'idempotencyKey' in post && post.idempotencyKey);
    expect(new Set(keys).size).toBe(2);
    expect(await monolith.trail()).toContain('IdempotencyKeyRenewed');
  });

  it('a setup and a default go on under a new key as well', async () => {
    const monolith = aMonolith();
    const { account, paymentMethods } = monolith;
    const customer = account.addCustomer();
    const paymentMethodId = account.addPaymentMethod({ owner: { kind: 'customer', id: customer } });
    const setup = { customer, actor: 'user-7', attemptId: 'setup-1' };
    const wish = { customer, paymentMethodId, actor: 'user-7', attemptId: 'default-1' };
    account.faults.next({ fault: 'dependencyFailed', match: { method: 'POST' }, times: 2 });
    expect(await paymentMethods.beginSetup(setup)).toMatchObject({ outcome: 'unknown', cause: 'serverError' });
    expect(await paymentMethods.setDefault(wish)).toMatchObject({ outcome: 'unknown', cause: 'serverError' });
    monolith.passes(hour);
    expect(await paymentMethods.beginSetup(setup)).toMatchObject({ outcome: 'begun' });
    expect(await paymentMethods.setDefault(wish)).toMatchObject({ outcome: 'set' });
  });
});
