import { describe, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import { pacedGateway } from '../../../src/application/sweep/pacedGateway.ts';
import { aMonolith, ana, decoded, dying, gatewayWith, hour, settled } from '../support.ts';
import { aSweeping } from './support.ts';

const ofAna = { customer: 'cus_Ana' };

/** Something at Stripe that no webhook told of. */
const owner = { kind: 'customer', id: 'cus_Ana' } as const;

describe('sweep of a customer', () => {
  it('P5: records an attachment that the trail did not know, with evidence from a sweep', async () => {
    const { account, paymentMethods, store } = aSweeping();
    account.addCustomer('cus_Ana');
    account.addPaymentMethod({ id: 'pm_1', owner });
    const report = await paymentMethods.sweep(ofAna);
    expect(report).toMatchObject({
      findings: [{ finding: 'attachmentMissed', paymentMethodId: 'pm_1', customerId: 'cus_Ana' }],
      requests: 1,
      customers: 1,
      paymentMethods: 1,
      stopped: null,
      errors: [],
    });
    expect(await decoded(store)).toMatchObject([
      {
        event: { type: 'PaymentMethodAttached', data: { attemptId: null, evidence: { source: 'sweep' } } },
        metadata: { actor: 'sweep' },
      },
    ]);
    expect(await paymentMethods.sweep(ofAna)).toMatchObject({ findings: [], paymentMethods: 1 });
    expect((await decoded(store)).length).toBe(1);
  });

  it('an attachment that an open attempt of ours asked for is its outcome', async () => {
    const monolith = aSweeping();
    void monolith.process({ gateway: dying(monolith, true) }).attach({ ...ana, attemptId: 'checkout-9' });
    await settled();
    expect(await monolith.paymentMethods.sweep(ofAna)).toMatchObject({ findings: [{ finding: 'attachmentMissed' }] });
    const [, attached, ...more] = await decoded(monolith.store);
    expect(more).toEqual([]);
    expect(attached?.event).toMatchObject({ type: 'PaymentMethodAttached', data: { attemptId: 'checkout-9' } });
    expect(await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' })).toMatchObject({
      outcome: 'attached',
      attemptId: 'checkout-9',
    });
  });

  it('overrules a rejection that was wrong', async () => {
    const { account, gateway, paymentMethods, trail } = aSweeping();
    gateway.declines('pm_1');
    await paymentMethods.attach(ana);
    account.addPaymentMethod({ id: 'pm_1', owner });
    await paymentMethods.sweep(ofAna);
    expect(await trail()).toEqual(['AttachmentRequested', 'AttachmentRejected', 'PaymentMethodAttached']);
  });

  it('records a detachment that the trail did not know', async () => {
    const { gateway, paymentMethods, store } = aSweeping();
    await paymentMethods.attach(ana);
    await gateway.detach({ paymentMethodId: 'pm_1' as never, idempotencyKey: 'k', apiVersion: gateway.apiVersion });
    expect(await paymentMethods.sweep(ofAna)).toMatchObject({
      findings: [{ finding: 'detachmentMissed', paymentMethodId: 'pm_1', customerId: 'cus_Ana' }],
      requests: 2,
    });
    expect((await decoded(store)).at(-1)?.event).toMatchObject({
      type: 'PaymentMethodDetached',
      data: { customer: owner, attemptId: null, evidence: { source: 'sweep' } },
    });
    expect(await paymentMethods.sweep(ofAna)).toMatchObject({ findings: [] });
  });

  it('records a change that the trail did not know', async () => {
    const { account, paymentMethods, trail } = aSweeping();
    await paymentMethods.attach(ana);
    account
      .receive({
        method: 'POST',
        path: '/v1/payment_methods/pm_1',
        headers: { authorization: 'Bearer sk_test_fake' },
        body: 'card[exp_year]=2040',
      })
      .finish();
    expect(await paymentMethods.sweep(ofAna)).toMatchObject({ findings: [{ finding: 'updateMissed' }] });
    expect((await trail()).at(-1)).toBe('PaymentMethodUpdated');
  });

  it('never takes back what was recorded after the list was read', async () => {
    const monolith = aSweeping();
    const { account, gateway, paymentMethods, trail } = monolith;
    await paymentMethods.attach(ana);
    const renewedMeanwhile = gatewayWith(gateway, {
      listPaymentMethods: async (request, options) => {
        const page = await gateway.listPaymentMethods(request, options);
        account.in().updateCard('pm_1', { expYear: 2040 });
        for (const told of await monolith.notifications()) await paymentMethods.ingest(told);
        return page;
      },
    });
    expect(await monolith.sweeping({ gateway: renewedMeanwhile }).sweep(ofAna)).toMatchObject({ findings: [] });
    expect((await trail()).filter((type) => type === 'PaymentMethodUpdated')).toHaveLength(1);
    expect((await paymentMethods.history('pm_1')).state).toMatchObject({ card: { expYear: 2040 } });
  });

  it('records that the customer was deleted, and that nothing is attached to it any more', async () => {
    const { account, paymentMethods, trail } = aSweeping();
    await paymentMethods.attach(ana);
    account
      .receive({
        method: 'DELETE',
        path: '/v1/customers/cus_Ana',
        headers: { authorization: 'Bearer sk_test_fake' },
      })
      .finish();
    const { findings } = await paymentMethods.sweep(ofAna);
    expect(findings.map(({ finding }) => finding)).toEqual(['customerDeletionMissed', 'detachmentMissed']);
    expect((await trail()).slice(2)).toEqual(['CustomerDeleted', 'PaymentMethodDetached']);
  });

  it('reports a customer that Stripe does not know', async () => {
    const monolith = aSweeping();
    await monolith.paymentMethods.attach(ana);
    const elsewhere = new FakePaymentGateway({ strict: true });
    const lost = monolith.process({ gateway: elsewhere, timers: { sleep: monolith.sleep } });
    const { findings } = await lost.sweep(ofAna);
    expect(findings.map(({ finding, paymentMethodId }) => [finding, paymentMethodId])).toEqual([
      ['customerNotAtStripe', null],
      ['notAtStripe', 'pm_1'],
    ]);
    expect(await monolith.trail()).toHaveLength(2);
  });

  it('reports what Stripe has attached to another customer, and what it has attached though it was detached', async () => {
    const monolith = aSweeping();
    for (const id of ['pm_1', 'pm_2']) await monolith.paymentMethods.attach({ ...ana, paymentMethodId: id });
    await monolith.paymentMethods.detach({ paymentMethodId: 'pm_2', actor: 'user-7' });
    const other = new FakePaymentGateway();
    for (const id of ['cus_Ana', 'cus_Ben']) other.account.addCustomer(id);
    other.account.addPaymentMethod({ id: 'pm_1', owner: { kind: 'customer', id: 'cus_Ben' } });
    other.account.addPaymentMethod({ id: 'pm_2', owner });
    const wrong = monolith.process({ gateway: other, timers: { sleep: monolith.sleep } });
    const { findings } = await wrong.sweep(ofAna);
    expect(findings.map(({ finding, paymentMethodId }) => `${finding} ${paymentMethodId}`).sort()).toEqual([
      'attachedThoughDetached pm_2',
      'attachedToAnotherCustomer pm_1',
    ]);
    expect(await monolith.trail()).toHaveLength(6);
  });

  it('reads all pages, so many requests a second at most', async () => {
    const monolith = aSweeping();
    monolith.account.addCustomer('cus_Ana');
    for (let number = 1; number <= 250; number += 1) monolith.account.addPaymentMethod({ id: `pm_${number}`, owner });
    const waits: number[] = [];
    const sleep = async (ms: number) => {
      waits.push(ms);
      monolith.passes(ms);
    };
    const paced = monolith.process({ timers: { sleep }, sweep: { requestsPerSecond: 4 } });
    expect(await paced.sweep(ofAna)).toMatchObject({ requests: 3, paymentMethods: 250 });
    expect(waits).toEqual([250, 250]);
    expect(await monolith.trail()).toHaveLength(250);
  });

  describe('paces', () => {
    const aPaced = () => {
      let now = Date.UTC(2025, 10, 23, 12);
      const waits: number[] = [];
      const wire = { status: 500, requestId: null, failure: null };
      let tries = 1;
      let requests = 0;
      const lookUp = async () => {
        const evidence = {
          source: 'readBack',
          requestId: null,
          tries: Array.from({ length: tries }, () => wire),
        } as const;
        return { look: 'notFound', evidence } as const;
      };
      const gateway = pacedGateway(gatewayWith(new FakePaymentGateway(), { lookUp }), {
        requestsPerSecond: 4,
        clock: { now: () => new Date(now) },
        timers: {
          sleep: async (ms) => {
            waits.push(ms);
            now += ms;
          },
        },
        onRequest: () => (requests += 1),
        onUnknown: () => {},
      });
      return {
        look: (howOften = 1) => {
          tries = howOften;
          return gateway.lookUp('pm_1' as never);
        },
        waits,
        passes: (ms: number) => (now += ms),
        requests: () => requests,
      };
    };

    it('what the gateway repeats by itself as well', async () => {
      const { look, waits, requests } = aPaced();
      await look(3);
      await look();
      await look();
      expect(waits).toEqual([750, 250]);
      expect(requests()).toBe(5);
    });

    it('no longer than a turn where the clock steps back', async () => {
      const { look, waits, passes } = aPaced();
      await look();
      passes(-hour);
      await look();
      expect(waits).toEqual([250]);
    });

    it('and names a sweep as the evidence of every look', async () => {
      expect((await aPaced().look()).evidence.source).toBe('sweep');
    });
  });

  it('stops, and says why, where Stripe does not answer: nothing is taken for detached', async () => {
    const { account, paymentMethods, trail } = aSweeping();
    await paymentMethods.attach(ana);
    account.faults.next({ fault: 'serverError', effect: false, match: { method: 'GET' } });
    expect(await paymentMethods.sweep(ofAna)).toMatchObject({ stopped: 'serverError', customers: 0, findings: [] });
    expect(await trail()).toHaveLength(2);
  });

  it('needs timers, one customer at most, and an actor that is one', async () => {
    const { process } = aMonolith();
    await expect(process().sweep(ofAna)).rejects.toMatchObject({ code: 'INVALID_OPTIONS' });
    const both = { customer: 'cus_1', customerAccount: 'acct_1' };
    for (const input of [both, { customer: 'pm_1' }, { actor: '' }, { everything: true }]) {
      await expect(process().sweep(input)).rejects.toMatchObject({ code: 'INVALID_COMMAND' });
    }
    expect(() => process({ sweep: { requestsPerSecond: 0 } })).toThrow(/sweep.requestsPerSecond/);
  });
});
