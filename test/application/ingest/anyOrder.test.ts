import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/application/commands/notifications.ts';
import type { PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { ana as customerAna } from '../../domain/given.ts';
import { aMonolith, ana, decoded, gatewayWith } from '../support.ts';

type Monolith = ReturnType<typeof aMonolith>;

const pm = 'pm_1' as PaymentMethodId;
const me = { paymentMethodId: 'pm_1', actor: 'recovery' };

async function attachElsewhere({ gateway }: Monolith) {
  const key = { idempotencyKey: 'of-another', apiVersion: gateway.apiVersion };
  await gateway.attach({ paymentMethodId: pm, customer: customerAna, ...key });
}

async function detachElsewhere({ gateway }: Monolith, paymentMethodId = pm) {
  await gateway.detach({ paymentMethodId, idempotencyKey: 'by-hand', apiVersion: gateway.apiVersion });
}

async function toldOf(monolith: Monolith, type: Notification['type']): Promise<Notification> {
  const found = (await monolith.notifications()).find((notification) => notification.type === type);
  if (found === undefined) throw new TypeError(`Stripe told nothing of ${type}`);
  return found;
}

const stateOf = async ({ paymentMethods }: Monolith, id = 'pm_1') => (await paymentMethods.history(id)).state;
const isOfA1 = { ...ana, attemptId: 'a1' };

describe('an update', () => {
  it('that comes before its attachment records the attachment as Stripe has it now', async () => {
    const monolith = aMonolith();
    await attachElsewhere(monolith);
    monolith.account.in().updateCard('pm_1', { expYear: 2044 });
    expect(await monolith.paymentMethods.ingest(await toldOf(monolith, 'paymentMethodUpdated'))).toEqual({
      recorded: true,
    });
    await monolith.paymentMethods.ingest(await toldOf(monolith, 'paymentMethodAttached'));
    expect(await stateOf(monolith)).toMatchObject({ status: 'attached', card: { expYear: 2044 } });
  });

  it('that was looked at before another was recorded is looked at again', async () => {
    const monolith = aMonolith();
    const { gateway, paymentMethods } = monolith;
    await paymentMethods.attach(ana);
    monolith.account.in().updateCard('pm_1', { expYear: 2031 });
    const updated = await toldOf(monolith, 'paymentMethodUpdated');
    let looks = 0;
    const overtaken = monolith.process({
      gateway: gatewayWith(gateway, {
        lookUp: async (id, options) => {
          looks += 1;
          const look = await gateway.lookUp(id, options);
          if (looks > 1) return look;
          monolith.account.in().updateCard('pm_1', { expYear: 2044 });
          await paymentMethods.ingest(updated);
          return look;
        },
      }),
    });
    expect(await overtaken.ingest(updated)).toEqual({ recorded: false });
    expect(await stateOf(monolith)).toMatchObject({ card: { expYear: 2044 } });
    expect(looks).toBe(2);
  });

  it('of one that was detached meanwhile, of which the news was lost, records the detachment', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.account.in().updateCard('pm_1', { expYear: 2044 });
    await detachElsewhere(monolith);
    await monolith.paymentMethods.ingest(await toldOf(monolith, 'paymentMethodUpdated'));
    expect(await stateOf(monolith)).toMatchObject({ status: 'detached', customer: customerAna });
  });

  it('settles an attempt that is open', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesResponse();
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    await monolith.paymentMethods.attach(isOfA1);
    monolith.account.in().updateCard('pm_1', { expYear: 2044 });
    await monolith.paymentMethods.ingest(await toldOf(monolith, 'paymentMethodUpdated'));
    expect(await stateOf(monolith)).toMatchObject({ status: 'attached', attemptId: 'a1', card: { expYear: 2044 } });
  });
});

describe('reconcile of an attached payment method', () => {
  it('finds that it was detached by hand', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    await detachElsewhere(monolith);
    expect(await monolith.paymentMethods.reconcile(me)).toEqual({ outcome: 'detached', paymentMethodId: 'pm_1' });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached', 'PaymentMethodDetached']);
  });

  it('finds what is different, once', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.account.in().updateCard('pm_1', { expYear: 2044 });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached', card: { expYear: 2044 } });
    await monolith.paymentMethods.reconcile(me);
    expect((await monolith.trail()).slice(2)).toEqual(['PaymentMethodUpdated']);
  });

  it('finds that it went with its customer, of whose deletion the trail knows', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.account.handle({
      method: 'DELETE',
      path: '/v1/customers/cus_Ana',
      headers: { authorization: 'Bearer sk_test_fake' },
    });
    await monolith.paymentMethods.ingest(await toldOf(monolith, 'customerDeleted'));
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'detached' });
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'rejected', reason: 'detached' });
  });

  it('leaves it as it stands where a look brings nothing', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached' });
    expect(await monolith.trail()).toHaveLength(2);
  });
});

describe('an attempt keeps its attachment', () => {
  it('of a setup, though the attachment is told of first', async () => {
    const monolith = aMonolith();
    const wish = { customer: 'cus_Ana', actor: 'user-7', attemptId: 'setup-1' };
    const begun = await monolith.paymentMethods.beginSetup(wish);
    if (begun.outcome !== 'begun') throw new TypeError(begun.outcome);
    monolith.account.handle({
      method: 'POST',
      path: `/v1/setup_intents/${begun.setupIntentId}/confirm`,
      headers: { authorization: 'Bearer sk_test_fake', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'payment_method=pm_card_visa&return_url=https://example.com',
    });
    const told = await monolith.notifications();
    expect(told.map(({ type }) => type)).toEqual(['paymentMethodAttached', 'setupSucceeded']);
    for (const notification of [...told, ...told]) await monolith.paymentMethods.ingest(notification);
    expect((await monolith.trail()).slice(2)).toEqual([
      'PaymentMethodAttached',
      'AttachmentAttributed',
      'SetupSucceeded',
    ]);
    const [, succeeded] = told;
    const id = succeeded?.type === 'setupSucceeded' ? succeeded.paymentMethodId : '';
    expect(await stateOf(monolith, id)).toMatchObject({ status: 'attached', attemptId: 'setup-1' });
  });

  it('done under a key that was renewed since', async () => {
    const monolith = aMonolith();
    monolith.account.faults.next({ fault: 'serverError', effect: true });
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    await monolith.paymentMethods.attach(isOfA1);
    const attached = await toldOf(monolith, 'paymentMethodAttached');
    const { gateway } = monolith;
    const renewing = monolith.process({
      gateway: gatewayWith(gateway, {
        lookUp: async () => {
          const evidence = { source: 'readBack', requestId: null, tries: [] } as const;
          const look = await gateway.lookUp(pm);
          return look.look === 'found'
            ? { ...look, paymentMethod: { ...look.paymentMethod, customer: null } }
            : { ...look, evidence };
        },
        attach: async (request, options) => {
          await monolith.paymentMethods.ingest(attached);
          return gateway.attach(request, options);
        },
      }),
    });
    expect(await renewing.attach(isOfA1)).toMatchObject({ outcome: 'attached', attemptId: 'a1' });
    expect(await monolith.trail()).toContain('IdempotencyKeyRenewed');
  });

  it('on a test alias, though the clone’s attachment is told of before the answer', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    const overtaken = monolith.process({
      gateway: gatewayWith(gateway, {
        attach: async (request, options) => {
          const answer = await gateway.attach(request, options);
          for (const notification of await monolith.notifications()) await monolith.paymentMethods.ingest(notification);
          return answer;
        },
      }),
    });
    const result = await overtaken.attach({ ...isOfA1, paymentMethodId: 'pm_card_visa' });
    if (result.outcome !== 'attached') throw new TypeError(result.outcome);
    expect(result.attemptId).toBe('a1');
    const { events } = await monolith.paymentMethods.history(result.paymentMethodId);
    expect(events.map(({ event }) => event.type)).toEqual([
      'AttachmentRequested',
      'PaymentMethodAttached',
      'PaymentMethodCloned',
      'AttachmentAttributed',
    ]);
    expect(events.at(-1)?.event.data).toMatchObject({ attemptId: 'a1', clonedFrom: 'pm_card_visa' });
  });

  it('though it was detached before the answer came', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    const overtaken = monolith.process({
      gateway: gatewayWith(gateway, {
        attach: async (request, options) => {
          const answer = await gateway.attach(request, options);
          await detachElsewhere(monolith);
          await monolith.paymentMethods.ingest(await toldOf(monolith, 'paymentMethodDetached'));
          return answer;
        },
      }),
    });
    expect(await overtaken.attach(isOfA1)).toMatchObject({ outcome: 'rejected', reason: 'detached', attemptId: 'a1' });
    expect((await decoded(monolith.store)).map(({ event }) => event)).toMatchObject([
      { type: 'AttachmentRequested' },
      { type: 'PaymentMethodAttached', data: { attemptId: 'a1' } },
      { type: 'PaymentMethodDetached', data: { attemptId: null } },
    ]);
    await monolith.paymentMethods.attach(isOfA1);
    expect(await monolith.trail(), 'what it did attach is not refused to it').toHaveLength(3);
  });
});

describe('a notification that cannot be looked up', () => {
  it.each(['unreachable', 'notFound'] as const)('of a setup (%s) throws, and records nothing', async (how) => {
    const monolith = aMonolith();
    const wish = { customer: 'cus_Ana', actor: 'user-7', attemptId: 'setup-1' };
    const begun = await monolith.paymentMethods.beginSetup(wish);
    const trail = await monolith.trail();
    const evidence = { source: 'readBack', requestId: null, tries: [] } as const;
    const look = how === 'notFound' ? { look: how } : ({ look: 'unknown', cause: how } as const);
    const blind = monolith.process({
      gateway: gatewayWith(monolith.gateway, { lookUp: async () => ({ ...look, evidence }) }),
    });
    const succeeded = {
      notificationId: 'evt_1',
      requestId: null,
      idempotencyKey: null,
      type: 'setupSucceeded',
      paymentMethodId: pm,
      setupIntentId: begun.outcome === 'begun' ? begun.setupIntentId : null,
      attemptId: 'setup-1',
      customer: customerAna,
    } as Notification;
    await expect(blind.ingest(succeeded)).rejects.toMatchObject({ code: 'NOT_LOOKED_UP', details: { cause: how } });
    expect(await monolith.trail()).toEqual(trail);
  });

  it('of an update, of what Stripe does not know under this key, throws', async () => {
    const monolith = aMonolith();
    const evidence = { source: 'readBack', requestId: null, tries: [] } as const;
    const blind = monolith.process({
      gateway: gatewayWith(monolith.gateway, { lookUp: async () => ({ look: 'notFound', evidence }) }),
    });
    const updated = { notificationId: 'evt_1', requestId: null, idempotencyKey: null, type: 'paymentMethodUpdated' };
    await expect(blind.ingest({ ...updated, paymentMethodId: pm } as Notification)).rejects.toMatchObject({
      code: 'NOT_LOOKED_UP',
      details: { cause: 'notFound' },
    });
  });
});
