import { describe, expect, it } from 'vitest';
import { aMonolith, ana, ben, decoded, gatewayWith, hour } from '../support.ts';

const me = { paymentMethodId: 'pm_1', actor: 'user-7' };
const attempt = { ...me, attemptId: 'leave-1' };

describe('detach', () => {
  it('detaches, for good, and says from whom', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    expect(await monolith.paymentMethods.detach(attempt)).toEqual({
      outcome: 'detached',
      paymentMethodId: 'pm_1',
      customer: { kind: 'customer', id: 'cus_Ana' },
      attemptId: 'leave-1',
    });
    expect(monolith.effects()).toEqual(['attached', 'detached']);
    expect(await monolith.paymentMethods.attach(ben)).toMatchObject({ outcome: 'rejected', reason: 'detached' });
    expect((await monolith.paymentMethods.history('pm_1')).state.status).toBe('detached');
  });

  it('P1: its intent is durable before anything is sent', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    const before: string[][] = [];
    const watching = monolith.process({
      gateway: gatewayWith(gateway, {
        detach: async (request) => {
          before.push(await monolith.trail());
          return gateway.detach(request);
        },
      }),
    });
    await watching.attach(ana);
    await watching.detach(attempt);
    expect(before).toEqual([['AttachmentRequested', 'PaymentMethodAttached', 'DetachmentRequested']]);
  });

  it('P3: repeated, also by another attempt, asks nothing', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    const result = await monolith.paymentMethods.detach(attempt);
    expect(await monolith.paymentMethods.detach(attempt)).toEqual(result);
    expect(await monolith.paymentMethods.detach(me)).toEqual(result);
    expect(await monolith.trail()).toHaveLength(4);
    expect(monolith.gateway.requests.filter(({ method }) => method === 'detach')).toHaveLength(1);
  });

  it('is rejected where there is nothing to detach, the same again for the same attempt', async () => {
    const monolith = aMonolith();
    const result = await monolith.paymentMethods.detach(attempt);
    expect(result).toMatchObject({ outcome: 'rejected', reason: 'notAttached', attemptId: 'leave-1' });
    expect(await monolith.paymentMethods.detach(attempt)).toEqual(result);
    expect(await monolith.trail()).toEqual(['DetachmentRequested', 'DetachmentRejected']);
  });

  it('P3: that was rejected stays so for its attempt, also once another has detached it', async () => {
    const monolith = aMonolith();
    const result = await monolith.paymentMethods.detach(attempt);
    await monolith.paymentMethods.attach(ana);
    expect(await monolith.paymentMethods.detach(me)).toMatchObject({ outcome: 'detached' });
    expect(await monolith.paymentMethods.detach(attempt)).toEqual(result);
  });

  it('P4: is unknown when the answer and the look are lost, and reconcile settles it', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.gateway.losesResponse({ of: 'detach' });
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    expect(await monolith.paymentMethods.detach(attempt)).toMatchObject({
      outcome: 'unknown',
      cause: 'connectionLost',
    });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'detached' });
    expect(monolith.effects()).toEqual(['attached', 'detached']);
    const last = (await decoded(monolith.store)).at(-1);
    expect(last?.event).toMatchObject({ type: 'PaymentMethodDetached', data: { evidence: { source: 'readBack' } } });
  });

  it('that was lost on its way is asked for again under the same key, and after 23 hours under a new one', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.gateway.losesRequest({ of: 'detach', times: 2 });
    expect(await monolith.paymentMethods.detach(attempt)).toMatchObject({ outcome: 'unknown' });
    expect(await monolith.paymentMethods.detach(attempt)).toMatchObject({ outcome: 'unknown' });
    monolith.passes(23 * hour);
    expect(await monolith.paymentMethods.detach(attempt)).toMatchObject({ outcome: 'detached' });
    const keys = monolith.gateway.requests.flatMap((one) => (one.method === 'detach' ? [one.idempotencyKey] : []));
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(2);
    expect(keys[0]).toBe(keys[1]);
  });

  it('P4: that happened is not filed as a rejection, though the trail never knew it attached', async () => {
    const monolith = aMonolith();
    monolith.account.addCustomer('cus_Ana');
    monolith.account.addPaymentMethod({ id: 'pm_1', owner: { kind: 'customer', id: 'cus_Ana' } });
    monolith.account.faults.next({ fault: 'serverError', effect: true, match: { method: 'POST' } });
    expect(await monolith.paymentMethods.detach(attempt)).toMatchObject({ outcome: 'detached', attemptId: 'leave-1' });
    expect(monolith.effects()).toEqual(['detached']);
    expect(await monolith.trail()).toEqual(['DetachmentRequested', 'PaymentMethodAttached', 'PaymentMethodDetached']);
  });

  it('done under a key that was renewed since is known by the webhook', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.attach(ana);
    monolith.account.faults.next({ fault: 'serverError', effect: true });
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    await monolith.paymentMethods.detach(attempt);
    const told = (await monolith.notifications()).find(({ type }) => type === 'paymentMethodDetached');
    const { gateway } = monolith;
    const renewing = monolith.process({
      gateway: gatewayWith(gateway, {
        detach: async (request, options) => {
          if (told !== undefined) await monolith.paymentMethods.ingest(told);
          return gateway.detach(request, options);
        },
      }),
    });
    expect(await renewing.detach(attempt)).toMatchObject({ outcome: 'detached', attemptId: 'leave-1' });
  });

  it('waits for an attach whose outcome is not known', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    await monolith.paymentMethods.attach(ana);
    expect(await monolith.paymentMethods.detach(attempt)).toMatchObject({
      outcome: 'rejected',
      reason: 'attachmentOpen',
    });
    expect(monolith.gateway.requests.some(({ method }) => method === 'detach')).toBe(false);
  });

  it.each([
    ['a test alias', { ...me, paymentMethodId: 'pm_card_visa' }],
    ['a customer id', { ...me, paymentMethodId: 'cus_1' }],
    ['an unknown field', { ...me, customer: 'cus_1' }],
  ])('refuses %s before any I/O', async (_, input) => {
    const monolith = aMonolith();
    await expect(monolith.paymentMethods.detach(input)).rejects.toMatchObject({ code: 'INVALID_COMMAND' });
    expect(monolith.gateway.requests).toHaveLength(0);
    expect(await monolith.trail()).toHaveLength(0);
  });
});
