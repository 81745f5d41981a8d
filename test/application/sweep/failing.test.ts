import { describe, expect, it } from 'vitest';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { EventStore } from '../../../src/application/ports/eventStore.ts';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import { LocalCursors } from '../../../src/application/sweep/localCursors.ts';
import type { PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { ana, gatewayWith, hour } from '../support.ts';
import { wrapped } from '../privacy/support.ts';
import { aSweeping, kept } from './support.ts';

const day = 24 * hour;
const evidence = { source: 'sweep', requestId: 'req_1', tries: [] } as const;
type Sweeping = ReturnType<typeof aSweeping>;

/** Somebody attaches it, not through the trail. */
function attachedByOthers({ gateway }: Sweeping, id: string) {
  const customer = { kind: 'customer', id: 'cus_Ana' } as never;
  const asked = { idempotencyKey: `theirs-${id}`, apiVersion: '2025-10-29.clover', customer };
  return gateway.attach({ ...asked, paymentMethodId: id as PaymentMethodId });
}

/** Somebody changes its card. */
function changedByOthers({ account }: Sweeping, id: string): void {
  const headers = { authorization: 'Bearer sk_test_fake' };
  account.receive({ method: 'POST', path: `/v1/payment_methods/${id}`, headers, body: 'card[exp_year]=2040' }).finish();
}

/** A Stripe that does not find some, and notes what it is asked. */
function losing({ gateway }: Sweeping, isLost: (id: string) => boolean) {
  const asked = { looks: [] as string[], from: [] as number[] };
  const lossy: PaymentMethodGateway = gatewayWith(gateway, {
    lookUp: async (id, options) => {
      asked.looks.push(id);
      return isLost(id) ? { look: 'notFound', evidence } : gateway.lookUp(id, options);
    },
    listEvents: (request, options) => {
      asked.from.push(request.createdFrom);
      return gateway.listEvents(request, options);
    },
  });
  return { asked, lossy };
}

describe('a sweep that was broken off', () => {
  it('and is taken up when Stripe lists its oldest events no more reads every customer', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_known' });
    const from = Math.floor(monolith.account.now / 1000);
    monolith.passes(hour);
    await attachedByOthers(monolith, 'pm_old');
    monolith.passes(20 * day);
    await attachedByOthers(monolith, 'pm_new');
    const page = await monolith.gateway.listEvents({ createdFrom: 0 });
    const after = page.look === 'found' ? page.events[0]?.eventId : undefined;
    const reading = { from, to: from + 20 * 86_400, after, hasFailed: false };
    const save = () =>
      cursors.save('sweep', JSON.stringify({ seenTo: from, reading, customer: 'cus_Z', isFullRead: false }));
    await save();
    monolith.passes(day);
    expect(await monolith.sweeping({ cursors }).sweep(), 'in time').toMatchObject({ eventsMissed: false });
    await save();
    monolith.passes(10 * day);
    const report = await monolith.sweeping({ cursors }).sweep();
    expect(report).toMatchObject({ eventsMissed: true, isFullReadOpen: false, customers: 1, stopped: null });
  });
});

describe('an event that fails each time', () => {
  it('is tried again by every sweep, and no other with it, until it goes through', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    for (const id of ['pm_1', 'pm_2', 'pm_3']) await monolith.paymentMethods.attach({ ...ana, paymentMethodId: id });
    monolith.passes(day);
    for (const id of ['pm_1', 'pm_2', 'pm_3']) changedByOthers(monolith, id);
    monolith.passes(2 * hour);
    const { asked, lossy } = losing(monolith, (id) => id === 'pm_1');
    const lost = monolith.sweeping({ cursors, gateway: lossy, sweep: { customersPerPass: 1 } });
    const failure = { error: { code: 'NOT_LOOKED_UP' } };
    expect(await lost.sweep()).toMatchObject({ errors: [failure], stopped: null });
    for (let pass = 0; pass < 3; pass += 1) {
      monolith.passes(day);
      asked.looks.length = 0;
      asked.from.length = 0;
      const { errors, events } = await lost.sweep();
      expect({ errors, events }).toMatchObject({ errors: [failure], events: 0 });
      expect(errors).toHaveLength(1);
      expect(new Set(asked.looks), 'one by the event, one by its customer').toEqual(new Set(['pm_1']));
      const agoHours = (monolith.account.now / 1000 - (asked.from[0] ?? 0)) / 3600;
      expect(agoHours, 'what was read is behind it').toBeLessThan(27);
    }
    expect(await cursors.load('sweep')).not.toMatch(/4242|visa|fingerprint|last4/);
    const { findings } = await monolith.sweeping({ cursors }).sweep();
    expect(findings).toMatchObject([{ finding: 'updateMissed', paymentMethodId: 'pm_1' }]);
    expect(await monolith.sweeping({ cursors }).sweep()).toMatchObject({ errors: [], findings: [] });
  });

  it('is tried once by a sweep, also where it is listed again', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    await monolith.paymentMethods.attach(ana);
    changedByOthers(monolith, 'pm_1');
    const { lossy } = losing(monolith, () => true);
    for (let pass = 0; pass < 3; pass += 1) {
      const { errors } = await monolith.sweeping({ cursors, gateway: lossy }).sweep();
      expect(errors).toHaveLength(1);
    }
    expect(kept(await cursors.load('sweep')).failedEvents).toHaveLength(1);
  });

  it('of an attachment that is undone by the time it can be taken is recorded all the same, with its end', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    const { store } = monolith;
    const contended = new PaymentMethodsError('CONTENTION', 'pm_9');
    const busy: EventStore = {
      append: (appends) =>
        appends.some(({ stream }) => stream.endsWith('pm_9')) ? Promise.reject(contended) : store.append(appends),
      readStream: (stream, options) => store.readStream(stream, options),
      readTrail: (options) => store.readTrail(options),
      readHead: () => store.readHead(),
      close: () => store.close(),
    };
    await attachedByOthers(monolith, 'pm_9');
    const first = await monolith.sweeping({ cursors, eventStore: busy }).sweep();
    expect(first).toMatchObject({ errors: [{ error: { code: 'CONTENTION' } }], findings: [] });
    expect(await cursors.load('sweep')).not.toMatch(/4242|visa|fingerprint|last4/);
    monolith.account.handle({
      method: 'POST',
      path: '/v1/payment_methods/pm_9/detach',
      headers: { authorization: 'Bearer sk_test_dashboard' },
    });
    monolith.passes(2 * day);
    expect(await monolith.sweeping({ cursors, eventStore: busy }).sweep()).toMatchObject({ findings: [] });
    const third = await monolith.sweeping({ cursors }).sweep();
    expect(third.findings).toMatchObject([{ finding: 'detachmentMissed', paymentMethodId: 'pm_9' }]);
    expect(await monolith.trail()).toEqual(['PaymentMethodAttached', 'PaymentMethodDetached']);
  });

  it('of attachments has no customer read for it, until Stripe lists the oldest no more: then all are, and it is told', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    await monolith.paymentMethods.attach(ana);
    const { store } = monolith;
    const busy = wrapped(store, {
      append: (appends) =>
        appends.some(({ stream }) => stream.includes('pm_9'))
          ? Promise.reject(new PaymentMethodsError('CONTENTION', 'pm_9'))
          : store.append(appends),
    });
    const sweeping = monolith.sweeping({ cursors, eventStore: busy, sweep: { customersPerPass: 1 } });
    const missed: boolean[] = [];
    for (let pass = 0; pass < 9; pass += 1) {
      await attachedByOthers(monolith, `pm_9${pass}`);
      missed.push((await sweeping.sweep()).eventsMissed);
      monolith.passes(8 * day);
    }
    expect(missed).toEqual([true, ...Array.from({ length: 3 }, () => false), ...Array.from({ length: 5 }, () => true)]);
  });

  it('is left to the round of customers once Stripe lists it no more', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    await monolith.paymentMethods.attach(ana);
    changedByOthers(monolith, 'pm_1');
    const { asked, lossy } = losing(monolith, () => true);
    const lost = monolith.sweeping({ cursors, gateway: lossy });
    await lost.sweep();
    for (let pass = 0; pass < 4; pass += 1) {
      monolith.passes(10 * day);
      expect(await lost.sweep()).toMatchObject({ eventsMissed: false });
    }
    asked.looks.length = 0;
    const { errors, eventsMissed } = await lost.sweep();
    expect({ errors, eventsMissed }).toEqual({ errors: [], eventsMissed: false });
  });
});

describe('a page of events that cannot be read', () => {
  it.each(['unexpectedAnswer', 'unexpectedEcho'] as const)(
    '(%s) is reported, and the customers are swept',
    async (cause) => {
      const monolith = aSweeping();
      const cursors = new LocalCursors();
      await monolith.paymentMethods.attach(ana);
      await attachedByOthers(monolith, 'pm_2');
      const garbled = gatewayWith(monolith.gateway, { listEvents: async () => ({ look: 'unknown', cause, evidence }) });
      const report = await monolith.sweeping({ cursors, gateway: garbled }).sweep();
      expect(report).toMatchObject({
        customers: 1,
        stopped: null,
        errors: [{ subject: 'events', error: { code: 'NOT_LOOKED_UP', details: { cause } } }],
        findings: [{ finding: 'attachmentMissed', paymentMethodId: 'pm_2' }],
      });
      expect(await monolith.sweeping({ cursors }).sweep(), 'and read once it can be').toMatchObject({
        events: 2,
        errors: [],
      });
    },
  );

  it('is given up where the next sweep cannot read it either: what is newer is read, and every customer', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    const { gateway } = monolith;
    await monolith.paymentMethods.attach(ana);
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_B', customer: 'cus_B' });
    await monolith.sweeping({ cursors }).sweep();
    monolith.passes(day);
    await attachedByOthers(monolith, 'pm_1000');
    const bad = (await monolith.notifications()).at(-1)?.notificationId;
    monolith.passes(hour);
    for (let number = 1; number <= 99; number += 1) await attachedByOthers(monolith, `pm_${number + 1}`);
    // A hundred a page: the one that spoils its page is the last of the second.
    await attachedByOthers(monolith, 'pm_101');
    const garbled = gatewayWith(gateway, {
      listEvents: async (request, options) => {
        const page = await gateway.listEvents(request, options);
        const isBad = page.look === 'found' && page.events.some(({ eventId }) => eventId === bad);
        return isBad ? { look: 'unknown', cause: 'unexpectedAnswer', evidence } : page;
      },
    });
    const sweeping = monolith.sweeping({ cursors, gateway: garbled, sweep: { customersPerPass: 1 } });
    const unread = { subject: 'events' };
    expect(await sweeping.sweep()).toMatchObject({ events: 100, errors: [unread] });
    expect(kept(await cursors.load('sweep')), 'asked for once more').toMatchObject({
      reading: { after: expect.stringMatching(/^evt_/) },
    });
    monolith.passes(hour);
    await attachedByOthers(monolith, 'pm_new');
    expect(await sweeping.sweep()).toMatchObject({ errors: [unread], eventsMissed: true, customers: 2 });
    expect(kept(await cursors.load('sweep'))).toMatchObject({ reading: null });
    monolith.passes(hour);
    await attachedByOthers(monolith, 'pm_newer');
    expect(await sweeping.sweep()).toMatchObject({ errors: [], eventsMissed: false, stopped: null });
  });

  it('each time keeps no customer from its turn: a read of all is finished before another begins', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    const names = ['A', 'B', 'C', 'D', 'E'];
    for (const name of names) {
      await monolith.paymentMethods.attach({ ...ana, paymentMethodId: `pm_${name}`, customer: `cus_${name}` });
    }
    const listed: string[] = [];
    const stop = { now: new AbortController() };
    const gateway = gatewayWith(monolith.gateway, {
      listEvents: async () => ({ look: 'unknown', cause: 'unexpectedAnswer', evidence }),
      listPaymentMethods: async (request, options) => {
        listed.push(request.customer.id.slice(4));
        // One customer is all that there is time for.
        if (listed.length % 2 === 0) stop.now.abort();
        return monolith.gateway.listPaymentMethods(request, options);
      },
    });
    for (let pass = 0; pass < 8; pass += 1) {
      stop.now = new AbortController();
      await monolith.sweeping({ cursors, gateway }).sweep({}, { signal: stop.now.signal });
      monolith.passes(hour);
    }
    expect(new Set(listed)).toEqual(new Set(names));
  });

  it('ends the pass where there is no answer at all: the customers would get none either', async () => {
    const monolith = aSweeping();
    await monolith.paymentMethods.attach(ana);
    const listEvents = async () => ({ look: 'unknown', cause: 'timeout', evidence }) as const;
    const report = await monolith.sweeping({ gateway: gatewayWith(monolith.gateway, { listEvents }) }).sweep();
    expect(report).toMatchObject({ customers: 0, stopped: 'timeout', errors: [] });
  });
});
