import { describe, expect, it } from 'vitest';
import type { Notification } from '../../../src/application/commands/notifications.ts';
import type { AttemptId, PaymentMethodId, SetupIntentId } from '../../../src/domain/identifiers.ts';
import { ana, ben } from '../../domain/given.ts';
import { aMonolith, decoded } from '../support.ts';

const setup = { customer: 'cus_Ben', actor: 'user-8', attemptId: 'job-17' };

/** Ana saved pm_1 by a SetupIntent that names the attempt job-17. */
async function anasSetup(monolith: ReturnType<typeof aMonolith>, part: object = {}): Promise<Notification> {
  const paymentMethodId = 'pm_1' as PaymentMethodId;
  const key = { idempotencyKey: 'of-the-front-end', apiVersion: monolith.gateway.apiVersion };
  await monolith.gateway.attach({ paymentMethodId, customer: ana, ...key });
  return {
    notificationId: 'evt_1',
    requestId: 'req_9',
    idempotencyKey: null,
    type: 'setupSucceeded',
    setupIntentId: 'seti_1GTw' as SetupIntentId,
    paymentMethodId,
    attemptId: 'job-17' as AttemptId,
    customer: ana,
    ...part,
  };
}

describe('a SetupIntent that names an attempt of ours and is none of it', () => {
  it('does not answer a setup that was never begun', async () => {
    const monolith = aMonolith();
    expect(await monolith.paymentMethods.ingest(await anasSetup(monolith))).toEqual({ recorded: true });
    const [attached, ...others] = await decoded(monolith.store);
    expect(attached?.event).toMatchObject({ type: 'PaymentMethodAttached', data: { attemptId: null } });
    expect(others).toHaveLength(0);
    expect(await monolith.paymentMethods.beginSetup(setup)).toMatchObject({ outcome: 'begun' });
  });

  it('does not end another customer’s setup', async () => {
    const monolith = aMonolith();
    const begun = await monolith.paymentMethods.beginSetup(setup);
    const setupIntentId = begun.outcome === 'begun' ? begun.setupIntentId : null;
    await monolith.paymentMethods.ingest(await anasSetup(monolith, { setupIntentId }));
    expect(await monolith.paymentMethods.beginSetup(setup)).toEqual(begun);
    expect((await monolith.paymentMethods.history('pm_1')).state).toMatchObject({ attemptId: null, customer: ana });
  });

  it('does not end a setup of the same customer that was begun by another SetupIntent', async () => {
    const monolith = aMonolith();
    const begun = await monolith.paymentMethods.beginSetup({ ...setup, customer: 'cus_Ana' });
    await monolith.paymentMethods.ingest(await anasSetup(monolith));
    expect(await monolith.paymentMethods.beginSetup({ ...setup, customer: 'cus_Ana' })).toEqual(begun);
    expect(await monolith.trail()).not.toContain('SetupSucceeded');
  });

  it('ends the customer’s own setup, also where its answer was lost, by either of the customer’s names', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesResponse({ of: 'createSetupIntent' });
    const wish = { ...setup, customer: 'cus_Ana' };
    expect(await monolith.paymentMethods.beginSetup(wish)).toMatchObject({ outcome: 'unknown' });
    await monolith.paymentMethods.ingest(await anasSetup(monolith, { customer: ben, alsoNamed: ana }));
    expect(await monolith.paymentMethods.beginSetup(wish)).toMatchObject({
      outcome: 'succeeded',
      paymentMethodId: 'pm_1',
    });
  });
});

describe('the same attempt with another wish', () => {
  it.each([
    ['another usage', { usage: 'on_session' as const }],
    ['other types', { paymentMethodTypes: ['card', 'link'] }],
    ['no types', { paymentMethodTypes: undefined }],
  ])('is rejected: %s', async (_, part) => {
    const monolith = aMonolith();
    const wish = { ...setup, paymentMethodTypes: ['card'] };
    const begun = await monolith.paymentMethods.beginSetup(wish);
    expect(await monolith.paymentMethods.beginSetup({ ...wish, ...part })).toMatchObject({
      outcome: 'rejected',
      reason: 'attemptIdReused',
    });
    expect(await monolith.paymentMethods.beginSetup(wish)).toEqual(begun);
  });
});

describe('a setup that was begun', () => {
  const begin = async () => {
    const monolith = aMonolith();
    const begun = await monolith.paymentMethods.beginSetup(setup);
    if (begun.outcome !== 'begun') throw new TypeError(begun.outcome);
    const act = (action: string, body = '') =>
      monolith.account.handle({
        method: 'POST',
        path: `/v1/setup_intents/${begun.setupIntentId}/${action}`,
        headers: { authorization: 'Bearer sk_test_fake', 'content-type': 'application/x-www-form-urlencoded' },
        body,
      });
    return { monolith, begun, act };
  };

  it('and canceled since is rejected: its client secret opens nothing any more', async () => {
    const { monolith, act } = await begin();
    expect(act('cancel').status).toBe(200);
    expect(await monolith.paymentMethods.beginSetup(setup)).toEqual({
      outcome: 'rejected',
      reason: 'canceled',
      stripeCode: null,
      attemptId: 'job-17',
    });
  });

  it('and has succeeded, though the webhook is late, is answered succeeded, and recorded', async () => {
    const { monolith, begun, act } = await begin();
    expect(act('confirm', 'payment_method=pm_card_visa&return_url=https://example.com').status).toBe(200);
    const result = await monolith.paymentMethods.beginSetup(setup);
    expect(result).toMatchObject({ outcome: 'succeeded', setupIntentId: begun.setupIntentId });
    expect((await decoded(monolith.store)).at(-1)?.event).toMatchObject({
      type: 'SetupSucceeded',
      data: { attemptId: 'job-17', evidence: { source: 'readBack' } },
    });
    expect(await monolith.paymentMethods.beginSetup(setup)).toEqual(result);
  });
});
