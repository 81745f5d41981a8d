import { describe, expect, it } from 'vitest';
import type { CallOptions } from '../../../src/application/ports/paymentMethodGateway.ts';
import { aMonolith, gatewayWith, hour, settled } from '../support.ts';

const attemptId = 'save-card-1';
const setup = { customer: 'cus_Ana', actor: 'user-7', attemptId };
const evidence = { source: 'response', requestId: 'req_1', tries: [] } as const;

/** A setup that was begun, and a process that is answered so when it looks at its SetupIntent; and what it looked with. */
async function begunThenLooked(answer: object) {
  const monolith = aMonolith();
  const begun = await monolith.paymentMethods.beginSetup(setup);
  const found = { id: begun.outcome === 'begun' ? begun.setupIntentId : '', clientSecret: 'secret', customer: null };
  const looks: (CallOptions | undefined)[] = [];
  const gateway = gatewayWith(monolith.gateway, {
    lookUpSetupIntent: async (_, options) => {
      looks.push(options);
      const setupIntent = { ...found, paymentMethodId: null, ...answer };
      return { look: 'found', setupIntent, evidence, ...answer } as never;
    },
  });
  return { ...monolith, begun, looks, paymentMethods: monolith.process({ gateway }) };
}

describe('a setup', () => {
  it('that Stripe rejects says why, now and whenever it is repeated', async () => {
    const monolith = aMonolith();
    const answer = { answer: 'rejected', reason: 'invalidRequest', stripeCode: 'parameter_invalid_empty' } as const;
    const gateway = gatewayWith(monolith.gateway, { createSetupIntent: async () => ({ ...answer, evidence }) });
    const { answer: _, ...why } = answer;
    const rejected = { outcome: 'rejected', ...why, attemptId };
    expect(await monolith.process({ gateway }).beginSetup(setup)).toEqual(rejected);
    expect(await monolith.paymentMethods.beginSetup(setup)).toEqual(rejected);
  });

  it('is answered without a look where Stripe has made it just now', async () => {
    const monolith = aMonolith();
    await monolith.paymentMethods.beginSetup(setup);
    expect(monolith.gateway.requests.map(({ method }) => method)).toEqual(['createSetupIntent']);
  });

  it('whose request may be on its way still after a day is finished by recovery: no later one is in its way', async () => {
    const monolith = aMonolith();
    const createSetupIntent = () => new Promise<never>(() => {});
    void monolith.process({ gateway: gatewayWith(monolith.gateway, { createSetupIntent }) }).beginSetup(setup);
    await settled();
    monolith.passes(24 * hour);
    expect(await monolith.paymentMethods.recover()).toMatchObject({ settled: [{ sort: 'setup', outcome: 'begun' }] });
  });
});

describe('a setup that was begun, and is asked for again', () => {
  it.each([
    ['nobody knows, where the look is lost', { look: 'unknown', cause: 'timeout' }, 'timeout'],
    ['nobody knows, where Stripe knows it no more', { look: 'notFound' }, 'unexpectedAnswer'],
  ])('stands so that %s', async (_, answer, cause) => {
    const { paymentMethods } = await begunThenLooked(answer);
    expect(await paymentMethods.beginSetup(setup)).toEqual({ outcome: 'unknown', cause, attemptId });
  });

  it.each([
    ['is under way', { status: 'processing', paymentMethodId: 'pm_1' }],
    ['succeeded, and does not say with what', { status: 'succeeded', paymentMethodId: null }],
  ])('is begun still where it %s', async (_, answer) => {
    const { paymentMethods, begun, trail } = await begunThenLooked(answer);
    expect(await paymentMethods.beginSetup(setup)).toEqual({ ...begun, clientSecret: 'secret' });
    expect(await trail()).toEqual(['SetupRequested', 'SetupBegun']);
  });

  it('is looked at for its customer, for as long as the call lasts', async () => {
    const { paymentMethods, looks } = await begunThenLooked({ status: 'requires_payment_method' });
    const { signal } = new AbortController();
    await paymentMethods.beginSetup(setup, { signal });
    expect(looks).toMatchObject([{ expected: { kind: 'customer', id: 'cus_Ana' } }]);
    expect(looks[0]?.signal).toBe(signal);
  });
});
