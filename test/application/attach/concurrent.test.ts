import { describe, expect, it } from 'vitest';
import { aMonolith, ana, ben } from '../support.ts';

/** The gateway of a process that dies with its request on the way: the effect may happen, the answer never comes. */
const dying = (monolith: ReturnType<typeof aMonolith>, effect: boolean) => ({
  apiVersion: monolith.gateway.apiVersion,
  lookUp: () => new Promise<never>(() => {}),
  attach: async (request: Parameters<typeof monolith.gateway.attach>[0]) => {
    if (effect) await monolith.gateway.attach(request);
    return new Promise<never>(() => {});
  },
});

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('attach: at the same time', () => {
  it('in one process, the same customer joins the attempt in flight', async () => {
    const monolith = aMonolith();
    const results = await Promise.all([1, 2, 3].map(() => monolith.paymentMethods.attach(ana)));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(monolith.posts()).toHaveLength(1);
    expect(await monolith.trail()).toHaveLength(2);
  });

  it('in two processes, the same attempt has one effect and one outcome, and both learn it', async () => {
    const monolith = aMonolith();
    const attempt = { ...ana, attemptId: 'checkout-9' };
    const results = await Promise.all([monolith.process().attach(attempt), monolith.process().attach(attempt)]);
    expect(results[0]).toMatchObject({ outcome: 'attached' });
    expect(results[1]).toEqual(results[0]);
    expect(monolith.effects()).toEqual(['attached']);
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached']);
  });

  it('in two processes, another attempt for the same customer learns that one is in progress', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach({ ...ana, attemptId: 'checkout-9' });
    await settled();
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({
      outcome: 'unknown',
      cause: 'attemptInProgress',
      attemptId: 'checkout-9',
    });
    expect(monolith.posts()).toHaveLength(0);
  });

  it('two customers: one wins, the other is refused', async () => {
    const monolith = aMonolith();
    const results = await Promise.all([monolith.process().attach(ana), monolith.process().attach(ben)]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['attached', 'rejected']);
    expect(monolith.effects()).toEqual(['attached']);
  });

  it('twenty processes and two customers leave one effect and one outcome', async () => {
    const monolith = aMonolith();
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, index) => monolith.process().attach(index % 2 === 0 ? ana : ben)),
    );
    expect(monolith.effects()).toEqual(['attached']);
    expect((await monolith.trail()).filter((type) => type === 'PaymentMethodAttached')).toHaveLength(1);
    expect(results.filter(({ outcome }) => outcome === 'rejected')).toHaveLength(10);
  });
});

describe('attach: after a crash', () => {
  for (const effect of [true, false]) {
    it(`${effect ? 'after' : 'before'} the effect, the same attempt finishes at once what was left open`, async () => {
      const monolith = aMonolith();
      const attempt = { ...ana, attemptId: 'checkout-9' };
      void monolith.process({ gateway: dying(monolith, effect) }).attach(attempt);
      await settled();
      expect(await monolith.paymentMethods.attach(attempt)).toMatchObject({
        outcome: 'attached',
        attemptId: 'checkout-9',
      });
      expect(monolith.effects()).toEqual(['attached']);
      expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached']);
    });
  }

  it('a later attempt finishes it once it is too old to be in flight', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach({ ...ana, attemptId: 'checkout-9' });
    await settled();
    monolith.passes(60_000);
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'attached', attemptId: 'checkout-9' });
    expect(monolith.effects()).toEqual(['attached']);
  });

  it('reconcile finishes it', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, true) }).attach(ana);
    await settled();
    expect(await monolith.paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'recovery' })).toMatchObject({
      outcome: 'attached',
    });
  });
});
