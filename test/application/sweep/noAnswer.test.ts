import { describe, expect, it } from 'vitest';
import { LocalCursors } from '../../../src/application/sweep/localCursors.ts';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import { useScriptedStripe } from '../../adapters/stripe/gatewayUnderTest.ts';
import { text } from '../../adapters/stripe/scriptedServer.ts';
import { ana, gatewayWith, hour } from '../support.ts';
import { aSweeping, kept } from './support.ts';

const { answer, makeGateway } = useScriptedStripe();
const evidence = { source: 'sweep', requestId: null, tries: [] } as const;
const timeout = { look: 'unknown', cause: 'timeout', evidence } as const;

/** The looks of a gateway to the scripted server, each by itself. */
function onTheWay() {
  const gateway = makeGateway();
  return {
    lookUp: gateway.lookUp.bind(gateway),
    listEvents: gateway.listEvents.bind(gateway),
    listPaymentMethods: gateway.listPaymentMethods.bind(gateway),
  };
}

/** Somebody changes its card. */
function changedByOthers({ account }: ReturnType<typeof aSweeping>, id: string): void {
  const headers = { authorization: 'Bearer sk_test_fake' };
  account.receive({ method: 'POST', path: `/v1/payment_methods/${id}`, headers, body: 'card[exp_year]=2040' }).finish();
}

/** Customers A, B and C, their cards by the same letters; with a sweep a while later. */
async function withThree() {
  const monolith = aSweeping();
  const cursors = new LocalCursors();
  for (const name of ['A', 'B', 'C']) {
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: `pm_${name}`, customer: `cus_${name}` });
  }
  const sweep = (parts: Partial<PaymentMethodGateway> = {}) => {
    monolith.passes(hour);
    return monolith.sweeping({ cursors, gateway: gatewayWith(monolith.gateway, parts) }).sweep();
  };
  return { ...monolith, sweep, cursor: async () => kept(await cursors.load('sweep')) };
}

describe('what a server on the way to Stripe answers', () => {
  it('is no customer’s trouble: it ends the sweep, and the next one takes it up', async () => {
    const { sweep } = await withThree();
    const { listPaymentMethods } = onTheWay();
    answer((response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in'));
    const ended = { customers: 0, stopped: 'unexpectedAnswer', errors: [], customersUnread: 0, isFullReadOpen: true };
    expect(await sweep({ listPaymentMethods })).toMatchObject(ended);
    expect(await sweep()).toMatchObject({ customers: 3, stopped: null, isFullReadOpen: false });
  });

  it('is told by the request id, which what is Stripe’s own has', async () => {
    const { sweep } = await withThree();
    const { listPaymentMethods } = onTheWay();
    answer(text(200, '<html>Log in', { 'request-id': 'req_1' }));
    const report = await sweep({ listPaymentMethods });
    expect(report).toMatchObject({ customers: 0, stopped: null, customersUnread: 3, isFullReadOpen: false });
  });

  it('is no trouble of the event that it was to say more of, nor of the page of events', async () => {
    const monolith = await withThree();
    const { lookUp, listEvents } = onTheWay();
    changedByOthers(monolith, 'pm_A');
    answer((response) => void response.writeHead(404, { 'content-type': 'text/html' }).end('<html>Nobody here'));
    const ended = { customers: 0, stopped: 'unexpectedAnswer', errors: [] };
    expect(await monolith.sweep({ lookUp })).toMatchObject(ended);
    expect(await monolith.cursor()).toMatchObject({ failedEvents: [], failedCustomers: [] });
    expect(await monolith.sweep({ listEvents })).toMatchObject(ended);
    expect((await monolith.sweep()).findings).toMatchObject([{ finding: 'updateMissed', paymentMethodId: 'pm_A' }]);
  });
});

describe('a customer whom Stripe never answers about', () => {
  it('stops two sweeps, and no more: the others are read, and it is tried again last', async () => {
    const { sweep } = await withThree();
    const { gateway } = aSweeping();
    const listed: string[] = [];
    const listPaymentMethods: PaymentMethodGateway['listPaymentMethods'] = async ({ customer }, options) => {
      listed.push(customer.id);
      const found = await gateway.listPaymentMethods({ customer }, options);
      return customer.id === 'cus_A' ? timeout : { ...found, look: 'found', paymentMethods: [], hasMore: false };
    };
    const lookUp: PaymentMethodGateway['lookUp'] = async () => ({ look: 'notFound', evidence });
    const parts = { listPaymentMethods, lookUp };
    expect(await sweep(parts)).toMatchObject({ stopped: 'timeout', errors: [], customersUnread: 0 });
    const second = await sweep(parts);
    expect(second).toMatchObject({ stopped: 'timeout', customers: 0, customersUnread: 1 });
    expect(second.errors).toMatchObject([{ subject: 'cus_A', error: { code: 'NOT_LOOKED_UP' } }]);
    listed.length = 0;
    expect(await sweep(parts)).toMatchObject({ stopped: 'timeout', customers: 2, isFullReadOpen: false });
    expect(listed).toEqual(['cus_B', 'cus_C', 'cus_A']);
    await sweep();
    expect(await sweep()).toMatchObject({ stopped: null, errors: [], customersUnread: 0 });
  });

  it('is not passed over where another sweep was answered in between', async () => {
    const { sweep } = await withThree();
    const listPaymentMethods = async () => timeout;
    for (let pass = 0; pass < 3; pass += 1) {
      expect(await sweep({ listPaymentMethods })).toMatchObject({ stopped: 'timeout', errors: [] });
      expect(await sweep()).toMatchObject({ stopped: null, errors: [] });
    }
  });
});

describe('an event that Stripe never answers about', () => {
  it('stops two sweeps, and no more: those behind it are read, and it is tried again last', async () => {
    const monolith = await withThree();
    const { sweep, gateway, cursor } = monolith;
    await sweep();
    changedByOthers(monolith, 'pm_B');
    monolith.passes(1000);
    changedByOthers(monolith, 'pm_A');
    const lookUp: PaymentMethodGateway['lookUp'] = async (id, options) =>
      id === 'pm_A' ? timeout : gateway.lookUp(id, options);
    expect(await sweep({ lookUp })).toMatchObject({ stopped: 'timeout', errors: [], findings: [] });
    const second = await sweep({ lookUp });
    expect(second.errors).toMatchObject([
      { subject: expect.stringMatching(/^evt_/), error: { code: 'NOT_LOOKED_UP' } },
    ]);
    expect((await cursor()).failedEvents).toHaveLength(1);
    expect((await sweep({ lookUp })).findings).toMatchObject([{ finding: 'updateMissed', paymentMethodId: 'pm_B' }]);
    expect((await cursor()).failedEvents).toHaveLength(1);
    expect((await sweep()).findings).toMatchObject([{ finding: 'updateMissed', paymentMethodId: 'pm_A' }]);
    expect((await cursor()).failedEvents).toEqual([]);
  });
});
