import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { aMonolith, ana, ben, dying, gatewayWith, settled } from '../support.ts';

describe('attach: at the same time', () => {
  it('in one process, the same customer joins the attempt in flight', async () => {
    const monolith = aMonolith();
    const results = await Promise.all([1, 2, 3].map(() => monolith.paymentMethods.attach(ana)));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(monolith.posts()).toHaveLength(1);
    expect(await monolith.trail()).toHaveLength(2);
  });

  it('in one process, another customer does not join', async () => {
    const monolith = aMonolith();
    const results = await Promise.all([monolith.paymentMethods.attach(ana), monolith.paymentMethods.attach(ben)]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['attached', 'rejected']);
  });

  it('in one process, an attempt of its own id keeps its own answer', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1');
    const [one, two] = await Promise.all(
      ['a-1', 'a-2'].map((attemptId) => monolith.paymentMethods.attach({ ...ana, attemptId })),
    );
    expect(one).toMatchObject({ outcome: 'rejected', attemptId: 'a-1' });
    expect(two).toMatchObject({ outcome: 'unknown', cause: 'attemptInProgress', attemptId: 'a-1' });
  });

  it('who joins gives up by an own signal alone', async () => {
    const monolith = aMonolith();
    const hanging = monolith.process({ gateway: dying(monolith, false) });
    void hanging.attach(ana);
    const giveUp = new AbortController();
    const joining = hanging.attach(ana, { signal: giveUp.signal });
    giveUp.abort();
    expect(await joining).toMatchObject({ outcome: 'unknown', cause: 'aborted' });
  });

  it('who joins leaves nothing behind at its signal, whether it gave up or not', async () => {
    const { paymentMethods } = aMonolith();
    const { signal } = new AbortController();
    const first = paymentMethods.attach(ana);
    const joining = paymentMethods.attach(ana, { signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    expect(await joining).toEqual(await first);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('who joined a caller that gave up goes on', async () => {
    const monolith = aMonolith();
    const giveUp = new AbortController();
    const { gateway } = monolith;
    const slow = monolith.process({
      gateway: gatewayWith(gateway, {
        attach: async (request, options) => {
          await settled();
          return gateway.attach(request, options);
        },
      }),
    });
    const first = slow.attach(ana, { signal: giveUp.signal });
    const joined = slow.attach(ana);
    giveUp.abort();
    expect(await first).toMatchObject({ outcome: 'unknown', cause: 'aborted' });
    expect(await joined).toMatchObject({ outcome: 'attached' });
    expect(monolith.effects()).toEqual(['attached']);
  });

  it('of many who joined a caller that gave up, one asks and the rest join that one', async () => {
    const monolith = aMonolith();
    const giveUp = new AbortController();
    const { gateway } = monolith;
    const slow = monolith.process({
      gateway: gatewayWith(gateway, {
        attach: async (request, options) => {
          await settled();
          return gateway.attach(request, options);
        },
      }),
    });
    const first = slow.attach({ ...ana, attemptId: 'a-1' }, { signal: giveUp.signal });
    const joined = [1, 2, 3, 4].map(() => slow.attach({ ...ana, attemptId: 'a-1' }));
    giveUp.abort();
    expect(await first).toMatchObject({ outcome: 'unknown', cause: 'aborted' });
    for (const result of await Promise.all(joined)) expect(result).toMatchObject({ outcome: 'attached' });
    expect(monolith.posts(), 'the one given up, and one more').toHaveLength(2);
  });

  it('who names no attempt does not join the repeat of an old one, whose answer is old', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1');
    const old = { ...ana, attemptId: 'checkout-9' };
    await monolith.paymentMethods.attach(old);
    monolith.account.addPaymentMethod({ id: 'pm_1' });
    const [repeat, fresh] = await Promise.all([
      monolith.paymentMethods.attach(old),
      monolith.paymentMethods.attach(ana),
    ]);
    expect(repeat).toMatchObject({ outcome: 'rejected', attemptId: 'checkout-9' });
    expect(fresh).toMatchObject({ outcome: 'attached' });
  });

  it('P2: a new key is recorded though another customer’s refusal came first', async () => {
    const monolith = aMonolith();
    const { store } = monolith;
    void monolith.process({ gateway: dying(monolith, false) }).attach({ ...ana, attemptId: 'a-1' });
    await settled();
    monolith.passes(24 * 60 * 60 * 1000);
    let refusals = 0;
    const racing = monolith.process({
      eventStore: {
        append: async (units) => {
          if (units[0]?.events[0]?.type === 'IdempotencyKeyRenewed' && refusals === 0) {
            refusals += 1;
            await monolith.process().attach(ben);
          }
          return store.append(units);
        },
        readStream: (stream) => store.readStream(stream),
        readTrail: () => store.readTrail(),
        readHead: () => store.readHead(),
        close: () => store.close(),
      },
    });
    expect(await racing.attach({ ...ana, attemptId: 'a-1' })).toMatchObject({ outcome: 'attached' });
    expect(await monolith.trail()).toEqual([
      'AttachmentRequested',
      'AttachmentRefused',
      'IdempotencyKeyRenewed',
      'PaymentMethodAttached',
    ]);
  });

  it('a crowd that is refused takes two appends each, however many there are', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const { store } = monolith;
    let appends = 0;
    const counting = {
      append: async (units: Parameters<typeof store.append>[0]) => {
        appends += 1;
        await settled();
        return store.append(units);
      },
      readStream: (stream: string) => store.readStream(stream),
      readTrail: () => store.readTrail(),
      readHead: () => store.readHead(),
      close: () => store.close(),
    };
    const crowd = Array.from({ length: 200 }, (_, index) =>
      monolith.process({ eventStore: counting }).attach({ ...ben, attemptId: `b-${index}` }),
    );
    for (const result of await Promise.all(crowd)) expect(result).toMatchObject({ outcome: 'rejected' });
    expect(appends).toBe(400);
    expect(await monolith.trail()).toHaveLength(202);
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

  it('P3: who was refused while another was at it is refused again, also when the way is clear', async () => {
    const monolith = aMonolith();
    const attempt = { ...ben, attemptId: 'b-1' };
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    const refused = await monolith.paymentMethods.attach(attempt);
    expect(refused).toMatchObject({ outcome: 'rejected', reason: 'attachingToAnotherCustomer' });
    expect(monolith.posts(), 'another’s attempt is not finished by a refused one').toHaveLength(0);
    monolith.gateway.declines('pm_1');
    monolith.passes(60_000);
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'rejected' });
    expect(await monolith.paymentMethods.attach(attempt)).toEqual(refused);
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

  it('a test alias is not asked for again once Stripe may have forgotten the key: it would make a second one', async () => {
    const monolith = aMonolith();
    const visa = { ...ana, paymentMethodId: 'pm_card_visa', attemptId: 'checkout-9' };
    void monolith.process({ gateway: dying(monolith, true) }).attach(visa);
    await settled();
    monolith.passes(23 * 60 * 60 * 1000);
    expect(await monolith.paymentMethods.attach(visa)).toMatchObject({ outcome: 'unknown' });
    expect(monolith.effects()).toEqual(['attached']);
    expect(monolith.posts()).toHaveLength(1);
  });

  it('reconcile looks at once, and asks once it is too old to be in flight', async () => {
    const monolith = aMonolith();
    const me = { paymentMethodId: 'pm_1', actor: 'recovery' };
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({
      outcome: 'unknown',
      cause: 'attemptInProgress',
    });
    expect(await monolith.trail()).toEqual(['AttachmentRequested']);
    monolith.passes(60_000);
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached' });
  });

  it('reconcile finds the effect at once', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, true) }).attach(ana);
    await settled();
    expect(await monolith.paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'recovery' })).toMatchObject({
      outcome: 'attached',
    });
  });
});

describe('P12: close', () => {
  it('lets an attach under way finish and be recorded, and then refuses', async () => {
    const monolith = aMonolith();
    const attaching = monolith.paymentMethods.attach(ana);
    await monolith.paymentMethods.close();
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached']);
    expect(await attaching).toMatchObject({ outcome: 'attached' });
    await expect(monolith.paymentMethods.attach(ben)).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(monolith.paymentMethods.history('pm_1')).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
