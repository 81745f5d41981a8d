import { describe, expect, it } from 'vitest';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import type { LookUpOptions } from '../../../src/application/ports/paymentMethodGateway.ts';
import { aMonolith, ana, ben, decoded, dying, failingOver, gatewayWith, settled, storeWith } from '../support.ts';
import type { Monolith } from './requests.ts';
import { withAttached, withUnattached } from './requests.ts';

const reference = (id: string) => ({ kind: 'customer', id });
const updated = { type: 'paymentMethodUpdated', notificationId: 'evt_1', requestId: null, idempotencyKey: null };

/** The gateway, and what each payment method was looked at with. */
function noting({ gateway }: Monolith) {
  const looks: { readonly id: string; readonly options: LookUpOptions | undefined }[] = [];
  const noted = gatewayWith(gateway, {
    lookUp: (id, options) => {
      looks.push({ id, options });
      return gateway.lookUp(id, options);
    },
  });
  return { looks, noted };
}

describe('an attach that is refused', () => {
  it('again, to who names no attempt, sends nothing for the attempt that stands in its way', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    for (const _ of [1, 2]) {
      expect(await monolith.paymentMethods.attach(ben)).toMatchObject({ outcome: 'rejected' });
    }
    expect(monolith.posts()).toEqual([]);
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'AttachmentRefused']);
  });

  it('leaves no wish for the default behind', async () => {
    const monolith = await withAttached();
    await monolith.paymentMethods.attach({ ...ben, setAsDefault: true });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached', 'AttachmentRefused']);
  });
});

describe('a test alias', () => {
  it('is looked at by nobody: there is nothing to see', async () => {
    const monolith = aMonolith();
    const alias = { ...ana, paymentMethodId: 'pm_card_visa', attemptId: 'a-1' };
    void monolith.process({ gateway: dying(monolith, false) }).attach(alias);
    await settled();
    monolith.passes(60_000);
    const { looks, noted } = noting(monolith);
    expect(await monolith.process({ gateway: noted }).recover()).toMatchObject({ settled: [{ outcome: 'attached' }] });
    expect(looks).toEqual([]);
  });

  it('that was rejected is looked at by nobody either', async () => {
    const monolith = aMonolith();
    const alias = { paymentMethodId: 'pm_card_chargeDeclined', attemptId: 'a-1', actor: 'user-7' };
    const paymentMethods = monolith.paymentMethods;
    expect(await paymentMethods.attach({ ...alias, customer: 'cus_Ana' })).toMatchObject({ outcome: 'rejected' });
    const { looks, noted } = noting(monolith);
    expect(await monolith.process({ gateway: noted }).reconcile(alias)).toMatchObject({ outcome: 'rejected' });
    expect(looks).toEqual([]);
  });
});

describe('a look at a payment method', () => {
  it('after an answer that was lost is for its customer, and ends with the call', async () => {
    const monolith = withUnattached();
    const { looks, noted } = noting(monolith);
    monolith.gateway.losesResponse();
    const { signal } = new AbortController();
    await monolith.process({ gateway: noted }).attach(ana, { signal });
    expect(looks).toMatchObject([{ id: 'pm_1', options: { expected: reference('cus_Ana') } }]);
    expect(looks[0]?.options?.signal).toBe(signal);
  });

  it('of which Stripe told is for the customer that the trail has it attached to, and ends with the call', async () => {
    const monolith = await withAttached();
    const { looks, noted } = noting(monolith);
    const { signal } = new AbortController();
    const told = { ...updated, paymentMethodId: 'pm_1' } as never;
    expect(await monolith.process({ gateway: noted }).ingest(told, { signal })).toEqual({ recorded: false });
    expect(looks).toMatchObject([{ id: 'pm_1', options: { expected: reference('cus_Ana') } }]);
    expect(looks[0]?.options?.signal).toBe(signal);
  });

  it('of a setup is for the customer of the setup, where the trail knows of no other', async () => {
    const monolith = aMonolith();
    const setup = { customer: 'cus_Ana', actor: 'user-7', attemptId: 's-1' };
    const begun = await monolith.paymentMethods.beginSetup(setup);
    const setupIntentId = begun.outcome === 'begun' ? begun.setupIntentId : '';
    await monolith.gateway.attach({
      paymentMethodId: 'pm_1' as never,
      customer: reference('cus_Ana') as never,
      idempotencyKey: 'theirs',
      apiVersion: monolith.gateway.apiVersion,
    });
    const { looks, noted } = noting(monolith);
    const told = { ...updated, type: 'setupSucceeded', attemptId: 's-1', setupIntentId, paymentMethodId: 'pm_1' };
    await monolith.process({ gateway: noted }).ingest({ ...told, customer: reference('cus_Ana') } as never);
    expect(looks).toMatchObject([{ id: 'pm_1', options: { expected: reference('cus_Ana') } }]);
  });
});

describe('what Stripe tells', () => {
  it('is news once', async () => {
    const elsewhere = await withAttached();
    const [told] = await elsewhere.notifications();
    const monolith = withUnattached();
    const news = [];
    for (const _ of [1, 2, 3]) if (told !== undefined) news.push(await monolith.paymentMethods.ingest(told));
    expect(news).toEqual([{ recorded: true }, { recorded: false }, { recorded: false }]);
    expect(await monolith.trail()).toEqual(['PaymentMethodAttached']);
  });
});

describe('an attach whose intent a failover takes', () => {
  const wish = { ...ana, setAsDefault: true };

  it('is recorded again behind what others have wished for since', async () => {
    const monolith = aMonolith();
    const standby = new InMemoryEventStore();
    await monolith.process({ eventStore: standby }).attach({ ...wish, paymentMethodId: 'pm_9' });
    const { length } = await decoded(standby);
    const eventStore = failingOver(monolith.store, standby);
    expect(await monolith.process({ eventStore }).attach(wish)).toMatchObject({ setAsDefault: { outcome: 'set' } });
    const types = (await decoded(standby)).slice(length).map(({ event }) => event.type);
    expect(types.slice(0, 3)).toEqual(['AttachmentRequested', 'DefaultPaymentMethodWished', 'PaymentMethodAttached']);
  });

  it('is given up where others are always first, after a hundred rounds', async () => {
    const monolith = withUnattached();
    let [isLost, tries] = [false, 0];
    const eventStore = storeWith(monolith.store, async (units) => {
      if (!isLost) {
        isLost = true;
        return monolith.store.append(units);
      }
      tries += 1;
      const lost = { expectedVersion: 0, currentVersion: 0, missed: [] };
      return { result: 'conflict', conflicts: units.map(({ stream }) => ({ ...lost, stream })) };
    });
    await expect(monolith.process({ eventStore }).attach(ana)).rejects.toMatchObject({
      code: 'OUTCOME_NOT_RECORDED',
      message: expect.stringContaining('Stripe was asked to attach pm_1'),
      cause: { code: 'CONTENTION', details: { stream: 'paymentMethod-pm_1', rounds: 100 } },
    });
    // The outcome is tried first, behind an intent that is thought to be there.
    expect(tries).toBe(101);
  });
});
