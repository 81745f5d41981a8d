import { describe, expect, it } from 'vitest';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import { wrapped } from '../privacy/support.ts';
import { gatewayWith, hour } from '../support.ts';
import {
  afterASweep,
  attachedByOthers,
  away,
  awayFor,
  changedByOthers,
  silentAbout,
  timeout,
  unreadable,
} from './sweptOnce.ts';

const day = 24 * hour;
describe('what waits to be tried again', () => {
  it('an attachment that met one outage is recorded, though another event is never answered about', async () => {
    const swept = await afterASweep();
    await attachedByOthers(swept);
    expect(await swept.sweep({}, awayFor(swept, 'pm_9'))).toMatchObject({ stopped: 'storeUnavailable' });
    changedByOthers(swept, 'pm_A');
    const silent = silentAbout(swept, 'pm_A');
    const found = [];
    for (let pass = 0; pass < 4; pass += 1) found.push(...(await swept.sweep(silent)).findings);
    expect(found).toMatchObject([{ finding: 'attachmentMissed', paymentMethodId: 'pm_9' }]);
  });

  it('an attachment that Stripe lists no more is told of: events were missed, once', async () => {
    const swept = await afterASweep();
    await attachedByOthers(swept);
    const store = awayFor(swept, 'pm_9');
    await swept.sweep({}, store);
    const missed: number[] = [];
    for (let days = 1; days <= 34; days += 1) {
      swept.passes(day - hour);
      const { eventsMissed } = await swept.sweep({}, store);
      if (eventsMissed) missed.push(days);
    }
    expect(missed).toEqual([30]);
    expect(await swept.cursor(), 'and given up').toMatchObject({ waiting: [], heldFrom: null });
  });

  it('an event and a customer have their turns, whichever of them is never answered about', async () => {
    const swept = await afterASweep();
    const { gateway } = swept;
    let isBad = true;
    const silent = silentAbout(swept, 'pm_A');
    const listPaymentMethods: PaymentMethodGateway['listPaymentMethods'] = async (request, options) =>
      request.customer.id === 'cus_B' && isBad ? unreadable : gateway.listPaymentMethods(request, options);
    changedByOthers(swept, 'pm_A');
    const parts = { lookUp: silent.lookUp as PaymentMethodGateway['lookUp'], listPaymentMethods };
    for (let pass = 0; pass < 3; pass += 1) await swept.sweep(parts);
    expect((await swept.cursor()).failedCustomers).toContain('cus_B');
    isBad = false;
    for (let pass = 0; pass < 3; pass += 1) await swept.sweep(parts);
    const { failedEvents, failedCustomers } = await swept.cursor();
    expect([failedEvents.length, failedCustomers.includes('cus_B')]).toEqual([1, false]);
  });

  it('a customer who is never answered about is passed over by every round', async () => {
    const swept = await afterASweep();
    const silent = silentAbout(swept, 'none', 'cus_A');
    const stopped = [];
    for (let pass = 0; pass < 6; pass += 1) {
      const { customers, errors } = await swept.sweep(silent);
      stopped.push(`${customers} ${errors.map(({ subject }) => subject).join()}`);
    }
    expect(stopped).toEqual(['0 ', ...Array.from({ length: 5 }, () => '2 cus_A')]);
  });

  it('is not taken for answered where the sweep was ended by its signal', async () => {
    const swept = await afterASweep();
    changedByOthers(swept, 'pm_A');
    await swept.sweep({ lookUp: async () => timeout });
    const stop = new AbortController();
    const lookUp = async () => {
      stop.abort();
      return { ...timeout, cause: 'aborted' } as const;
    };
    const gateway = gatewayWith(swept.gateway, { lookUp });
    const process = swept.sweeping({ cursors: swept.cursors, gateway, knownCustomers: nobody });
    const report = await process.sweep({}, { signal: stop.signal });
    expect(report).toMatchObject({ stopped: 'signal', errors: [] });
    expect((await swept.cursor()).failedEvents).toHaveLength(1);
  });

  it('is nothing that the sweep’s signal broke off: the next one begins with it', async () => {
    const swept = await afterASweep();
    changedByOthers(swept, 'pm_A');
    swept.passes(hour);
    const stop = new AbortController();
    const lookUp = async () => {
      stop.abort();
      return { ...timeout, cause: 'aborted' } as const;
    };
    const process = swept.sweeping({ cursors: swept.cursors, gateway: gatewayWith(swept.gateway, { lookUp }) });
    expect(await process.sweep({}, { signal: stop.signal })).toMatchObject({ stopped: 'signal', errors: [] });
    expect(await swept.cursor()).toMatchObject({ waiting: [] });
  });
});

const nobody = { list: async () => [], find: async () => undefined };

describe('events that Stripe never lists', () => {
  it.each([timeout, { ...unreadable, evidence: timeout.evidence }])(
    'keep the customers waiting for one sweep, and nothing is given up ($cause)',
    async (answer) => {
      const swept = await afterASweep();
      await attachedByOthers(swept);
      const parts = { listEvents: async () => answer };
      expect(await swept.sweep(parts)).toMatchObject({ stopped: answer.cause, customers: 0, errors: [] });
      for (let pass = 0; pass < 3; pass += 1) {
        const report = await swept.sweep(parts);
        expect(report).toMatchObject({ stopped: null, customers: 3, eventsMissed: false });
        expect(report.errors).toMatchObject([{ subject: 'events', error: { code: 'NOT_LOOKED_UP' } }]);
      }
      expect((await swept.sweep()).findings).toMatchObject([{ finding: 'attachmentMissed', paymentMethodId: 'pm_9' }]);
    },
  );

  it('behind a page that it does list keep neither what is newer waiting nor the customers', async () => {
    const swept = await afterASweep();
    for (let number = 0; number < 101; number += 1) changedByOthers(swept, 'pm_A', 2040 + (number % 2));
    const { gateway } = swept;
    const listEvents: PaymentMethodGateway['listEvents'] = async (request, options) =>
      request.after === undefined ? gateway.listEvents(request, options) : timeout;
    expect(await swept.sweep({ listEvents })).toMatchObject({ stopped: 'timeout', customers: 0 });
    await attachedByOthers(swept);
    expect(await swept.sweep({ listEvents })).toMatchObject({ stopped: null, customers: 3, eventsMissed: false });
    const third = await swept.sweep({ listEvents });
    expect(third.findings).toMatchObject([{ finding: 'attachmentMissed', paymentMethodId: 'pm_9' }]);
    expect(third, 'nor every other sweep').toMatchObject({ stopped: null, customers: 4 });
  });
});

it('events that there was no answer about, and that then cannot be read once, are not given up', async () => {
  const swept = await afterASweep();
  await attachedByOthers(swept);
  await swept.sweep({ listEvents: async () => timeout });
  expect(await swept.sweep({ listEvents: async () => unreadable })).toMatchObject({ eventsMissed: false });
  expect((await swept.sweep()).findings).toMatchObject([{ finding: 'attachmentMissed', paymentMethodId: 'pm_9' }]);
});

describe('the report of a sweep', () => {
  it('says that events were missed also where they were during a read of all', async () => {
    const swept = await afterASweep();
    const { cursors, clock } = swept;
    const seenTo = Math.floor(clock.now().getTime() / 1000);
    await cursors.save('sweep', JSON.stringify({ seenTo, reading: null, customer: 'cus_A', isFullRead: true }));
    swept.passes(40 * day);
    expect(await swept.sweep()).toMatchObject({ eventsMissed: true, isFullReadOpen: true });
    expect(await swept.sweep()).toMatchObject({ eventsMissed: false, isFullReadOpen: false });
  });

  it('is answered where the store is away, its leases and cursors too', async () => {
    const swept = await afterASweep();
    await attachedByOthers(swept);
    let isAway = false;
    const eventStore = wrapped(swept.store, {
      append: () => {
        isAway = true;
        return Promise.reject(away);
      },
    });
    const leases = { acquire: async () => !isAway || Promise.reject(away), release: async () => {} };
    const report = await swept.sweep({}, eventStore, { leases });
    expect(report).toMatchObject({ stopped: 'storeUnavailable', errors: [{ error: away }] });
  });

  it('names once what the store did not answer about, also where it is tried again', async () => {
    const swept = await afterASweep();
    await attachedByOthers(swept);
    const store = awayFor(swept, 'pm_9');
    for (let pass = 0; pass < 2; pass += 1)
      expect((await swept.sweep({}, store)).errors).toMatchObject([{ error: away }]);
  });

  it('on one customer counts it where it could not be read', async () => {
    const swept = await afterASweep();
    const one = (answer: typeof timeout | typeof unreadable) => {
      const gateway = gatewayWith(swept.gateway, { listPaymentMethods: async () => answer });
      return swept.sweeping({ gateway }).sweep({ customer: 'cus_A' });
    };
    expect(await one(timeout)).toMatchObject({ stopped: 'timeout', customersUnread: 1 });
    expect(await one(unreadable)).toMatchObject({ stopped: null, customersUnread: 1 });
    expect(await swept.sweeping().sweep({ customer: 'cus_A' })).toMatchObject({ customers: 1, customersUnread: 0 });
  });
});
