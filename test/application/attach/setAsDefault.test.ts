import { describe, expect, it } from 'vitest';
import { aMonolith, ana, decoded, dying, dyingBeforeDefault, gatewayWith, settled } from '../support.ts';

const both = { ...ana, setAsDefault: true };
const named = { ...both, attemptId: 'checkout-9' };
const me = { paymentMethodId: 'pm_1', actor: 'recovery' };
const evidence = { source: 'response', requestId: null, tries: [] } as const;
const unanswered = async () => ({ answer: 'unknown', cause: 'timeout', evidence }) as const;
/** What a wish leaves in the trail once it came true. */
const setting = ['DefaultPaymentMethodWished', 'DefaultPaymentMethodRequested', 'DefaultPaymentMethodSet'];
const defaults = (trail: readonly string[]) => trail.filter((type) => type.startsWith('Default'));

describe('attach with setAsDefault, whose second step fails', () => {
  it.each([
    ['a TypeError', new TypeError('fetch failed')],
    ['what is no error', 'boom'],
  ])('still says that it is attached, and names %s as the cause', async (_, thrown: unknown) => {
    const monolith = aMonolith();
    const failing = monolith.process({
      gateway: gatewayWith(monolith.gateway, {
        setDefault: () => {
          throw thrown;
        },
      }),
    });
    expect(await failing.attach(named)).toMatchObject({
      outcome: 'attached',
      setAsDefault: {
        outcome: 'failed',
        attemptId: 'checkout-9',
        error: {
          code: 'SET_DEFAULT_FAILED',
          details: { customerId: 'cus_Ana', paymentMethodId: 'pm_1', attemptId: 'checkout-9' },
          cause: thrown,
        },
      },
    });
    expect(await monolith.paymentMethods.attach(named)).toMatchObject({ setAsDefault: { outcome: 'set' } });
  });
});

describe('two callers who join on one attach with setAsDefault', () => {
  it('ask for one default, and both are told that it is set', async () => {
    const monolith = aMonolith();
    const results = await Promise.all([monolith.paymentMethods.attach(both), monolith.paymentMethods.attach(both)]);
    for (const result of results) {
      expect(result).toMatchObject({ outcome: 'attached', setAsDefault: { outcome: 'set' } });
    }
    expect(defaults(await monolith.trail())).toEqual(setting);
    expect(monolith.posts()).toHaveLength(1);
  });
});

describe('the wish for the default is as durable as the attach', () => {
  it('is finished by reconcile, once, after a crash before the answer', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, true) }).attach(named);
    await settled();
    monolith.passes(60_000);
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({
      outcome: 'attached',
      setAsDefault: { outcome: 'set', attemptId: 'checkout-9' },
    });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ setAsDefault: { outcome: 'set' } });
    expect(defaults(await monolith.trail())).toEqual(setting);
  });

  it('is finished by recover, also under a key that was renewed', async () => {
    const monolith = aMonolith();
    monolith.account.faults.next({ fault: 'serverError', effect: false });
    expect(await monolith.paymentMethods.attach(named)).toMatchObject({ outcome: 'unknown' });
    monolith.passes(60_000);
    await monolith.paymentMethods.recover();
    expect(await monolith.trail()).toContain('IdempotencyKeyRenewed');
    expect(defaults(await monolith.trail())).toEqual(setting);
  });

  it('is finished by reconcile after a crash between the two steps', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    void monolith
      .process({ gateway: gatewayWith(gateway, { setDefault: () => new Promise<never>(() => {}) }) })
      .attach(named);
    await settled();
    monolith.passes(60_000);
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ setAsDefault: { outcome: 'set' } });
    expect(defaults(await monolith.trail())).toEqual(setting);
  });

  describe('and is finished by recover', () => {
    const dyingBetween = ({ gateway, process }: ReturnType<typeof aMonolith>) =>
      process({ gateway: gatewayWith(gateway, { setDefault: () => new Promise<never>(() => {}) }) });
    const dyingBefore = ({ store, process }: ReturnType<typeof aMonolith>) =>
      process({ eventStore: dyingBeforeDefault(store) });

    it('after a crash before it was asked for, once', async () => {
      const monolith = aMonolith();
      void dyingBefore(monolith).attach(named);
      await settled();
      expect(await monolith.trail()).toEqual([
        'AttachmentRequested',
        'DefaultPaymentMethodWished',
        'PaymentMethodAttached',
      ]);
      monolith.passes(60_000);
      expect((await monolith.paymentMethods.recover()).settled).toMatchObject([
        { sort: 'default', attemptId: 'checkout-9', customerId: 'cus_Ana', paymentMethodId: 'pm_1', outcome: 'set' },
      ]);
      expect(defaults(await monolith.trail())).toEqual(setting);
      monolith.passes(60_000);
      expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0, putOff: 0 });
    });

    it('where a notification told that it is attached', async () => {
      const monolith = aMonolith();
      void monolith.process({ gateway: dying(monolith, true) }).attach(named);
      await settled();
      for (const told of await monolith.notifications()) await monolith.paymentMethods.ingest(told);
      monolith.passes(60_000);
      await monolith.paymentMethods.recover();
      expect(defaults(await monolith.trail())).toEqual(setting);
    });

    it('once another default is out of its way, and is reported as open until then', async () => {
      const monolith = aMonolith();
      await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
      const other = { customer: 'cus_Ana', paymentMethodId: 'pm_2', actor: 'user-7' };
      void dyingBetween(monolith).setDefault(other);
      await settled();
      monolith.passes(10_000);
      void dyingBefore(monolith).attach(named);
      await settled();
      monolith.passes(60_000);
      const lost = monolith.process({ gateway: gatewayWith(monolith.gateway, { setDefault: unanswered }) });
      const first = await lost.recover();
      expect(first.stillOpen).toMatchObject([{ paymentMethodId: 'pm_2' }, { paymentMethodId: 'pm_1', why: null }]);
      monolith.passes(60_000);
      await monolith.paymentMethods.recover();
      monolith.passes(60_000);
      await monolith.paymentMethods.recover();
      expect((await monolith.trail()).filter((type) => type === 'DefaultPaymentMethodSet')).toHaveLength(2);
      const [last] = (await decoded(monolith.store)).slice(-1);
      expect(last?.event.data).toMatchObject({ paymentMethodId: 'pm_1' });
    });

    it('on the payment method that Stripe made of a test alias', async () => {
      const monolith = aMonolith();
      void dyingBefore(monolith).attach({ ...named, paymentMethodId: 'pm_card_visa' });
      await settled();
      monolith.passes(60_000);
      const { settled: done } = await monolith.paymentMethods.recover();
      expect(done).toMatchObject([{ sort: 'default', outcome: 'set' }]);
      expect(done[0]?.paymentMethodId).not.toBe('pm_card_visa');
      expect(defaults(await monolith.trail())).toEqual(setting);
    });

    it('unless another was asked for since, it is detached, or the customer is gone', async () => {
      const later = { customer: 'cus_Ana', paymentMethodId: 'pm_2', actor: 'user-7' };
      const sequels = [
        ({ paymentMethods }: ReturnType<typeof aMonolith>) => paymentMethods.setDefault(later),
        ({ paymentMethods }: ReturnType<typeof aMonolith>) =>
          paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-7' }),
        async (monolith: ReturnType<typeof aMonolith>) => {
          const headers = { authorization: 'Bearer sk_test_fake' };
          monolith.account.receive({ method: 'DELETE', path: '/v1/customers/cus_Ana', headers }).finish();
          for (const told of await monolith.notifications()) await monolith.paymentMethods.ingest(told);
        },
      ];
      for (const sequel of sequels) {
        const monolith = aMonolith();
        await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
        void dyingBefore(monolith).attach(named);
        await settled();
        monolith.passes(1_000);
        await sequel(monolith);
        const before = await monolith.trail();
        monolith.passes(60_000);
        expect(await monolith.paymentMethods.recover()).toMatchObject({ looked: 0 });
        expect(await monolith.trail()).toEqual(before);
      }
    });
  });

  it('is finished on the payment method that Stripe made of a test alias', async () => {
    const monolith = aMonolith();
    const alias = { ...named, paymentMethodId: 'pm_card_visa' };
    monolith.gateway.losesResponse();
    expect(await monolith.paymentMethods.attach(alias)).toMatchObject({ outcome: 'unknown' });
    monolith.passes(60_000);
    const { paymentMethodId, attemptId, actor } = alias;
    const result = await monolith.paymentMethods.reconcile({ paymentMethodId, attemptId, actor });
    const id = result.paymentMethodId;
    expect(result).toMatchObject({ outcome: 'attached', setAsDefault: { outcome: 'set', paymentMethodId: id } });
  });

  it('gives way to a default that was asked for since', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_2' });
    void monolith.process({ gateway: dying(monolith, true) }).attach(named);
    await settled();
    monolith.passes(60_000);
    const later = { customer: 'cus_Ana', paymentMethodId: 'pm_2', actor: 'user-7' };
    expect(await monolith.paymentMethods.setDefault(later)).toMatchObject({ outcome: 'set' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({
      outcome: 'attached',
      setAsDefault: { outcome: 'superseded', attemptId: 'checkout-9' },
    });
    expect(defaults(await monolith.trail())).toEqual(setting);
  });

  it('is none where nobody asked for it', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesResponse();
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    await monolith.paymentMethods.attach(ana);
    expect(await monolith.paymentMethods.reconcile(me)).not.toHaveProperty('setAsDefault');
    expect(defaults(await monolith.trail())).toEqual([]);
  });

  it('does not hide that it is attached where it fails', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, true) }).attach(named);
    await settled();
    monolith.passes(60_000);
    const failing = monolith.process({
      gateway: gatewayWith(monolith.gateway, {
        lookUpCustomer: () => Promise.reject(new TypeError('no')),
        setDefault: () => Promise.reject(new TypeError('no')),
      }),
    });
    expect(await failing.reconcile(me)).toMatchObject({ outcome: 'attached', setAsDefault: { outcome: 'failed' } });
    const [requested] = await decoded(monolith.store);
    expect(requested?.event.data).toMatchObject({ setAsDefault: true });
  });
});
