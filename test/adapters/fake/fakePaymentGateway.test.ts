import { describe, expect, it } from 'vitest';
import type { FakeRequest } from '../../../src/adapters/fake/index.ts';
import { FakePaymentGateway } from '../../../src/adapters/fake/index.ts';
import type { ScriptedFault } from '../../../src/adapters/simulator/index.ts';
import { StripeAccount } from '../../../src/adapters/simulator/index.ts';
import type { AttachRequest } from '../../../src/application/ports/paymentMethodGateway.ts';
import type {
  AccountId,
  AttemptId,
  CustomerId,
  PaymentMethodId,
  SetupIntentId,
} from '../../../src/domain/identifiers.ts';

const pm = 'pm_1Fake' as PaymentMethodId;
const cus = { kind: 'customer', id: 'cus_Fake' as CustomerId } as const;

function anyRequest(changes: Partial<AttachRequest> = {}): AttachRequest {
  return { paymentMethodId: pm, customer: cus, idempotencyKey: 'key-1', apiVersion: '2025-10-29.clover', ...changes };
}

describe('a fake gateway of which nothing was asked', () => {
  it('attaches any well-formed ids, and shows the evidence', async () => {
    const fake = new FakePaymentGateway();
    const answer = await fake.attach(anyRequest());
    const requestId = fake.account.effects[0]?.requestId ?? '';
    expect(answer).toMatchObject({
      answer: 'attached',
      paymentMethod: {
        paymentMethodId: pm,
        customer: cus,
        type: 'card',
        card: { brand: 'visa', last4: '4242', wallet: null, checks: { cvc: 'pass' } },
        livemode: false,
      },
      evidence: { source: 'response', requestId, tries: [{ status: 200, requestId, failure: null }] },
    });
  });

  it('attaches to an account that acts as a customer', async () => {
    const customer = { kind: 'customerAccount', id: 'acct_1Fake' as AccountId } as const;
    expect(await new FakePaymentGateway().attach(anyRequest({ customer }))).toMatchObject({
      answer: 'attached',
      paymentMethod: { customer },
    });
  });

  it('makes a new payment method of a test alias', async () => {
    const answer = await new FakePaymentGateway().attach(
      anyRequest({ paymentMethodId: 'pm_card_visa' as PaymentMethodId }),
    );
    expect(answer).toMatchObject({
      answer: 'attached',
      paymentMethod: { paymentMethodId: expect.stringMatching(/^pm_1\w{23}$/) as string },
    });
  });

  it('looks up what it attached, and what it did not', async () => {
    const fake = new FakePaymentGateway();
    expect(await fake.lookUp(pm)).toMatchObject({ look: 'found', paymentMethod: { customer: null } });
    await fake.attach(anyRequest());
    expect(await fake.lookUp(pm)).toMatchObject({
      look: 'found',
      paymentMethod: { customer: cus },
      evidence: { source: 'readBack' },
    });
  });

  it('remembers what it was asked', async () => {
    const fake = new FakePaymentGateway();
    await fake.attach(anyRequest());
    await fake.lookUp(pm);
    expect(fake.requests).toEqual([
      { method: 'attach', ...anyRequest() },
      { method: 'lookUp', paymentMethodId: pm },
    ]);
  });

  it('sets a default, shows it, lists it, and detaches it', async () => {
    const fake = new FakePaymentGateway();
    const { apiVersion } = fake;
    await fake.attach(anyRequest());
    const under = (idempotencyKey: string) => ({ paymentMethodId: pm, idempotencyKey, apiVersion });
    expect(await fake.setDefault({ customer: cus.id, ...under('key-2') })).toMatchObject({ answer: 'set' });
    expect(await fake.lookUpCustomer(cus.id)).toMatchObject({ defaultPaymentMethodId: pm });
    expect(await fake.listPaymentMethods({ customer: cus })).toMatchObject({
      paymentMethods: [{ paymentMethodId: pm, customer: cus }],
      evidence: { source: 'sweep' },
    });
    expect(await fake.detach(under('key-3'))).toMatchObject({ answer: 'detached' });
    expect(await fake.lookUpCustomer(cus.id)).toMatchObject({ defaultPaymentMethodId: null });
    expect(fake.requests.map(({ method }) => method)).toEqual([
      'attach',
      'setDefault',
      'lookUpCustomer',
      'listPaymentMethods',
      'detach',
      'lookUpCustomer',
    ]);
  });

  it('knows a customer and a payment method once they are named', async () => {
    const fake = new FakePaymentGateway();
    expect(await fake.lookUpCustomer(cus.id)).toMatchObject({ look: 'found', defaultPaymentMethodId: null });
    expect(await fake.listPaymentMethods({ customer: cus })).toMatchObject({ look: 'found', paymentMethods: [] });
    const request = { paymentMethodId: pm, idempotencyKey: 'key-1', apiVersion: fake.apiVersion };
    expect(await fake.detach(request)).toMatchObject({ answer: 'unknown', cause: 'refusedWithoutCode' });
  });

  it('answers a repeat under the same key without a second effect', async () => {
    const fake = new FakePaymentGateway();
    await fake.attach(anyRequest());
    expect(await fake.attach(anyRequest())).toMatchObject({ answer: 'attached' });
    expect(fake.account.effects).toHaveLength(1);
  });
});

describe('a rejection', () => {
  it('follows declines, by decline code or by error code', async () => {
    const fake = new FakePaymentGateway();
    fake.declines(pm);
    fake.declines('pm_1Lost', 'lost_card');
    fake.declines('pm_1Expired', 'expired_card');
    const rejected = { answer: 'rejected', reason: 'cardDeclined' };
    const attach = (id: string) =>
      fake.attach(anyRequest({ paymentMethodId: id as PaymentMethodId, idempotencyKey: id }));
    expect(await attach(pm)).toMatchObject({
      ...rejected,
      stripeCode: 'card_declined',
      declineCode: 'generic_decline',
    });
    expect(await attach('pm_1Lost')).toMatchObject({ ...rejected, declineCode: 'lost_card' });
    expect(await attach('pm_1Expired')).toMatchObject({ ...rejected, stripeCode: 'expired_card', declineCode: null });
    expect(fake.account.effects).toEqual([]);
  });

  it('names the missing payment method in a strict fake', async () => {
    const fake = new FakePaymentGateway({ strict: true });
    expect(await fake.attach(anyRequest())).toMatchObject({
      answer: 'rejected',
      reason: 'paymentMethodNotFound',
      stripeCode: 'resource_missing',
    });
    expect(await fake.lookUp(pm)).toMatchObject({ look: 'notFound' });
  });

  it.each([cus, { kind: 'customerAccount', id: 'acct_1Fake' as AccountId } as const])(
    'names the missing $kind in a strict fake',
    async (customer) => {
      const fake = new FakePaymentGateway({ strict: true });
      fake.account.addPaymentMethod({ id: pm });
      expect(await fake.attach(anyRequest({ customer }))).toMatchObject({
        answer: 'rejected',
        reason: 'customerNotFound',
        stripeCode: 'resource_missing',
      });
    },
  );

  it('says when the customer can keep no more', async () => {
    const account = new StripeAccount({ maxPaymentMethodsPerCustomer: 0 });
    expect(await new FakePaymentGateway({ account }).attach(anyRequest())).toMatchObject({
      answer: 'rejected',
      reason: 'customerLimitReached',
      stripeCode: 'customer_max_payment_methods',
    });
  });

  it('keeps the code of any other invalid request', async () => {
    const customer = { kind: 'customer', id: '' as CustomerId } as const;
    expect(await new FakePaymentGateway().attach(anyRequest({ customer }))).toMatchObject({
      answer: 'rejected',
      reason: 'invalidRequest',
      stripeCode: 'parameter_invalid_empty',
    });
  });
});

describe('an answer that settles nothing', () => {
  it('is refusedWithoutCode for a payment method of somebody else, whom a look shows', async () => {
    const fake = new FakePaymentGateway();
    const id = fake.attachedElsewhere(pm);
    expect(await fake.attach(anyRequest())).toMatchObject({ answer: 'unknown', cause: 'refusedWithoutCode' });
    expect(await fake.lookUp(pm)).toMatchObject({ paymentMethod: { customer: { kind: 'customer', id } } });
  });

  it('is refusedWithoutCode for one that was detached before', async () => {
    const fake = new FakePaymentGateway();
    fake.account.addPaymentMethod({ id: pm, spent: true });
    expect(await fake.attach(anyRequest())).toMatchObject({ answer: 'unknown', cause: 'refusedWithoutCode' });
  });

  it('is unexpectedAnswer for a key of another request', async () => {
    const fake = new FakePaymentGateway();
    await fake.attach(anyRequest());
    const other = { kind: 'customer', id: 'cus_Other' as CustomerId } as const;
    expect(await fake.attach(anyRequest({ customer: other }))).toMatchObject({
      answer: 'unknown',
      cause: 'unexpectedAnswer',
    });
  });

  it('is stillProcessing while the first request under the key is in flight', async () => {
    const fake = new FakePaymentGateway();
    fake.account.faults.next({ fault: 'delay', ms: 20 });
    const [first, second] = await Promise.all([fake.attach(anyRequest()), fake.attach(anyRequest())]);
    expect(first).toMatchObject({ answer: 'attached' });
    expect(second).toMatchObject({ answer: 'unknown', cause: 'stillProcessing' });
  });

  it.each<{ fault: ScriptedFault; cause: string; status: number | null; effects: number }>([
    { fault: { fault: 'rateLimit' }, cause: 'rateLimited', status: 429, effects: 0 },
    { fault: { fault: 'lockTimeout' }, cause: 'rateLimited', status: 429, effects: 0 },
    { fault: { fault: 'serverError', effect: true }, cause: 'serverError', status: 500, effects: 1 },
    { fault: { fault: 'serverError', effect: false }, cause: 'serverError', status: 500, effects: 0 },
    { fault: { fault: 'badGateway', effect: true }, cause: 'connectionLost', status: 502, effects: 1 },
    { fault: { fault: 'badGateway' }, cause: 'connectionLost', status: 502, effects: 0 },
    { fault: { fault: 'cutBody' }, cause: 'connectionLost', status: 200, effects: 1 },
    { fault: { fault: 'loseResponse' }, cause: 'connectionLost', status: null, effects: 1 },
    { fault: { fault: 'loseRequest' }, cause: 'connectionLost', status: null, effects: 0 },
    { fault: { fault: 'unreachable' }, cause: 'unreachable', status: null, effects: 0 },
    { fault: { fault: 'stall' }, cause: 'timeout', status: null, effects: 1 },
  ])('is $cause after $fault.fault, with $effects effects', async ({ fault, cause, status, effects }) => {
    const fake = new FakePaymentGateway();
    fake.account.faults.next(fault);
    const failure = status === null || fault.fault === 'cutBody' ? cause : null;
    expect(await fake.attach(anyRequest())).toMatchObject({
      answer: 'unknown',
      cause,
      evidence: { source: 'response', tries: [{ status, failure }] },
    });
    expect(fake.account.effects).toHaveLength(effects);
    fake.account.faults.next(fault);
    expect(await fake.lookUp(pm)).toMatchObject({ look: 'unknown', cause, evidence: { source: 'readBack' } });
  });
});

describe('scripting by name', () => {
  it('losesResponse: the effect happens, and the retry under the key learns of it', async () => {
    const fake = new FakePaymentGateway();
    fake.losesResponse({ times: 2 });
    expect(await fake.attach(anyRequest())).toMatchObject({ answer: 'unknown', cause: 'connectionLost' });
    expect(await fake.lookUp(pm)).toMatchObject({ paymentMethod: { customer: cus } });
    expect(await fake.attach(anyRequest())).toMatchObject({ answer: 'unknown' });
    expect(await fake.attach(anyRequest())).toMatchObject({ answer: 'attached' });
    expect(fake.account.effects).toHaveLength(1);
  });

  it('losesRequest: nothing happens, and the retry does it', async () => {
    const fake = new FakePaymentGateway();
    fake.losesRequest();
    expect(await fake.attach(anyRequest())).toMatchObject({ answer: 'unknown', cause: 'connectionLost' });
    expect(fake.account.effects).toEqual([]);
    expect(await fake.attach(anyRequest())).toMatchObject({ answer: 'attached' });
  });

  it('isUnreachable: for any call, or for one method', async () => {
    const fake = new FakePaymentGateway();
    fake.isUnreachable();
    expect(await fake.lookUp(pm)).toMatchObject({ look: 'unknown', cause: 'unreachable' });
    fake.isUnreachable({ of: 'lookUp' });
    expect(await fake.attach(anyRequest())).toMatchObject({ answer: 'attached' });
    expect(await fake.lookUp(pm)).toMatchObject({ look: 'unknown', cause: 'unreachable' });
  });
});

describe('a fault scripted for one method', () => {
  const under = { paymentMethodId: pm, idempotencyKey: 'key-1', apiVersion: '2025-10-29.clover' };
  const setup = { attemptId: 'a-1' as AttemptId, usage: 'off_session', paymentMethodTypes: null } as const;
  const calls: Readonly<Record<FakeRequest['method'], (fake: FakePaymentGateway) => Promise<object>>> = {
    attach: (fake) => fake.attach(anyRequest()),
    detach: (fake) => fake.detach(under),
    setDefault: (fake) => fake.setDefault({ customer: cus.id, ...under }),
    createSetupIntent: (fake) => fake.createSetupIntent({ customer: cus, ...setup, ...under }),
    lookUp: (fake) => fake.lookUp(pm),
    lookUpCustomer: (fake) => fake.lookUpCustomer(cus.id),
    lookUpSetupIntent: (fake) => fake.lookUpSetupIntent('seti_1Fake' as SetupIntentId),
    listPaymentMethods: (fake) => fake.listPaymentMethods({ customer: cus }),
    listEvents: (fake) => fake.listEvents({ createdFrom: 0 }),
  };
  const methods = Object.keys(calls) as FakeRequest['method'][];

  it.each(methods)('%s: befalls that method and no other', async (of) => {
    const fake = new FakePaymentGateway();
    fake.isUnreachable({ of });
    for (const method of methods.filter((other) => other !== of)) {
      expect(await calls[method](fake)).not.toMatchObject({ cause: 'unreachable' });
    }
    expect(await calls[of](fake)).toMatchObject({ cause: 'unreachable' });
  });
});

describe('a signal', () => {
  it('that is aborted already sends nothing', async () => {
    const fake = new FakePaymentGateway();
    expect(await fake.attach(anyRequest(), { signal: AbortSignal.abort() })).toMatchObject({
      answer: 'unknown',
      cause: 'aborted',
      evidence: { tries: [] },
    });
    expect(fake.account.effects).toEqual([]);
  });

  it('takes effect at once where only the answer is late', async () => {
    const fake = new FakePaymentGateway();
    fake.account.faults.next({ fault: 'lateAnswer', ms: 20 });
    const startedAt = performance.now();
    const answer = fake.attach(anyRequest());
    await Promise.resolve();
    expect(fake.account.effects).toHaveLength(1);
    expect(await answer).toMatchObject({ answer: 'attached' });
    expect(performance.now() - startedAt).toBeGreaterThan(15);
  });

  it('aborts a delayed call, which takes effect all the same', async () => {
    const fake = new FakePaymentGateway();
    fake.account.faults.next({ fault: 'delay', ms: 50 });
    expect(await fake.attach(anyRequest(), { signal: AbortSignal.timeout(10) })).toMatchObject({
      answer: 'unknown',
      cause: 'aborted',
    });
    expect(fake.account.effects).toEqual([]);
    await expect.poll(() => fake.account.effects.length).toBe(1);
  });
});

describe('a fault that no repeat would mend', () => {
  it('is thrown for a key the account does not know', async () => {
    const account = new StripeAccount({ apiKeys: ['sk_test_good'] });
    const fake = new FakePaymentGateway({ account });
    await expect(fake.attach(anyRequest())).rejects.toMatchObject({ code: 'GATEWAY_UNAUTHORIZED' });
    await expect(fake.lookUp(pm)).rejects.toMatchObject({ code: 'GATEWAY_UNAUTHORIZED' });
  });

  it('is thrown for a key that may only read', async () => {
    const account = new StripeAccount({ readOnlyApiKeys: ['sk_test_fake'] });
    const fake = new FakePaymentGateway({ account });
    await expect(fake.attach(anyRequest())).rejects.toMatchObject({ code: 'GATEWAY_FORBIDDEN' });
    expect(await fake.lookUp(pm)).toMatchObject({ look: 'found' });
  });
});

it('answers a rejection in the words of the port, and nothing more', async () => {
  const fake = new FakePaymentGateway({ strict: true });
  const { evidence: _, ...answer } = await fake.attach(anyRequest());
  expect(answer).toEqual({
    answer: 'rejected',
    reason: 'paymentMethodNotFound',
    stripeCode: 'resource_missing',
    declineCode: null,
  });
});
