import { describe, expect, it } from 'vitest';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import { InMemoryEventStore } from '../../../src/adapters/memory/inMemoryEventStore.ts';
import { randomIds, systemClock } from '../../../src/adapters/system/system.ts';
import { isPaymentMethodsError, PaymentMethodsError } from '../../../src/application/errors.ts';
import { PaymentMethods } from '../../../src/application/paymentMethods.ts';
import type { CustomerId, PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { aMonolith, ana, ben, decoded, dying, failingOver, gatewayWith, hour, settled } from '../support.ts';

type Monolith = ReturnType<typeof aMonolith>;

const me = { paymentMethodId: 'pm_1', actor: 'recovery' };

describe('P4: attach: an answer that is lost', () => {
  it('is found by a look at once, and recorded as read back', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesResponse();
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'attached' });
    const [, attached] = await decoded(monolith.store);
    expect(attached?.event).toMatchObject({
      type: 'PaymentMethodAttached',
      data: { evidence: { source: 'readBack', tries: [{ status: null }, { status: 200 }] } },
    });
  });

  it('is unknown when the look is lost too, and reconcile finds it attached', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesResponse();
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    const result = await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' });
    expect(result).toMatchObject({ outcome: 'unknown', cause: 'connectionLost', attemptId: 'checkout-9' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached', attemptId: 'checkout-9' });
    expect(await monolith.trail()).toEqual([
      'AttachmentRequested',
      'AttachmentOutcomeUnknown',
      'PaymentMethodAttached',
    ]);
    expect(monolith.effects()).toEqual(['attached']);
    expect(monolith.posts()).toHaveLength(1);
  });

  it('stays unknown, with no second event, while Stripe cannot be reached', async () => {
    const monolith = aMonolith();
    monolith.gateway.isUnreachable({ times: 9 });
    for (let times = 0; times < 3; times += 1) {
      expect(
        await monolith.paymentMethods
          .reconcile(me)
          .then(() => monolith.paymentMethods.attach({ ...ana, attemptId: 'a' })),
      ).toMatchObject({
        outcome: 'unknown',
        cause: 'unreachable',
      });
    }
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'AttachmentOutcomeUnknown']);
  });

  it('that a look could not settle rests on the response, with both tries', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    await monolith.paymentMethods.attach(ana);
    const [, unknown] = await decoded(monolith.store);
    expect(unknown?.event).toMatchObject({
      type: 'AttachmentOutcomeUnknown',
      data: { evidence: { source: 'response', tries: [{ status: null }, { status: 200 }] } },
    });
  });

  it('is recorded also when the key may not look', async () => {
    const monolith = aMonolith();
    const { gateway } = monolith;
    gateway.losesRequest();
    const blind = monolith.process({
      gateway: gatewayWith(gateway, {
        lookUp: () => Promise.reject(new PaymentMethodsError('GATEWAY_FORBIDDEN', 'no read permission')),
      }),
    });
    expect(await blind.attach(ana)).toMatchObject({ outcome: 'unknown', cause: 'connectionLost' });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'AttachmentOutcomeUnknown']);
  });

  it('is not asked for again while not even a look gets through', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    await monolith.paymentMethods.attach(ana);
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'unknown', cause: 'connectionLost' });
    expect(monolith.posts()).toHaveLength(1);
    expect(await monolith.trail(), 'a look that failed adds nothing to a doubt').toHaveLength(2);
  });

  it('of a crash is a doubt on record once a look failed', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    monolith.passes(60_000);
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'unknown', cause: 'unreachable' });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'AttachmentOutcomeUnknown']);
  });

  it('keeps its key when it is a look that Stripe answers with a server error', async () => {
    const monolith = aMonolith();
    void monolith.process({ gateway: dying(monolith, false) }).attach(ana);
    await settled();
    monolith.passes(60_000);
    monolith.account.faults.next({ fault: 'serverError', effect: false, match: { method: 'GET' } });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'unknown', cause: 'serverError' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached' });
    expect(await monolith.trail()).not.toContain('IdempotencyKeyRenewed');
  });

  it('that was a refusal without a code is settled by a look alone', async () => {
    const monolith = aMonolith();
    monolith.account.addPaymentMethod({ id: 'pm_1', spent: true });
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({
      outcome: 'unknown',
      cause: 'refusedWithoutCode',
    });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'rejected', reason: 'notAttachable' });
    expect(monolith.posts()).toHaveLength(1);
  });

  it('is asked for again under the same key when the request was lost', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'unknown' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached' });
    const keys = monolith.posts().map((post) => 'idempotencyKey' in post && post.idempotencyKey);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('is finished by the next attach, whichever attempt it is', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' });
    expect(await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-10' })).toMatchObject({
      outcome: 'attached',
      attemptId: 'checkout-9',
    });
    expect(monolith.effects()).toEqual(['attached']);
  });

  it('keeps another customer out', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    await monolith.paymentMethods.attach(ana);
    expect(await monolith.paymentMethods.attach(ben)).toMatchObject({
      outcome: 'rejected',
      reason: 'attachingToAnotherCustomer',
    });
    expect(monolith.posts()).toHaveLength(1);
  });
});

describe('P4: attach: a server error that Stripe saved', () => {
  it('with the effect is found by the look', async () => {
    const monolith = aMonolith();
    monolith.account.faults.next({ fault: 'serverError', effect: true });
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'attached' });
  });

  it('without the effect is unknown, and is asked for again under a new key that was recorded before', async () => {
    const monolith = aMonolith();
    monolith.account.faults.next({ fault: 'serverError', effect: false });
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'unknown', cause: 'serverError' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached' });
    expect(await monolith.trail()).toEqual([
      'AttachmentRequested',
      'AttachmentOutcomeUnknown',
      'IdempotencyKeyRenewed',
      'PaymentMethodAttached',
    ]);
    const [requested, , renewed] = await decoded(monolith.store);
    const keys = monolith.posts().map((post) => 'idempotencyKey' in post && post.idempotencyKey);
    expect(
      [requested, renewed].map((one) => one && 'idempotencyKey' in one.event.data && one.event.data.idempotencyKey),
    ).toEqual(keys);
  });
});

describe('P4: attach: an answer that Stripe saved and that settles nothing', () => {
  it('does not keep the attempt open for as long as Stripe keeps the key', async () => {
    const monolith = aMonolith();
    monolith.account.faults.next({ fault: 'dependencyFailed' });
    expect(await monolith.paymentMethods.attach(ana)).toMatchObject({ outcome: 'unknown', cause: 'serverError' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached' });
    expect(monolith.effects()).toEqual(['attached']);
  });
});

describe('attach: a key that Stripe may have forgotten', () => {
  it('is replaced at 23 hours, after a look', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    await monolith.paymentMethods.attach(ana);
    monolith.passes(23 * hour);
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached' });
    expect(await monolith.trail()).toContain('IdempotencyKeyRenewed');
    expect(monolith.gateway.requests.map(({ method }) => method)).toEqual(['attach', 'lookUp', 'lookUp', 'attach']);
  });

  it('is replaced by one of two who try at once, and the other leaves it at that', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    await monolith.paymentMethods.attach(ana);
    monolith.passes(23 * hour);
    await Promise.all([monolith.process().reconcile(me), monolith.process().reconcile(me)]);
    expect((await monolith.trail()).filter((type) => type === 'IdempotencyKeyRenewed')).toHaveLength(1);
    expect(monolith.posts()).toHaveLength(2);
  });

  it('is replaced by one for the API version of now', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    await monolith.paymentMethods.attach(ana);
    monolith.passes(23 * hour);
    const upgraded = new FakePaymentGateway({ account: monolith.account, apiVersion: '2025-12-15.clover' });
    await monolith.process({ gateway: upgraded }).reconcile(me);
    const renewed = (await decoded(monolith.store)).find(({ event }) => event.type === 'IdempotencyKeyRenewed');
    expect(renewed?.event.data).toMatchObject({ apiVersion: '2025-12-15.clover' });
    expect(upgraded.requests.at(-1)).toMatchObject({ method: 'attach', apiVersion: '2025-12-15.clover' });
  });

  it('is not needed when the look finds it attached', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesResponse();
    monolith.gateway.isUnreachable({ of: 'lookUp' });
    await monolith.paymentMethods.attach(ana);
    monolith.passes(48 * hour);
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached' });
    expect(monolith.posts()).toHaveLength(1);
  });
});

describe('attach: an outcome that cannot be recorded', () => {
  const failing = (monolith: ReturnType<typeof aMonolith>, fails: (appends: number) => boolean) => {
    let appends = 0;
    const { store } = monolith;
    return monolith.process({
      eventStore: {
        append: async (units) => {
          appends += 1;
          if (fails(appends)) throw new PaymentMethodsError('STORE_UNAVAILABLE', 'down');
          return store.append(units);
        },
        readStream: (stream, options) => store.readStream(stream, options),
        readTrail: (options) => store.readTrail(options),
        readHead: () => store.readHead(),
        close: () => store.close(),
      },
    });
  };

  it('is thrown as such, names the attempt, and is found by the same attempt', async () => {
    const monolith = aMonolith();
    const thrown = await failing(monolith, (appends) => appends > 1)
      .attach(ana)
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({
      code: 'OUTCOME_NOT_RECORDED',
      details: { paymentMethodId: 'pm_1', attemptId: expect.stringMatching(/./), answer: 'attached' },
      cause: { code: 'STORE_UNAVAILABLE' },
    });
    if (!isPaymentMethodsError(thrown)) throw thrown;
    const attemptId = String(thrown.details['attemptId']);
    expect(await monolith.paymentMethods.attach({ ...ana, attemptId })).toMatchObject({
      outcome: 'attached',
      attemptId,
    });
    expect(monolith.effects()).toEqual(['attached']);
  });

  it('before anything was sent keeps the store’s own code, and names the attempt', async () => {
    const monolith = aMonolith();
    await expect(failing(monolith, () => true).attach({ ...ana, attemptId: 'a-1' })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      details: { paymentMethodId: 'pm_1', attemptId: 'a-1' },
    });
    expect(monolith.gateway.requests).toEqual([]);
  });

  it('does not hide a fault of the gateway', async () => {
    const monolith = aMonolith();
    const gateway = new FakePaymentGateway({ account: monolith.account, apiKey: 'nonsense' });
    const both = new PaymentMethods({
      eventStore: {
        append: (units) =>
          monolith.gateway.requests.length === 0 && units
            ? monolith.store.append(units)
            : Promise.reject(new Error('down')),
        readStream: (stream) => monolith.store.readStream(stream),
        readTrail: () => monolith.store.readTrail(),
        readHead: () => monolith.store.readHead(),
        close: () => monolith.store.close(),
      },
      gateway,
      clock: systemClock,
      ids: randomIds,
    });
    await expect(both.attach(ana)).rejects.toMatchObject({ code: 'GATEWAY_UNAUTHORIZED' });
  });

  it.each([
    ['attached', () => {}, { outcome: 'attached' }, 'PaymentMethodAttached'],
    ['declined', ({ gateway }: Monolith) => gateway.declines('pm_1'), { outcome: 'rejected' }, 'AttachmentRejected'],
    ['lost', ({ gateway }: Monolith) => gateway.losesRequest(), { outcome: 'unknown' }, 'AttachmentOutcomeUnknown'],
  ])('P5: of an intent that a failover lost is recorded behind that intent: %s', async (_, prepare, expected, type) => {
    const monolith = aMonolith();
    prepare(monolith);
    const standby = new InMemoryEventStore();
    const failedOver = monolith.process({ eventStore: failingOver(monolith.store, standby) });
    expect(await failedOver.attach(ana)).toMatchObject(expected);
    const events = (await decoded(standby)).map(({ event }) => event);
    expect(events.map((event) => event.type)).toEqual(['AttachmentRequested', type]);
    const [post] = monolith.posts();
    expect(events[0]?.data).toMatchObject({
      idempotencyKey: post !== undefined && 'idempotencyKey' in post && post.idempotencyKey,
    });
  });

  it('names what was done: a look is not an attach', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1');
    await monolith.paymentMethods.attach(ana);
    monolith.account.addPaymentMethod({ id: 'pm_1' });
    await monolith.gateway.attach({
      paymentMethodId: 'pm_1' as PaymentMethodId,
      customer: { kind: 'customer', id: 'cus_Ana' as CustomerId },
      idempotencyKey: 'of-the-dashboard',
      apiVersion: monolith.gateway.apiVersion,
    });
    const { store } = monolith;
    const readOnly = monolith.process({
      eventStore: {
        append: () => Promise.reject(new Error('down')),
        readStream: (stream) => store.readStream(stream),
        readTrail: () => store.readTrail(),
        readHead: () => store.readHead(),
        close: () => store.close(),
      },
    });
    await expect(readOnly.reconcile(me)).rejects.toMatchObject({
      code: 'OUTCOME_NOT_RECORDED',
      message: expect.stringContaining('looked at'),
      details: { evidence: 'readBack' },
    });
  });
});

describe('attach: a fault', () => {
  it('is thrown with its code, and the attempt is recorded as unknown, so that it can be finished', async () => {
    const monolith = aMonolith();
    const wrongKey = monolith.process({
      gateway: new FakePaymentGateway({ account: monolith.account, apiKey: 'nonsense' }),
    });
    await expect(wrongKey.attach({ ...ana, attemptId: 'checkout-9' })).rejects.toMatchObject({
      code: 'GATEWAY_UNAUTHORIZED',
    });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'AttachmentOutcomeUnknown']);
    expect(await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' })).toMatchObject({
      outcome: 'attached',
    });
  });
});

describe('attach: the caller gives up', () => {
  it('beforehand is thrown, with nothing written', async () => {
    const monolith = aMonolith();
    await expect(monolith.paymentMethods.attach(ana, { signal: AbortSignal.abort() })).rejects.toThrow('aborted');
    expect(await monolith.trail()).toEqual([]);
  });

  it('on the way is unknown, and nothing more is asked', async () => {
    const monolith = aMonolith();
    const giveUp = new AbortController();
    const { gateway } = monolith;
    const slow = monolith.process({
      gateway: gatewayWith(gateway, {
        attach: async (request, options) => {
          giveUp.abort();
          return gateway.attach(request, options);
        },
      }),
    });
    expect(await slow.attach(ana, { signal: giveUp.signal })).toMatchObject({ outcome: 'unknown', cause: 'aborted' });
    expect(gateway.requests).toHaveLength(1);
  });
});

describe('reconcile', () => {
  it('of a payment method that nobody asked for says so, and asks Stripe nothing', async () => {
    const monolith = aMonolith();
    expect(await monolith.paymentMethods.reconcile(me)).toEqual({ outcome: 'unattached', paymentMethodId: 'pm_1' });
    expect(monolith.gateway.requests).toEqual([]);
  });

  it('records who did it, in the course of the attempt, after what came before', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesRequest();
    await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' });
    await monolith.paymentMethods.reconcile(me);
    const [, before, after] = await decoded(monolith.store);
    expect(after?.metadata).toMatchObject({
      actor: 'recovery',
      correlationId: 'checkout-9',
      causationId: before?.eventId,
    });
  });

  it('of one that is attached looks at it, and records nothing where Stripe has it so too', async () => {
    const monolith = aMonolith();
    const result = await monolith.paymentMethods.attach(ana);
    expect(await monolith.paymentMethods.reconcile(me)).toEqual(result);
    expect(monolith.gateway.requests.map(({ method }) => method)).toEqual(['attach', 'lookUp']);
    expect(await monolith.trail()).toHaveLength(2);
  });

  it('of a rejection looks once more, and evidence that it is attached overrules it', async () => {
    const monolith = aMonolith();
    monolith.gateway.declines('pm_1');
    await monolith.paymentMethods.attach({ ...ana, attemptId: 'checkout-9' });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'rejected' });
    expect(await monolith.trail()).toHaveLength(2);
    monolith.account.addPaymentMethod({ id: 'pm_1', owner: { kind: 'customer', id: 'cus_Ana' } });
    expect(await monolith.paymentMethods.reconcile(me)).toMatchObject({ outcome: 'attached', attemptId: 'checkout-9' });
    expect(await monolith.trail()).toEqual(['AttachmentRequested', 'AttachmentRejected', 'PaymentMethodAttached']);
  });

  it('of a test alias needs the attempt, and replays it under its key', async () => {
    const monolith = aMonolith();
    monolith.gateway.losesResponse();
    const visa = { ...ana, paymentMethodId: 'pm_card_visa', attemptId: 'a-1' };
    expect(await monolith.paymentMethods.attach(visa)).toMatchObject({ outcome: 'unknown' });
    expect(
      monolith.gateway.requests.map(({ method }) => method),
      'an alias cannot be looked up',
    ).toEqual(['attach']);
    const { actor, paymentMethodId, attemptId } = visa;
    await expect(monolith.paymentMethods.reconcile({ actor, paymentMethodId })).rejects.toMatchObject({
      code: 'INVALID_COMMAND',
    });
    expect(await monolith.paymentMethods.reconcile({ actor, paymentMethodId, attemptId })).toMatchObject({
      outcome: 'attached',
    });
    expect(monolith.effects()).toEqual(['attached']);
  });
});
