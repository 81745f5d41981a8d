import { describe, expect, it } from 'vitest';
import { LocalCursors } from '../../../src/application/sweep/localCursors.ts';
import type { PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { aMonolithOfTwo, ana, away, referenceTo, unreadable, wish } from './support.ts';

type Monolith = Awaited<ReturnType<typeof aMonolithOfTwo>>;
const headers = { authorization: 'Bearer sk_test_fake' };
const detach = { paymentMethodId: 'pm_3', attemptId: 'd-1', actor: 'user-7' };

/** The bank sends a new card: nothing but encrypted fields is another. */
function renewedByBank({ account }: Monolith, id = 'pm_1'): void {
  account.receive({ method: 'POST', path: `/v1/payment_methods/${id}`, headers, body: 'card[exp_year]=2040' }).finish();
}

function attachedByOthers({ gateway }: Monolith, id = 'pm_3') {
  const keyed = { idempotencyKey: `theirs-${id}`, apiVersion: gateway.apiVersion };
  return gateway.attach({ ...keyed, paymentMethodId: id as PaymentMethodId, customer: referenceTo(ana) });
}

function detachedByOthers({ gateway }: Monolith, id = 'pm_1') {
  const keyed = { idempotencyKey: `theirs-${id}-d`, apiVersion: gateway.apiVersion };
  return gateway.detach({ ...keyed, paymentMethodId: id as PaymentMethodId });
}

/** What Stripe told last. */
async function newest({ notifications }: Monolith) {
  const told = (await notifications()).at(-1);
  if (told === undefined) throw new TypeError('nothing was told');
  return told;
}

describe.each([
  ['does not open', unreadable],
  ['is away', away],
])('while a customer’s key %s', (_, error) => {
  it('a webhook of a change fails, and is recorded when it comes again', async () => {
    const monolith = await aMonolithOfTwo();
    const { fault, paymentMethods } = monolith;
    renewedByBank(monolith);
    const told = await newest(monolith);
    fault.ofAna = error;
    await expect(paymentMethods.ingest(told)).rejects.toBe(error);
    fault.ofAna = null;
    expect(await paymentMethods.ingest(told)).toEqual({ recorded: true });
    expect((await paymentMethods.history('pm_1')).state).toMatchObject({ card: { expYear: 2040 } });
    fault.ofAna = error;
    await expect(paymentMethods.ingest(told), 'nobody can tell that it is known').rejects.toBe(error);
  });

  it('a webhook of what the trail has already is no news', async () => {
    const monolith = await aMonolithOfTwo();
    const { fault, notifications, paymentMethods, trail } = monolith;
    const [attached] = await notifications();
    if (attached === undefined) throw new TypeError('nothing was told');
    fault.ofAna = error;
    const before = await trail();
    expect(await paymentMethods.ingest(attached)).toEqual({ recorded: false });
    expect(await trail()).toEqual(before);
    await detachedByOthers(monolith);
    const detached = await newest(monolith);
    expect(await paymentMethods.ingest(detached), 'a detachment has no personal field').toEqual({ recorded: true });
    expect(await paymentMethods.ingest(detached)).toEqual({ recorded: false });
  });

  it('a webhook of an attachment that is to be recorded fails', async () => {
    const monolith = await aMonolithOfTwo();
    await attachedByOthers(monolith);
    monolith.fault.ofAna = error;
    await expect(monolith.paymentMethods.ingest(await newest(monolith))).rejects.toBe(error);
  });

  it('a sweep misses no change, and records what needs no key', async () => {
    const monolith = await aMonolithOfTwo();
    const { fault, process, parts, passes } = monolith;
    await attachedByOthers(monolith);
    const paymentMethods = process({ ...parts, cursors: new LocalCursors() });
    await paymentMethods.sweep();
    renewedByBank(monolith);
    await detachedByOthers(monolith, 'pm_3');
    fault.ofAna = error;
    passes(3_600_000);
    const { findings, errors, stopped } = await paymentMethods.sweep({ customer: ana });
    expect(findings).toMatchObject([{ finding: 'detachmentMissed', paymentMethodId: 'pm_3' }]);
    expect(errors).toMatchObject([{ subject: ana, error }]);
    expect(stopped).toBe(error === away ? 'storeUnavailable' : null);
    const failed = await paymentMethods.sweep();
    expect(failed.findings).toEqual([]);
    expect(failed.errors.length).toBeGreaterThan(0);
    fault.ofAna = null;
    expect((await paymentMethods.sweep()).findings).toMatchObject([
      { finding: 'updateMissed', paymentMethodId: 'pm_1' },
    ]);
    expect(await paymentMethods.sweep()).toMatchObject({ findings: [], errors: [], customersUnread: 0, stopped: null });
  });

  it('a detachment of what was attached past the trail stays open, unasked, and recovery does it', async () => {
    const monolith = await aMonolithOfTwo();
    const { fault, paymentMethods, effects, passes } = monolith;
    await attachedByOthers(monolith);
    fault.ofAna = error;
    await expect(paymentMethods.detach(detach)).rejects.toBe(error);
    expect(effects()).toHaveLength(3);
    passes(60_000);
    expect(await paymentMethods.recover()).toMatchObject({ settled: [], errors: [{ error }] });
    fault.ofAna = null;
    passes(60_000);
    expect(await paymentMethods.recover()).toMatchObject({ settled: [{ outcome: 'detached' }], errors: [] });
  });
});

describe('a customer who is forgotten', () => {
  it('keeps no webhook, no sweep and no detachment waiting', async () => {
    const monolith = await aMonolithOfTwo();
    const { paymentMethods } = monolith;
    renewedByBank(monolith);
    const changed = await newest(monolith);
    await attachedByOthers(monolith);
    const attached = await newest(monolith);
    await paymentMethods.forgetCustomer({ customer: ana, actor: 'dpo' });
    expect(await paymentMethods.ingest(changed)).toEqual({ recorded: false });
    const swept = { findings: [{ finding: 'attachmentMissed' }], errors: [], stopped: null, customersUnread: 0 };
    expect(await paymentMethods.sweep()).toMatchObject(swept);
    expect(await paymentMethods.ingest(attached)).toEqual({ recorded: false });
    await attachedByOthers(monolith, 'pm_4');
    const done = await paymentMethods.detach({ ...detach, paymentMethodId: 'pm_4' });
    expect(done).toMatchObject({ outcome: 'detached', customer: { id: ana } });
    expect((await paymentMethods.attach({ ...wish, paymentMethodId: 'pm_5' })).outcome).toBe('attached');
  });
});
