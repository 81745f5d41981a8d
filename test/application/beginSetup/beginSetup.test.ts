import { describe, expect, it } from 'vitest';
import { aMonolith } from '../support.ts';

const setup = { customer: 'cus_Ana', actor: 'user-7', attemptId: 'save-card-1' };

describe('beginSetup', () => {
  it('answers the client secret, and stores it nowhere', async () => {
    const monolith = aMonolith();
    const result = await monolith.paymentMethods.beginSetup(setup);
    expect(result).toMatchObject({ outcome: 'begun', attemptId: 'save-card-1' });
    const { clientSecret } = result as { clientSecret: string };
    expect(clientSecret).toMatch(/^seti_\w+_secret_/);
    for await (const recorded of monolith.store.readTrail()) expect(JSON.stringify(recorded)).not.toContain('_secret_');
    expect(await monolith.trail()).toEqual(['SetupRequested', 'SetupBegun']);
  });

  it('P3: repeated gets the same client secret from Stripe, and makes no second SetupIntent', async () => {
    const monolith = aMonolith();
    const result = await monolith.paymentMethods.beginSetup(setup);
    expect(await monolith.paymentMethods.beginSetup(setup)).toEqual(result);
    expect(await monolith.trail()).toHaveLength(2);
  });

  it('P4: whose answer is lost is unknown, and asked again under the same key is the same SetupIntent', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesResponse({ of: 'createSetupIntent' });
    expect(await monolith.paymentMethods.beginSetup(setup)).toMatchObject({
      outcome: 'unknown',
      cause: 'connectionLost',
    });
    expect(await monolith.paymentMethods.beginSetup(setup)).toMatchObject({ outcome: 'begun' });
    const keys = monolith.gateway.requests.flatMap((one) =>
      one.method === 'createSetupIntent' ? [one.idempotencyKey] : [],
    );
    expect(new Set(keys).size).toBe(1);
    expect(keys).toHaveLength(2);
  });

  it('is rejected where the attempt stands for another customer', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.beginSetup(setup);
    expect(await monolith.paymentMethods.beginSetup({ ...setup, customer: 'cus_Ben' })).toMatchObject({
      outcome: 'rejected',
      reason: 'attemptIdReused',
    });
  });

  it.each([
    ['both a customer and an account', { ...setup, customerAccount: 'acct_1' }],
    ['a usage Stripe does not have', { ...setup, usage: 'sometimes' as never }],
    ['an empty list of types', { ...setup, paymentMethodTypes: [] }],
    ['a type that is not one', { ...setup, paymentMethodTypes: ['../card'] }],
  ])('refuses %s before any I/O', async (_, input) => {
    const monolith = aMonolith();
    await expect(monolith.paymentMethods.beginSetup(input)).rejects.toMatchObject({ code: 'INVALID_COMMAND' });
    expect(monolith.gateway.requests).toHaveLength(0);
  });
});
