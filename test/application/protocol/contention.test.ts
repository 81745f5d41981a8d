import { describe, expect, it } from 'vitest';
import type { PaymentMethods } from '../../../src/application/paymentMethods.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import { ana, dying, gatewayWith, hour, settled, storeWith } from '../support.ts';
import type { Monolith } from './requests.ts';
import { every, withAttached, withUnattached } from './requests.ts';

const stream = 'paymentMethod-pm_1';
const pm1 = { paymentMethodId: 'pm_1', actor: 'user-7' };
const contended = (of: string) => ({ code: 'CONTENTION', details: { stream: of, rounds: 100 } });
const contendedAnywhere = { code: 'CONTENTION', message: expect.stringMatching(/changed stream \S+ 100 times/) };

/** A process that is always overtaken by others once so many of its appends have landed, and how often it tried. */
function overtaken(monolith: Monolith, landing: number) {
  let [landed, tries] = [0, 0];
  const append: EventStore['append'] = async (units) => {
    if (landed < landing) {
      const result = await monolith.store.append(units);
      if (result.result === 'appended') landed += 1;
      return result;
    }
    tries += 1;
    const conflicts = units.map(({ stream: name, expectedVersion }) => {
      const currentVersion = typeof expectedVersion === 'number' ? expectedVersion : 0;
      return { stream: name, expectedVersion, currentVersion, missed: [] };
    });
    return { result: 'conflict', conflicts };
  };
  const parts = { eventStore: storeWith(monolith.store, append) };
  return { parts, paymentMethods: monolith.process(parts), tries: () => tries };
}

/** What Stripe tells of, that the trail of another process does not know. */
async function told(does: (paymentMethods: PaymentMethods) => Promise<unknown>, type: string) {
  const monolith = await withAttached();
  await does(monolith.paymentMethods);
  const notification = (await monolith.notifications()).find((one) => one.type === type);
  if (notification === undefined) throw new TypeError(type);
  return notification;
}

describe('a call that is overtaken by others every time', () => {
  it('of attach gives up after a hundred rounds, names its attempt, and has not asked Stripe', async () => {
    const monolith = withUnattached();
    const { paymentMethods, tries } = overtaken(monolith, 0);
    const details = { stream, rounds: 100, paymentMethodId: 'pm_1', attemptId: 'a-1' };
    await expect(paymentMethods.attach({ ...ana, attemptId: 'a-1' })).rejects.toMatchObject({
      ...contendedAnywhere,
      details,
    });
    expect([tries(), monolith.posts()]).toEqual([100, []]);
  });

  it.each(every)('of $sent gives up, and has not asked Stripe', async ({ call, sent }) => {
    const monolith = await withAttached();
    const { paymentMethods, tries } = overtaken(monolith, 0);
    await expect(call(paymentMethods, 'a1')).rejects.toMatchObject(contendedAnywhere);
    expect(tries()).toBe(100);
    expect(monolith.gateway.requests.map(({ method }) => method)).not.toContain(sent);
  });

  it.each(every)('of $sent, once Stripe was asked, says that its outcome is not recorded', async ({ call, sent }) => {
    const monolith = await withAttached();
    const { paymentMethods, tries } = overtaken(monolith, 1);
    const answer = { detach: 'detached', setDefault: 'set', createSetupIntent: 'created' }[sent];
    await expect(call(paymentMethods, 'a1')).rejects.toMatchObject({
      code: 'OUTCOME_NOT_RECORDED',
      message: expect.stringContaining(`the outcome (${answer}) could not be recorded`),
      details: { stream: expect.stringMatching(/-(pm_1|cus_Ana|a1)$/), answer },
      cause: contendedAnywhere,
    });
    expect(tries()).toBe(100);
  });

  it('of attach, once Stripe was asked, says that its outcome is not recorded', async () => {
    const { paymentMethods, tries } = overtaken(withUnattached(), 1);
    await expect(paymentMethods.attach(ana)).rejects.toMatchObject({
      code: 'OUTCOME_NOT_RECORDED',
      cause: contended(stream),
      details: { paymentMethodId: 'pm_1', answer: 'attached', evidence: 'response' },
    });
    expect(tries()).toBe(100);
  });

  it('of recovery says so, and has not asked Stripe under a key that is not recorded', async () => {
    const monolith = withUnattached();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    monolith.passes(25 * hour);
    const { paymentMethods, tries } = overtaken(monolith, 0);
    expect(await paymentMethods.recover()).toMatchObject({ looked: 1, errors: [{ error: contended(stream) }] });
    expect([tries(), monolith.posts()]).toEqual([100, []]);
  });

  it('of a notification gives up, so that Stripe delivers it again', async () => {
    const attached = await told((it) => it.history('pm_1'), 'paymentMethodAttached');
    const detached = await told((it) => it.detach(pm1), 'paymentMethodDetached');
    for (const notification of [attached, detached]) {
      const { paymentMethods, tries } = overtaken(withUnattached(), 0);
      await expect(paymentMethods.ingest(notification)).rejects.toMatchObject(contended(stream));
      expect(tries()).toBe(100);
    }
  });

  it('of a look gives up, having looked anew each time', async () => {
    const monolith = withUnattached();
    const attachedElsewhere = await withAttached();
    const { parts, tries } = overtaken(monolith, 0);
    const looks: string[] = [];
    const gateway = gatewayWith(attachedElsewhere.gateway, {
      lookUp: (id, options) => {
        looks.push(id);
        return attachedElsewhere.gateway.lookUp(id, options);
      },
    });
    const updated = { type: 'paymentMethodUpdated', notificationId: 'evt_1', requestId: null, idempotencyKey: null };
    const ingesting = monolith.process({ ...parts, gateway }).ingest({ ...updated, paymentMethodId: 'pm_1' } as never);
    await expect(ingesting).rejects.toMatchObject(contended(stream));
    expect([tries(), looks.length]).toEqual([100, 100]);
  });
});
