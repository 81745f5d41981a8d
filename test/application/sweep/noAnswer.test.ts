import { describe, expect, it } from 'vitest';
import { LocalCursors } from '../../../src/application/sweep/localCursors.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import type { CustomerId, PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { wrapped } from '../privacy/support.ts';
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
  const sweep = (parts: Partial<PaymentMethodGateway> = {}, eventStore: EventStore = monolith.store) => {
    monolith.passes(hour);
    return monolith.sweeping({ cursors, eventStore, gateway: gatewayWith(monolith.gateway, parts) }).sweep();
  };
  return { ...monolith, sweep, cursor: async () => kept(await cursors.load('sweep')) };
}

describe('what a server on the way to Stripe answers', () => {
  it('is no customer’s trouble: it ends the sweep, and the next one takes it up', async () => {
    const { sweep } = await withThree();
    const { listPaymentMethods } = onTheWay();
    answer((response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in'));
    const ended = { customers: 0, stopped: 'unexpectedAnswer', errors: [], customersUnread: 1, isFullReadOpen: true };
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
    expect(await monolith.cursor()).toMatchObject({ failedEvents: [expect.any(String)], failedCustomers: [] });
    expect((await monolith.sweep()).findings).toMatchObject([{ finding: 'updateMissed', paymentMethodId: 'pm_A' }]);
    expect(await monolith.sweep({ listEvents })).toMatchObject(ended);
  });
});

describe('a customer whom Stripe never answers about', () => {
  it('keeps no other waiting: from the next sweep on it is tried last', async () => {
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
    expect(await sweep(parts)).toMatchObject({ stopped: 'timeout', errors: [], customersUnread: 1 });
    for (let pass = 0; pass < 3; pass += 1) {
      listed.length = 0;
      const report = await sweep(parts);
      expect(report).toMatchObject({ stopped: 'timeout', isFullReadOpen: false, customersUnread: 1 });
      expect(report.errors).toMatchObject([{ subject: 'cus_A', error: { code: 'NOT_LOOKED_UP' } }]);
      expect(listed).toEqual(['cus_B', 'cus_C', 'cus_A']);
    }
    await sweep();
    expect(await sweep()).toMatchObject({ stopped: null, errors: [], customersUnread: 0 });
  });
});

describe('an event that Stripe never answers about', () => {
  it('keeps no other waiting: from the next sweep on it is tried last', async () => {
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
    expect(second).toMatchObject({
      stopped: 'timeout',
      findings: [{ finding: 'updateMissed', paymentMethodId: 'pm_B' }],
    });
    expect((await cursor()).failedEvents).toHaveLength(1);
    await sweep({ lookUp });
    expect((await cursor()).failedEvents).toHaveLength(1);
    expect((await sweep()).findings).toMatchObject([{ finding: 'updateMissed', paymentMethodId: 'pm_A' }]);
    expect(await cursor()).toMatchObject({ failedEvents: [] });
  });

  it('is passed over also where it is read again for its own word', async () => {
    const monolith = await withThree();
    const { sweep, store } = monolith;
    await sweep();
    const away = new PaymentMethodsError('STORE_UNAVAILABLE', 'pm_9');
    const eventStore = wrapped(store, {
      append: (appends) =>
        appends.some(({ stream }) => stream.endsWith('pm_9')) ? Promise.reject(away) : store.append(appends),
    });
    changedByOthers(monolith, 'pm_A');
    monolith.passes(1000);
    await monolith.gateway.attach({
      paymentMethodId: 'pm_9' as PaymentMethodId,
      customer: { kind: 'customer', id: 'cus_9' as CustomerId },
      idempotencyKey: 'theirs',
      apiVersion: monolith.gateway.apiVersion,
    });
    const stopped = { stopped: 'storeUnavailable', errors: [{ error: away }] };
    expect(await sweep({}, eventStore)).toMatchObject({ ...stopped, customers: 0, findings: [] });
    for (let pass = 0; pass < 3; pass += 1) {
      const report = await sweep({}, eventStore);
      expect(report).toMatchObject({ stopped: 'storeUnavailable', customers: 3, eventsMissed: false });
      expect(report.findings).toMatchObject(pass === 0 ? [{ finding: 'updateMissed' }] : []);
    }
    expect((await sweep()).findings).toMatchObject([{ finding: 'attachmentMissed', paymentMethodId: 'pm_9' }]);
  });
});
