import { describe, expect, it } from 'vitest';
import { decoded, gatewayWith, hour, settled, storeWith } from '../support.ts';
import type { Monolith, Sent } from './requests.ts';
import { around, every, keysOf, kinds, known, withAttached, withUnattached } from './requests.ts';

const never = () => new Promise<never>(() => {});
const pm1 = { paymentMethodId: 'pm_1', actor: 'user-7' };

/** A process that dies with its request on the way, before the effect or after it. */
async function crash(monolith: Monolith, sent: Sent, effect: boolean) {
  const dying = around(monolith.gateway, sent, async (send) => {
    if (effect) await send();
    return never();
  });
  void kinds[sent].call(monolith.process({ gateway: dying }), 'a1');
  await settled();
}

describe('a request whose key is too old to be used', () => {
  it('and that may land still, behind a later one, is left alone by recovery, and finished after that', async () => {
    const monolith = await withAttached();
    await crash(monolith, 'setDefault', false);
    monolith.passes(24 * hour);
    const before = monolith.gateway.requests.length;
    expect(await monolith.paymentMethods.recover()).toMatchObject({ stillOpen: [{ sort: 'default' }], errors: [] });
    expect(monolith.gateway.requests).toHaveLength(before);
    monolith.passes(2 * hour);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'set' }] });
  });

  it('is not asked for again where a look shows that it is done', async () => {
    const monolith = await withAttached();
    await crash(monolith, 'detach', true);
    monolith.passes(25 * hour);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'detached' }] });
    expect(keysOf(monolith, 'detach')).toHaveLength(1);
    expect(await monolith.trail()).toEqual([...known, 'DetachmentRequested', 'PaymentMethodDetached']);
  });

  it.each([
    ['is at it', false, { stillOpen: [{ sort: 'detachment' }], settled: [] }],
    ['has finished it', true, { stillOpen: [], settled: [{ outcome: 'detached' }] }],
  ])('is not asked for by who finds that another %s, under a key of its own', async (_, isDone, expected) => {
    const monolith = await withAttached();
    await crash(monolith, 'detach', false);
    monolith.passes(25 * hour);
    const sent: string[] = [];
    const noting = around(monolith.gateway, 'detach', (send) => (sent.push('late'), send()));
    let isFirst = true;
    const eventStore = storeWith(monolith.store, async (appends) => {
      if (isFirst) {
        isFirst = false;
        const gateway = isDone ? monolith.gateway : gatewayWith(monolith.gateway, { detach: never });
        void monolith.process({ gateway }).recover();
        await settled();
      }
      return monolith.store.append(appends);
    });
    expect(await monolith.process({ gateway: noting, eventStore }).recover()).toMatchObject({
      ...expected,
      errors: [],
    });
    expect(sent).toEqual([]);
  });
});

describe('a refusal without a code', () => {
  it('is settled by a look alone, once that gets through: nothing is asked for again', async () => {
    const monolith = withUnattached();
    const evidence = { source: 'response', requestId: null, tries: [] } as const;
    const refused = around(monolith.gateway, 'detach', async () => {
      return { answer: 'unknown', cause: 'refusedWithoutCode', evidence };
    });
    let looks = 0;
    const gateway = gatewayWith(refused, {
      // The first is before it is asked for; the one after it is lost.
      lookUp: async (id, options) => {
        looks += 1;
        return looks === 2 ? { look: 'unknown', cause: 'timeout', evidence } : monolith.gateway.lookUp(id, options);
      },
    });
    const refusing = monolith.process({ gateway });
    expect(await refusing.detach({ ...pm1, attemptId: 'a1' })).toMatchObject({ cause: 'refusedWithoutCode' });
    expect(await monolith.paymentMethods.detach({ ...pm1, attemptId: 'a1' })).toMatchObject({
      outcome: 'rejected',
      reason: 'notAttached',
    });
    expect(keysOf(monolith, 'detach')).toEqual([]);
  });
});

describe('what is recorded of a request', () => {
  it.each(every)('$sent, of a fault of the gateway, is a doubt that rests on no answer', async (kind) => {
    const { sent, call, doubted } = kind;
    const monolith = await withAttached();
    const fault = new Error('a bug of the gateway');
    const faulty = monolith.process({ gateway: around(monolith.gateway, sent, () => Promise.reject(fault)) });
    await expect(call(faulty, 'a1')).rejects.toBe(fault);
    const last = (await decoded(monolith.store)).at(-1);
    expect(last?.event).toMatchObject({ type: doubted, data: { cause: 'gatewayFault' } });
    expect(last?.event.data).toHaveProperty('evidence', { source: 'response', requestId: null, tries: [] });
  });

  it('that Stripe did before it failed rests on the look, with the tries of both', async () => {
    const monolith = await withAttached();
    const match = { method: 'POST', path: /customers/ };
    monolith.account.faults.next({ fault: 'serverError', effect: true, match });
    expect(await kinds.setDefault.call(monolith.paymentMethods, 'a1')).toMatchObject({ outcome: 'set' });
    const last = (await decoded(monolith.store)).at(-1);
    expect(last?.event.data).toMatchObject({
      evidence: { source: 'readBack', tries: [{ status: 500 }, { status: 200 }] },
    });
  });

  it('is the doubt itself where the look after it fails by a fault', async () => {
    const monolith = await withAttached();
    const match = { method: 'POST', path: /customers/ };
    monolith.account.faults.next({ fault: 'serverError', effect: false, match });
    const lookUpCustomer = () => Promise.reject(new Error('a bug of the gateway'));
    const blind = monolith.process({ gateway: gatewayWith(monolith.gateway, { lookUpCustomer }) });
    expect(await kinds.setDefault.call(blind, 'a1')).toMatchObject({ outcome: 'unknown', cause: 'serverError' });
  });
});
