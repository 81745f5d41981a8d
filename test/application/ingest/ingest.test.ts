import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/application/commands/notifications.ts';
import type { PaymentMethodId, SetupIntentId } from '../../../src/domain/identifiers.ts';
import { aPaymentMethod, ana as customerAna, first } from '../../domain/given.ts';
import { cusAna } from '../../domain/requests.ts';
import { aMonolith, ana, ben, decoded, dying, gatewayWith, settled } from '../support.ts';

const about = { notificationId: 'evt_1', requestId: 'req_9', idempotencyKey: null };
const summary = { ...aPaymentMethod(), customer: customerAna };
const attached: Notification = { ...about, type: 'paymentMethodAttached', paymentMethod: summary };
const detached: Notification = {
  ...about,
  notificationId: 'evt_2',
  type: 'paymentMethodDetached',
  paymentMethod: { ...summary, customer: null },
  customer: customerAna,
};
const deleted: Notification = { ...about, type: 'customerDeleted', customerId: cusAna };

describe('ingest: an attachment', () => {
  it('that nobody here asked for is recorded with its evidence, by Stripe, caused by the notification', async () => {
    const monolith = aMonolith();
    expect(await monolith.paymentMethods.ingest(attached)).toEqual({ recorded: true });
    const [recorded] = await decoded(monolith.store);
    expect(recorded).toMatchObject({
      event: {
        type: 'PaymentMethodAttached',
        data: { attemptId: null, evidence: { source: 'webhook', requestId: 'req_9' } },
      },
      metadata: { actor: 'stripe', causationId: 'evt_1', correlationId: 'evt_1' },
    });
  });

  it('is recorded once, however often it comes, also all at once', async () => {
    const monolith = aMonolith();
    await Promise.all(Array.from({ length: 20 }, () => monolith.process().ingest(attached)));
    expect(await monolith.trail()).toEqual(['PaymentMethodAttached']);
    expect(await monolith.paymentMethods.ingest(attached)).toEqual({ recorded: false });
  });

  it('settles the attempt under whose key it was done, and its caller gets the answer', async () => {
    const monolith = aMonolith();
    const attempt = { ...ana, attemptId: 'checkout-9' };
    void monolith.process({ gateway: dying(monolith, true) }).attach(attempt);
    await settled();
    const [post] = monolith.posts();
    const idempotencyKey = post !== undefined && 'idempotencyKey' in post ? post.idempotencyKey : null;
    await monolith.paymentMethods.ingest({ ...attached, idempotencyKey });
    expect(await monolith.paymentMethods.attach(attempt)).toMatchObject({
      outcome: 'attached',
      attemptId: 'checkout-9',
    });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached']);
    expect(monolith.posts()).toHaveLength(1);
  });

  it('P2: that overtakes the response leaves one outcome, and the caller is told attached', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    const overtaken = monolith.process({
      gateway: gatewayWith(gateway, {
        attach: async (request, options) => {
          const answer = await gateway.attach(request, options);
          await monolith.paymentMethods.ingest({ ...attached, idempotencyKey: request.idempotencyKey });
          return answer;
        },
      }),
    });
    expect(await overtaken.attach(ana)).toMatchObject({ outcome: 'attached' });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'PaymentMethodAttached']);
  });
});

describe('ingest: in any order', () => {
  it('a detachment before its attachment records both, and the attachment adds nothing', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.ingest(detached);
    expect(await monolith.paymentMethods.ingest(attached)).toEqual({ recorded: false });
    expect(await monolith.trail()).toEqual(['PaymentMethodAttached', 'PaymentMethodDetached']);
    expect(await monolith.paymentMethods.attach(ben)).toMatchObject({ outcome: 'rejected', reason: 'detached' });
    expect(monolith.posts()).toHaveLength(0);
  });

  it('an update is taken from Stripe as it is now', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const updated: Notification = { ...about, type: 'paymentMethodUpdated', paymentMethodId: summary.paymentMethodId };
    expect(await monolith.paymentMethods.ingest(updated)).toEqual({ recorded: false });
    const changed = monolith.process({
      gateway: gatewayWith(monolith.gateway, {
        lookUp: async (id, options) => {
          const look = await monolith.gateway.lookUp(id, options);
          if (look.look !== 'found' || look.paymentMethod.card === null) return look;
          const card = { ...look.paymentMethod.card, expYear: 2039 };
          return { ...look, paymentMethod: { ...look.paymentMethod, card } };
        },
      }),
    });
    expect(await changed.ingest(updated)).toEqual({ recorded: true });
    expect(await changed.ingest(updated)).toEqual({ recorded: false });
    expect((await changed.history('pm_1')).state).toMatchObject({ status: 'attached', card: { expYear: 2039 } });
  });

  it('that cannot be looked up throws, records nothing, and works when it comes again', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    const updated: Notification = { ...about, type: 'paymentMethodUpdated', paymentMethodId: summary.paymentMethodId };
    await expect(monolith.paymentMethods.ingest(updated)).rejects.toMatchObject({ code: 'NOT_LOOKED_UP' });
    expect(await monolith.paymentMethods.ingest(updated)).toEqual({ recorded: false });
  });

  it('a customer is deleted once, and what is no matter of ours leaves nothing', async () => {
    const monolith = aMonolith();
    expect(await monolith.paymentMethods.ingest(deleted)).toEqual({ recorded: true });
    expect(await monolith.paymentMethods.ingest(deleted)).toEqual({ recorded: false });
    expect(await monolith.paymentMethods.ingest({ ...about, type: 'other' })).toEqual({ recorded: false });
    expect(await monolith.trail()).toEqual(['CustomerDeleted']);
  });
});

describe('ingest: a setup that succeeded', () => {
  const begin = async (monolith: ReturnType<typeof aMonolith>) => {
    monolith.gateway.losesResponse({ of: 'createSetupIntent' });
    await monolith.paymentMethods.beginSetup({ customer: 'cus_Ana', actor: 'user-7', attemptId: first });
  };
  const succeeded = (paymentMethodId: PaymentMethodId): Notification => ({
    ...about,
    type: 'setupSucceeded',
    setupIntentId: 'seti_1' as SetupIntentId,
    paymentMethodId,
    attemptId: first,
    customer: customerAna,
  });

  it('records the attachment under the attempt that began it, and the success, once', async () => {
    const monolith = aMonolith();
    await monolith.gateway.attach({
      paymentMethodId: summary.paymentMethodId,
      customer: customerAna,
      idempotencyKey: 'of-the-front-end',
      apiVersion: monolith.gateway.apiVersion,
    });
    await begin(monolith);
    expect(await monolith.paymentMethods.ingest(succeeded(summary.paymentMethodId))).toEqual({ recorded: true });
    expect(await monolith.paymentMethods.ingest(succeeded(summary.paymentMethodId))).toEqual({ recorded: false });
    const events = (await decoded(monolith.store)).map(({ event }) => event);
    expect(events.slice(2)).toMatchObject([
      { type: 'PaymentMethodAttached', data: { attemptId: first, evidence: { source: 'readBack' } } },
      { type: 'SetupSucceeded', data: { attemptId: first, evidence: { source: 'webhook' } } },
    ]);
  });

  it('says whose the attachment is where that was told of before', async () => {
    const monolith = aMonolith();
    await begin(monolith);
    await monolith.paymentMethods.ingest(attached);
    await monolith.paymentMethods.ingest(succeeded(summary.paymentMethodId));
    expect((await monolith.trail()).slice(2)).toEqual([
      'PaymentMethodAttached',
      'AttachmentAttributed',
      'SetupSucceeded',
    ]);
  });
});
