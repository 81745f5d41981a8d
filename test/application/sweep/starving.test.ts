import { describe, expect, it } from 'vitest';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import { ana, gatewayWith, hour } from '../support.ts';
import type { WaitingEvent } from '../../../src/application/sweep/sweepCursor.ts';
import { wrapped } from '../privacy/support.ts';
import {
  afterASweep,
  attachedByOthers,
  awayFor,
  changedByOthers,
  lost,
  nobody,
  silentAbout,
  timeout,
  unreadable,
} from './sweptOnce.ts';

describe('a payment method that Stripe never answers about, and that changes before every sweep', () => {
  it('keeps neither the customers waiting nor what happened to others', async () => {
    const swept = await afterASweep();
    const silent = silentAbout(swept, 'pm_A');
    const customers: number[] = [];
    const found: string[] = [];
    for (let pass = 1; pass <= 6; pass += 1) {
      // Older than the change of the other: Stripe lists it after that.
      await attachedByOthers(swept, `pm_9${pass}`);
      swept.passes(1_000);
      changedByOthers(swept, 'pm_A', 2040 + pass);
      const report = await swept.sweep(silent);
      expect(report).toMatchObject({ stopped: 'timeout', eventsMissed: false });
      customers.push(report.customers);
      found.push(report.findings.map(({ paymentMethodId }) => paymentMethodId).join());
    }
    expect(customers, 'it ends one sweep by its event, and one by its customer').toEqual([0, 2, 2, 6, 7, 8]);
    expect(found).toEqual(['', 'pm_92,pm_91', 'pm_93', 'pm_94', 'pm_95', 'pm_96']);
    expect((await swept.cursor()).failedEvents, 'one look shows all').toHaveLength(1);
    expect((await swept.sweep()).findings).toMatchObject([{ finding: 'updateMissed', paymentMethodId: 'pm_A' }]);
    expect((await swept.paymentMethods.history('pm_A')).state).toMatchObject({ card: { expYear: 2046 } });
  });
});

describe('payment methods that Stripe never answers about, another one before every sweep', () => {
  it('keep the customers waiting for one sweep, and the next ones say what they did not read', async () => {
    const swept = await afterASweep();
    const { gateway } = swept;
    const ids = ['pm_0', 'pm_1', 'pm_2', 'pm_3', 'pm_4'];
    for (const id of ids) await swept.paymentMethods.attach({ ...ana, paymentMethodId: id });
    await swept.sweep();
    const looks: string[] = [];
    const lookUp: PaymentMethodGateway['lookUp'] = async (id, options) => {
      looks.push(id);
      return ids.includes(id) ? timeout : gateway.lookUp(id, options);
    };
    const customers: number[] = [];
    for (const [index, id] of ids.entries()) {
      changedByOthers(swept, id);
      looks.length = 0;
      const report = await swept.sweep({ lookUp });
      expect(report).toMatchObject({ stopped: 'timeout', eventsMissed: false });
      customers.push(report.customers);
      const unread = report.errors.filter(({ subject }) => subject === 'events');
      expect(unread).toHaveLength(index === 0 ? 0 : 1);
      expect(looks.length, 'and none asks on and on').toBeLessThanOrEqual(2);
    }
    expect(customers).toEqual([0, 1, 2, 3, 3]);
    const { findings, errors } = await swept.sweep();
    expect(new Set(findings.map(({ paymentMethodId }) => paymentMethodId))).toEqual(new Set(ids));
    expect(findings).toHaveLength(ids.length);
    expect(errors).toEqual([]);
  });
});

it('a sweep asks Stripe twice at most while that answers nothing at all, however often it was so before', async () => {
  const swept = await afterASweep();
  const nothing = async () => timeout;
  for (let pass = 0; pass < 8; pass += 1) {
    const report = await swept.sweep({ lookUp: nothing, listEvents: nothing, listPaymentMethods: nothing });
    expect(report).toMatchObject({ stopped: 'timeout', eventsMissed: false });
    expect(report.requests).toBeLessThanOrEqual(2);
  }
  expect(await swept.sweep()).toMatchObject({ stopped: null, errors: [], customersUnread: 0 });
});

describe('a page of events that a sweep did not come to the end of', () => {
  /** More than a page of A's changes, and a change of B's behind that; with what came before whose page is listed. */
  async function twoPages() {
    const swept = await afterASweep();
    changedByOthers(swept, 'pm_B');
    swept.passes(1_000);
    for (let number = 0; number < 101; number += 1) changedByOthers(swept, 'pm_A', 2040 + (number % 2));
    const froms: (string | undefined)[] = [];
    const listing = (
      instead?: (after: string | undefined) => object | undefined,
    ): PaymentMethodGateway['listEvents'] => {
      return async (request, options) => {
        froms.push(request.after);
        return (instead?.(request.after) as never) ?? swept.gateway.listEvents(request, options);
      };
    };
    return { ...swept, froms, listing };
  }

  it('is where the next one begins, also where it went on to the customers', async () => {
    const swept = await twoPages();
    const { sweep, froms, listing } = swept;
    const first = listing((after) => (after === undefined ? timeout : undefined));
    expect(await sweep({ listEvents: first })).toMatchObject({ stopped: 'timeout', customers: 0 });
    const silent = { ...silentAbout(swept, 'pm_B'), listEvents: listing() };
    const second = await sweep(silent);
    expect(second.errors.map(({ subject }) => subject)).toContain('events');
    expect(second.customers, 'A, and then B, whose change is not answered about').toBe(1);
    froms.length = 0;
    await sweep(silent);
    expect(froms).toEqual([expect.stringMatching(/^evt_/)]);
  });

  it('because of its signal is none that was not answered: the next one that is not ends that sweep', async () => {
    const swept = await twoPages();
    const stop = new AbortController();
    const lookUp = async () => {
      stop.abort();
      return { ...timeout, cause: 'aborted' } as const;
    };
    const process = swept.sweeping({ cursors: swept.cursors, gateway: gatewayWith(swept.gateway, { lookUp }) });
    expect(await process.sweep({}, { signal: stop.signal })).toMatchObject({ stopped: 'signal' });
    expect(await swept.sweep({ listEvents: async () => timeout })).toMatchObject({ stopped: 'timeout', customers: 0 });
  });

  it('is given up only where it is the same one that two sweeps could not read', async () => {
    const { sweep, listing, cursor } = await twoPages();
    await sweep({ listEvents: listing(() => unreadable) });
    const listEvents = listing((after) => (after === undefined ? undefined : unreadable));
    expect(await sweep({ listEvents })).toMatchObject({ eventsMissed: false, errors: [{ subject: 'events' }] });
    expect((await cursor()).reading).not.toBeNull();
    expect(await sweep({ listEvents })).toMatchObject({ eventsMissed: true });
  });
});

describe('an attachment that failed', () => {
  it('is tried again also where it is listed behind a page that Stripe never answers with', async () => {
    const swept = await afterASweep();
    const { gateway } = swept;
    await attachedByOthers(swept);
    await swept.sweep({}, awayFor(swept, 'pm_9'));
    expect((await swept.cursor()).failedEvents).toHaveLength(1);
    for (let number = 0; number < 101; number += 1) changedByOthers(swept, 'pm_A', 2040 + (number % 2));
    const listEvents: PaymentMethodGateway['listEvents'] = async (request, options) =>
      request.after === undefined ? gateway.listEvents(request, options) : timeout;
    expect(await swept.sweep({ listEvents })).toMatchObject({ stopped: 'timeout' });
    const { findings } = await swept.sweep({ listEvents });
    expect(findings).toContainEqual(expect.objectContaining({ finding: 'attachmentMissed', paymentMethodId: 'pm_9' }));
    expect(await swept.cursor()).toMatchObject({ failedEvents: [], heldFrom: null });
  });

  it('is asked for by its second alone, however many happened in that', async () => {
    const swept = await afterASweep();
    const { gateway } = swept;
    for (const id of ['pm_9', 'pm_8', 'pm_7']) await attachedByOthers(swept, id);
    for (let pass = 0; pass < 2; pass += 1) {
      swept.passes(2 * hour);
      await swept.sweep({}, awayFor(swept, 'pm_9'));
    }
    const ofSeconds: number[] = [];
    const listEvents: PaymentMethodGateway['listEvents'] = (request, options) => {
      if (request.createdTo === undefined) return gateway.listEvents(request, options);
      ofSeconds.push(request.createdTo - request.createdFrom);
      return gateway.listEvents({ ...request, limit: 1 }, options);
    };
    const { signal } = new AbortController();
    const signals = new Set<AbortSignal | undefined>();
    const gatewayOf = gatewayWith(gateway, {
      listEvents: (request, options) => {
        signals.add(options?.signal);
        return listEvents(request, options);
      },
    });
    const process = swept.sweeping({ cursors: swept.cursors, gateway: gatewayOf });
    const { findings, events } = await process.sweep({}, { signal });
    expect(findings).toMatchObject([{ finding: 'attachmentMissed', paymentMethodId: 'pm_9' }]);
    expect(signals).toEqual(new Set([signal]));
    expect({ events, ofSeconds }, 'nothing since is read again').toEqual({ events: 0, ofSeconds: [0, 0, 0] });
  });

  it.each([
    ['does not list again', { look: 'found', events: [], hasMore: false, evidence: timeout.evidence }, null],
    ['lists so that it cannot be read', unreadable, null],
    ['does not answer about', timeout, 'timeout'],
  ] as const)('and that Stripe %s is named, and keeps no other waiting', async (_, answer, stopped) => {
    const swept = await afterASweep();
    const { gateway } = swept;
    await attachedByOthers(swept, 'pm_8');
    swept.passes(1_000);
    await attachedByOthers(swept, 'pm_9');
    const contended = new PaymentMethodsError('CONTENTION', 'overtaken');
    const busy = wrapped(swept.store, { append: () => Promise.reject(contended) });
    await swept.sweep({}, busy);
    const [first] = (await swept.cursor()).waiting.filter(({ kind }) => kind === 'event') as readonly WaitingEvent[];
    const listEvents: PaymentMethodGateway['listEvents'] = async (request, options) =>
      request.createdTo === first?.created ? answer : gateway.listEvents(request, options);
    const errors = [{ subject: first?.id, error: { code: 'NOT_LOOKED_UP' } }];
    const found: (string | null)[] = [];
    for (let pass = 0; pass < 2; pass += 1) {
      const report = await swept.sweep({ listEvents });
      expect(report).toMatchObject({ stopped, errors });
      found.push(...report.findings.map(({ paymentMethodId }) => paymentMethodId));
    }
    expect(found).toEqual(['pm_9']);
    expect((await swept.sweep()).findings).toMatchObject([{ paymentMethodId: 'pm_8' }]);
  });
});

describe('a page that cannot be read and is not answered by turns', () => {
  it('ends one sweep, and is given up where it cannot be read twice', async () => {
    const swept = await afterASweep();
    const customers: number[] = [];
    const missed: boolean[] = [];
    for (const page of [unreadable, timeout, timeout, unreadable]) {
      const report = await swept.sweep({ listEvents: async () => page });
      customers.push(report.customers);
      missed.push(report.eventsMissed);
    }
    expect(customers).toEqual([3, 0, 3, 3]);
    expect(missed).toEqual([false, false, false, true]);
  });
});

describe('an update that is passed over, because an older one of its payment method waits', () => {
  it('is looked at after the older one is listed no more', async () => {
    const swept = await afterASweep();
    changedByOthers(swept, 'pm_A', 2041);
    await swept.sweep(lost, swept.store, nobody);
    for (let day = 0; day < 29; day += 1) {
      swept.passes(23 * hour);
      await swept.sweep(lost, swept.store, nobody);
    }
    changedByOthers(swept, 'pm_A', 2045);
    // What is newest is read again by the next sweep.
    swept.passes(2 * hour);
    changedByOthers(swept, 'pm_B');
    await swept.sweep(lost, swept.store, nobody);
    for (let day = 0; day < 2; day += 1) {
      swept.passes(23 * hour);
      await swept.sweep(lost, swept.store, nobody);
    }
    const { findings } = await swept.sweep({}, swept.store, nobody);
    expect(findings.map(({ paymentMethodId }) => paymentMethodId)).toContain('pm_A');
  });
});
