import { describe, expect, it } from 'vitest';
import { LocalLeases } from '../../../src/application/recovery/localLeases.ts';
import { leasesContract } from '../../../src/testing/leasesContract.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import { aMonolith, ana, ben, decoded, dying, gatewayWith, hour, settled } from '../support.ts';

const minute = 60_000;

/** A process that died right after its request went out: the trail has the intent alone. */
async function aCrash(monolith: ReturnType<typeof aMonolith>, { effect = false, input = ana } = {}) {
  void monolith.process({ gateway: dying(monolith, effect) }).attach(input);
  await settled();
}

describe('recover', () => {
  it('P5: finishes an attempt that a crash left before Stripe did it, under its own key', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    monolith.passes(minute);
    const report = await monolith.paymentMethods.recover();
    expect(report).toMatchObject({
      looked: 1,
      settled: [{ stream: 'paymentMethod-pm_1', sort: 'attachment', outcome: 'attached', paymentMethodId: 'pm_1' }],
      stillOpen: [],
      stuck: [],
      errors: [],
    });
    expect(monolith.effects()).toEqual(['attached']);
    const [requested, outcome, ...more] = await decoded(monolith.store);
    expect(more).toEqual([]);
    const key = requested?.event.type === 'AttachmentRequested' ? requested.event.data.idempotencyKey : null;
    expect(monolith.posts()).toMatchObject([{ idempotencyKey: key }]);
    expect(outcome).toMatchObject({ event: { type: 'PaymentMethodAttached' }, metadata: { actor: 'recovery' } });
    expect(outcome?.metadata.correlationId).toBe(requested?.metadata.correlationId);
  });

  it('P5: records an attach that Stripe did and nobody recorded, and does nothing again', async () => {
    const monolith = aMonolith();
    await aCrash(monolith, { effect: true });
    monolith.passes(minute);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'attached' }] });
    expect(monolith.effects()).toEqual(['attached']);
    expect(monolith.posts()).toHaveLength(1);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0, settled: [] });
  });

  it('leaves alone what is so young that it is probably in flight', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    monolith.passes(30_000);
    const { length } = monolith.gateway.requests;
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
    expect(monolith.gateway.requests).toHaveLength(length);
    monolith.passes(1);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'attached' }] });
  });

  it('says no where Stripe does', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1');
    await aCrash(monolith);
    monolith.passes(minute);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'rejected' }] });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'AttachmentRejected']);
  });

  it('a key older than 23 h is not used: a new one is durable before it is', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    monolith.passes(25 * hour);
    const before: string[][] = [];
    const watching = monolith.process({
      gateway: gatewayWith(monolith.gateway, {
        attach: async (request) => {
          before.push(await monolith.trail());
          return monolith.gateway.attach(request);
        },
      }),
    });
    expect(await watching.recover()).toMatchObject({ settled: [{ outcome: 'attached' }] });
    expect(before).toEqual([['AttachmentRequested', 'IdempotencyKeyRenewed']]);
    const keys = monolith.posts().map((post) => (post.method === 'attach' ? post.idempotencyKey : null));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('an old attempt under a new key that is probably in flight is left alone', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    monolith.passes(25 * hour);
    const { gateway } = monolith;
    const attach = () => new Promise<never>(() => {});
    void monolith.process({ gateway: gatewayWith(gateway, { attach }) }).recover();
    await settled();
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'IdempotencyKeyRenewed']);
    const { length } = gateway.requests;
    expect(await monolith.paymentMethods.recover()).toMatchObject({ stillOpen: [{ why: null }] });
    expect(gateway.requests).toHaveLength(length);
    monolith.passes(8 * hour);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'attached' }] });
  });

  it('an attempt on a test alias is asked under its own key, and makes no second payment method', async () => {
    const monolith = aMonolith();
    await aCrash(monolith, { effect: true, input: { ...ana, paymentMethodId: 'pm_card_visa' } });
    monolith.passes(minute);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'attached' }] });
    expect(monolith.effects()).toEqual(['attached']);
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodCloned', 'PaymentMethodAttached']);
  });

  it('finishes a detachment, a default and a setup too', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    await monolith.paymentMethods.attach(ana);
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
    const never = () => new Promise<never>(() => {});
    const dead = monolith.process({
      gateway: gatewayWith(gateway, { detach: never, setDefault: never, createSetupIntent: never }),
    });
    const actor = 'user-7';
    void dead.detach({ paymentMethodId: 'pm_1', actor });
    void dead.setDefault({ paymentMethodId: 'pm_2', customer: 'cus_Ana', actor });
    void dead.beginSetup({ customer: 'cus_Ana', actor, attemptId: 'save-card-1' });
    await settled();
    monolith.passes(minute);
    const { settled: done, ...rest } = await monolith.paymentMethods.recover();
    expect(done.map(({ sort, outcome }) => `${sort} ${outcome}`).sort()).toEqual([
      'default set',
      'detachment detached',
      'setup begun',
    ]);
    expect(rest).toMatchObject({ looked: 3, stillOpen: [], errors: [] });
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
  });

  it('a detachment whose key Stripe saved a 500 under is asked for under a new one', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.account.faults.next({ fault: 'serverError', effect: false, match: { path: /detach$/ } });
    expect(await monolith.paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7' })).toMatchObject({
      outcome: 'unknown',
      cause: 'serverError',
    });
    monolith.passes(minute);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'detached' }] });
    expect(monolith.effects()).toEqual(['attached', 'detached']);
    expect((await monolith.trail()).slice(2)).toEqual([
      'DetachmentRequested',
      'DetachmentOutcomeUnknown',
      'DetachmentRequested',
      'PaymentMethodDetached',
    ]);
  });

  it('a default and a setup whose keys Stripe saved a 500 under are asked for under new ones', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const failed = { fault: 'serverError', effect: false } as const;
    monolith.account.faults.next({ ...failed, match: { method: 'POST', path: /customers/ } });
    monolith.account.faults.next({ ...failed, match: { method: 'POST', path: /setup_intents/ } });
    const wish = { customer: 'cus_Ana', actor: 'user-7' };
    await monolith.paymentMethods.setDefault({ ...wish, paymentMethodId: 'pm_1' });
    await monolith.paymentMethods.beginSetup({ ...wish, attemptId: 'save-card-1' });
    monolith.passes(minute);
    const { settled: done } = await monolith.paymentMethods.recover();
    expect(done.map(({ sort, outcome, why }) => `${sort} ${outcome} ${why}`).sort()).toEqual([
      'default set serverError',
      'setup begun serverError',
    ]);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
  });

  it('what stays open is reported with its reason, and put off for a while that grows with its age', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    monolith.passes(minute);
    monolith.gateway.isUnreachable({ times: 100 });
    expect(await monolith.paymentMethods.recover()).toMatchObject({
      settled: [],
      stillOpen: [{ sort: 'attachment', why: 'unreachable', tries: 0, since: expect.any(String) }],
      stuck: [],
    });
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0, putOff: 1 });
    monolith.account.faults.clear();
    monolith.passes(minute / 4);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'attached' }] });
  });

  it('what is open for a day is stuck, and for three needs a human; it is never dropped', async () => {
    const monolith = aMonolith();
    await aCrash(monolith, { input: { ...ana, paymentMethodId: 'pm_card_visa' } });
    monolith.passes(25 * hour);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ stuck: [{ needsHuman: false }] });
    expect(await monolith.paymentMethods.recover()).toMatchObject({ putOff: 1, stuck: [{ needsHuman: false }] });
    monolith.passes(48 * hour);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ stuck: [{ needsHuman: true, why: null }] });
    expect(await monolith.trail()).toEqual(['AttachmentRequested']);
  });

  it('what fails with one attempt is reported, and keeps no other from being finished', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    await aCrash(monolith, { input: { ...ana, paymentMethodId: 'pm_2' } });
    monolith.passes(minute);
    const { gateway } = monolith;
    const fault = new PaymentMethodsError('GATEWAY_FORBIDDEN', 'no');
    const failing = monolith.process({
      gateway: gatewayWith(gateway, {
        lookUp: (id, options) => (id === 'pm_1' ? Promise.reject(fault) : gateway.lookUp(id, options)),
      }),
    });
    expect(await failing.recover()).toMatchObject({
      looked: 2,
      settled: [{ paymentMethodId: 'pm_2' }],
      stillOpen: [{ paymentMethodId: 'pm_1' }],
      errors: [{ stream: 'paymentMethod-pm_1', error: fault }],
    });
  });

  it('leases that fail keep nobody from the work', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    monolith.passes(minute);
    const broken = {
      acquire: () => Promise.reject(new Error('no table')),
      release: () => Promise.reject(new Error('no table')),
    };
    const report = await monolith.process({ leases: broken }).recover();
    expect(report).toMatchObject({ settled: [{ outcome: 'attached' }] });
    const { stream } = report.settled[0] ?? {};
    const error = expect.objectContaining({ message: 'no table' });
    expect(report.errors).toEqual([
      { stream, error },
      { stream, error },
    ]);
  });

  it('stops at a signal: takes no further attempt, and finishes those under way', async () => {
    const monolith = aMonolith();
    const ids = ['pm_1', 'pm_2', 'pm_3'];
    for (const paymentMethodId of ids) await aCrash(monolith, { input: { ...ana, paymentMethodId } });
    monolith.passes(minute);
    const stop = new AbortController();
    const { gateway } = monolith;
    const stopping = monolith.process({
      recovery: { concurrency: 1 },
      gateway: gatewayWith(gateway, {
        attach: async (request, options) => {
          stop.abort();
          return gateway.attach(request, options);
        },
      }),
    });
    expect(await stopping.recover({ signal: stop.signal })).toMatchObject({
      looked: 1,
      settled: [{ outcome: 'attached' }],
    });
    await expect(stopping.recover({ signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 2 });
  });

  it('asks no more than so many at once', async () => {
    const monolith = aMonolith();
    for (let number = 1; number <= 10; number += 1) {
      await aCrash(monolith, { input: { ...ana, paymentMethodId: `pm_${number}` } });
    }
    monolith.passes(minute);
    let [now, most] = [0, 0];
    const { gateway } = monolith;
    const watching = monolith.process({
      recovery: { concurrency: 3 },
      gateway: gatewayWith(gateway, {
        lookUp: async (id, options) => {
          now += 1;
          most = Math.max(most, now);
          await settled();
          now -= 1;
          return gateway.lookUp(id, options);
        },
      }),
    });
    expect(await watching.recover()).toMatchObject({ looked: 10 });
    expect(most).toBe(3);
  });

  it('reaches every attempt, whatever stays open at the head of the line', async () => {
    const monolith = aMonolith();
    for (let number = 1; number <= 230; number += 1) {
      void monolith.process({ gateway: dying(monolith, false) }).attach({ ...ana, paymentMethodId: `pm_${number}` });
    }
    await settled();
    monolith.passes(minute);
    const { gateway } = monolith;
    const stubborn = monolith.process({
      gateway: gatewayWith(gateway, {
        lookUp: (id, options) => {
          const isStubborn = Number(id.slice(3)) <= 150;
          return isStubborn ? Promise.reject(new Error('not this one')) : gateway.lookUp(id, options);
        },
      }),
    });
    const report = await stubborn.recover();
    expect([report.looked, report.settled.length, report.stillOpen.length]).toEqual([230, 80, 150]);
  });

  it('what another call settled meanwhile is reported as it ended, and nothing is recorded twice', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    monolith.passes(minute);
    const { gateway } = monolith;
    const late = monolith.process({
      gateway: gatewayWith(gateway, {
        lookUp: async (id, options) => {
          await monolith.paymentMethods.attach(ana);
          return gateway.lookUp(id, options);
        },
      }),
    });
    expect(await late.recover()).toMatchObject({ settled: [{ outcome: 'attached' }], errors: [] });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached']);
    expect(monolith.effects()).toEqual(['attached']);
  });

  it('another customer’s call finds it attached to the first', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    monolith.passes(minute);
    await monolith.paymentMethods.recover();
    expect(await monolith.paymentMethods.attach(ben)).toMatchObject({
      outcome: 'rejected',
      reason: 'attachedToAnotherCustomer',
    });
  });

  it.each([0, -1, 1.5, Number.NaN])('a policy of %s is refused', (concurrency) => {
    expect(() => aMonolith().process({ recovery: { concurrency } })).toThrow(/recovery.concurrency/);
  });

  it('is refused once closed, and close waits for a pass', async () => {
    const monolith = aMonolith();
    await aCrash(monolith);
    monolith.passes(minute);
    const pass = monolith.paymentMethods.recover();
    await monolith.paymentMethods.close();
    expect(await pass).toMatchObject({ looked: 1 });
    await expect(monolith.paymentMethods.recover()).rejects.toMatchObject({ code: 'CLOSED' });
  });

  it('refuses a retry policy by which a key would be used when Stripe has forgotten it', () => {
    const { process } = aMonolith();
    const policies = [
      { keyLifetimeMs: 24 * hour, inProgressMs: 30_000 },
      { keyLifetimeMs: 0, inProgressMs: 30_000 },
      { keyLifetimeMs: 23 * hour, inProgressMs: Number.NaN },
      { keyLifetimeMs: 23 * hour, inProgressMs: 24 * hour + 1 },
    ];
    for (const retryPolicy of policies) {
      expect(() => process({ retryPolicy })).toThrow(expect.objectContaining({ code: 'INVALID_OPTIONS' }));
    }
    for (const retryPolicy of [
      { keyLifetimeMs: 1, inProgressMs: 1 },
      { keyLifetimeMs: 24 * hour - 1, inProgressMs: 24 * hour },
    ]) {
      expect(() => process({ retryPolicy })).not.toThrow();
    }
  });
});

describe('leases within a process keep the contract of leases', () => {
  let now = 0;
  const passes = async (ms: number) => {
    now += ms;
  };
  const makeLeases = async () => new LocalLeases({ now: () => new Date(now) });
  for (const { name, run } of leasesContract(makeLeases, passes)) it(name, run);
});
