import { describe, expect, it } from 'vitest';
import type { StripeGatewayOptions } from '../../../src/adapters/stripe/index.ts';
import type { Observer, StripeRequestBegun, StripeRequestEnded } from '../../../src/application/ports/observer.ts';
import type { SetupIntentId } from '../../../src/domain/identifiers.ts';
import { useScriptedStripe } from './gatewayUnderTest.ts';
import { attachRequest, canaryKey, cus, customer, keyed, pm, setupRequest, stripePaymentMethod } from './samples.ts';
import { json, reset } from './scriptedServer.ts';

const stripe = useScriptedStripe();

/** A gateway, and what its observer is told. */
function watched(options: Partial<StripeGatewayOptions> = {}) {
  const begun: StripeRequestBegun[] = [];
  const ended: StripeRequestEnded[] = [];
  const observer: Observer = {
    stripeRequest: (request) => {
      begun.push(request);
      return { ended: (how) => ended.push(how), failed: () => {} };
    },
  };
  return { gateway: stripe.makeGateway({ observer, ...options }), begun, ended };
}

describe('an observer of requests', () => {
  it('is told of each try: what it asks, which try it is, and what came of it', async () => {
    const { gateway, begun, ended } = watched();
    stripe.answer(reset, json(200, stripePaymentMethod(), { 'request-id': 'req_1' }));
    await gateway.attach(attachRequest({ apiVersion: '2024-06-20' }));
    expect(begun).toEqual(
      [1, 2].map((tryNumber) => ({
        method: 'POST',
        origin: stripe.server().url,
        path: '/v1/payment_methods/pm_1/attach',
        route: '/v1/payment_methods/{id}/attach',
        apiVersion: '2024-06-20',
        tryNumber,
        isLive: false,
      })),
    );
    expect(ended).toEqual([
      { status: null, requestId: null, failure: 'UND_ERR_SOCKET' },
      { status: 200, requestId: 'req_1', failure: null },
    ]);
  });

  it('is told the route of every request without an id or a query in it', async () => {
    const { gateway, begun } = watched({ maxTries: 1 });
    for (let times = 0; times < 9; times += 1) stripe.answer(json(404, {}));
    await gateway.attach(attachRequest());
    await gateway.detach({ ...keyed, paymentMethodId: pm('pm_1') });
    await gateway.setDefault({ ...keyed, customer: cus('cus_1'), paymentMethodId: pm('pm_1') });
    await gateway.createSetupIntent(setupRequest());
    await gateway.lookUp(pm('pm_1'));
    await gateway.lookUpCustomer(cus('cus_1'));
    await gateway.lookUpSetupIntent('seti_1' as SetupIntentId);
    await gateway.listPaymentMethods({ customer });
    await gateway.listEvents({ createdFrom: 0 });
    const routes = begun.map(({ method, route }) => `${method} ${route}`);
    expect(routes).toEqual([
      'POST /v1/payment_methods/{id}/attach',
      'POST /v1/payment_methods/{id}/detach',
      'POST /v1/customers/{id}',
      'POST /v1/setup_intents',
      'GET /v1/payment_methods/{id}',
      'GET /v1/customers/{id}',
      'GET /v1/setup_intents/{id}',
      'GET /v1/customers/{id}/payment_methods',
      'GET /v1/events',
    ]);
  });

  it.each([
    ['sk_live_CANARY', 'bearer', true],
    ['rk_live_CANARY', 'basic', true],
    ['rk_test_CANARY', 'basic', false],
    ['sk_org_live_CANARY', 'bearer', true],
    [() => 'sk_test_CANARY', 'bearer', false],
    ['CANARY_live_test', 'bearer', null],
  ] as const)('is told the mode by the form of the key, and never the key: %s, %s', async (apiKey, auth, isLive) => {
    const { gateway, begun } = watched({ apiKey, auth });
    stripe.answer(json(200, stripePaymentMethod()));
    await gateway.attach(attachRequest());
    expect(begun).toMatchObject([{ isLive }]);
    expect(JSON.stringify(begun)).not.toMatch(/CANARY|Q0FOQV|authorization/i);
  });

  it('changes nothing where it throws', async () => {
    const fails = () => {
      throw new Error(canaryKey);
    };
    stripe.answer(json(200, stripePaymentMethod()));
    const { gateway } = watched({ observer: { stripeRequest: fails } });
    expect(await gateway.attach(attachRequest())).toMatchObject({ answer: 'attached' });
  });
});
