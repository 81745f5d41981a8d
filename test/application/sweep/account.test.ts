import { describe, expect, it } from 'vitest';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import type { PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { LocalCursors } from '../../../src/application/sweep/localCursors.ts';
import type { SweepProgress } from '../../../src/application/sweep/sweepReport.ts';
import { cursorsContract } from '../../../src/testing/cursorsContract.ts';
import { ana, decoded, gatewayWith, hour } from '../support.ts';
import { aSweeping } from './support.ts';

const minute = 60_000;
const day = 24 * hour;
const keyed = { idempotencyKey: 'theirs', apiVersion: '2025-10-29.clover' };

type Sweeping = ReturnType<typeof aSweeping>;

/** Somebody attaches it, not through the trail. */
function attachedByOthers({ gateway }: Sweeping, id: string, idempotencyKey = `theirs-${id}`) {
  const paymentMethodId = id as PaymentMethodId;
  const customer = { kind: 'customer', id: 'cus_Ana' } as never;
  return gateway.attach({ ...keyed, idempotencyKey, paymentMethodId, customer });
}

/** Somebody changes its card. */
function changedByOthers({ account }: Sweeping, id: string): void {
  const headers = { authorization: 'Bearer sk_test_fake' };
  account.receive({ method: 'POST', path: `/v1/payment_methods/${id}`, headers, body: 'card[exp_year]=2040' }).finish();
}

const found = ({ findings }: { findings: readonly { finding: string; paymentMethodId: string | null }[] }) =>
  findings.map(({ finding, paymentMethodId }) => `${finding} ${paymentMethodId}`);

describe('sweep of the account', () => {
  it('P5: records what events tell and the trail does not know, each once', async () => {
    const monolith = aSweeping();
    await monolith.paymentMethods.attach({ ...ana, paymentMethodId: 'pm_known' });
    await attachedByOthers(monolith, 'pm_1');
    await attachedByOthers(monolith, 'pm_2');
    await monolith.gateway.detach({ ...keyed, paymentMethodId: 'pm_2' as PaymentMethodId });
    const report = await monolith.paymentMethods.sweep();
    expect(found(report).sort()).toEqual(['attachmentMissed pm_1', 'detachmentMissed pm_2']);
    expect(report).toMatchObject({ events: 4, stopped: null, errors: [] });
    expect((await monolith.trail()).slice(2).sort()).toEqual([
      'PaymentMethodAttached',
      'PaymentMethodAttached',
      'PaymentMethodDetached',
    ]);
    expect((await decoded(monolith.store)).at(-1)?.event.data).toMatchObject({ evidence: { source: 'sweep' } });
    monolith.passes(minute);
    expect(await monolith.paymentMethods.sweep()).toMatchObject({ findings: [], eventsMissed: false });
  });

  it('goes on where the last one ended, ten minutes before it', async () => {
    const monolith = aSweeping();
    const asked: number[] = [];
    const { gateway } = monolith;
    const watching = monolith.sweeping({
      gateway: gatewayWith(gateway, {
        listEvents: (request, options) => {
          asked.push(request.createdFrom);
          return gateway.listEvents(request, options);
        },
      }),
    });
    await watching.sweep();
    const first = asked[0] ?? 0;
    monolith.passes(hour);
    await watching.sweep();
    expect(asked).toHaveLength(2);
    // Nothing says how late it is at Stripe: an hour less than here, at the least.
    expect((asked[1] ?? 0) - first).toBe(30 * 24 * 3600 - 2 * 3600 - 3600 - 600);
  });

  it('says that events were missed where Stripe keeps them no more, and reads every customer instead', async () => {
    const monolith = aSweeping();
    const { paymentMethods, gateway } = monolith;
    for (const id of ['pm_1', 'pm_2', 'pm_3']) await paymentMethods.attach({ ...ana, paymentMethodId: id });
    const few = monolith.sweeping({ sweep: { customersPerPass: 1 }, cursors: new LocalCursors() });
    await few.sweep();
    const blind = monolith.sweeping({
      cursors: new LocalCursors(),
      sweep: { customersPerPass: 1 },
      gateway: gatewayWith(gateway, {
        listEvents: async () => ({
          look: 'found',
          events: [],
          hasMore: false,
          evidence: { source: 'sweep', requestId: null, tries: [] },
        }),
      }),
    });
    expect(await blind.sweep(), 'the first sweep knows of none before it').toMatchObject({ eventsMissed: true });
    monolith.passes(29 * day);
    expect(await blind.sweep()).toMatchObject({ eventsMissed: false });
    await gateway.detach({ ...keyed, paymentMethodId: 'pm_2' as PaymentMethodId });
    await attachedByOthers(monolith, 'pm_9');
    monolith.passes(31 * day);
    const report = await blind.sweep();
    expect(report).toMatchObject({ eventsMissed: true, isFullReadOpen: false });
    expect(found(report).sort()).toEqual(['attachmentMissed pm_9', 'detachmentMissed pm_2']);
  });

  it('reads some customers each time, the next ones, and then from the beginning', async () => {
    const monolith = aSweeping();
    for (const name of ['A', 'B', 'C', 'D', 'E']) {
      await monolith.paymentMethods.attach({ paymentMethodId: `pm_${name}`, customer: `cus_${name}`, actor: 'user-7' });
    }
    const listed: string[] = [];
    const { gateway } = monolith;
    const rolling = monolith.sweeping({
      sweep: { customersPerPass: 2 },
      gateway: gatewayWith(gateway, {
        listPaymentMethods: (request, options) => {
          listed.push(request.customer.id.slice(4));
          return gateway.listPaymentMethods(request, options);
        },
      }),
    });
    expect(await rolling.sweep()).toMatchObject({ customers: 5 });
    listed.length = 0;
    for (const expected of ['AB', 'CD', 'E', 'AB']) {
      monolith.passes(minute);
      await rolling.sweep();
      expect(listed.splice(0).join('')).toBe(expected);
    }
  });

  it('that is stopped goes on from there, and says how far it is', async () => {
    const monolith = aSweeping();
    for (let number = 1; number <= 250; number += 1) await attachedByOthers(monolith, `pm_${number}`);
    const cursors = new LocalCursors();
    const stop = new AbortController();
    const progress: SweepProgress[] = [];
    const asked: (string | undefined)[] = [];
    const { gateway } = monolith;
    const watched = gatewayWith(gateway, {
      listEvents: (request, options) => {
        asked.push(request.after);
        return gateway.listEvents(request, options);
      },
    });
    const first = await monolith.sweeping({ cursors, gateway: watched }).sweep(
      {},
      {
        signal: stop.signal,
        onProgress: (now) => {
          progress.push(now);
          stop.abort();
        },
      },
    );
    expect(first).toMatchObject({ stopped: 'signal', events: 100 });
    expect(progress).toMatchObject([{ events: 100, findings: 100, requests: 1 }]);
    const second = await monolith.sweeping({ cursors, gateway: watched }).sweep();
    expect(second).toMatchObject({ stopped: null, events: 150 });
    expect(asked.map((after) => after !== undefined)).toEqual([false, true, true]);
    expect(await monolith.trail()).toHaveLength(250);
  });

  it('where the event to go on after is gone, begins the read anew, and reads every customer too', async () => {
    const monolith = aSweeping();
    await attachedByOthers(monolith, 'pm_1');
    const cursors = new LocalCursors();
    const reading = { from: 0, to: 1, after: 'evt_Gone', hasFailed: false };
    await cursors.save('sweep', JSON.stringify({ seenTo: 1, reading, customer: 'cus_Z', isFullRead: false }));
    const report = await monolith.sweeping({ cursors }).sweep();
    expect(report).toMatchObject({ eventsMissed: true, events: 1, customers: 1, stopped: null });
    expect(found(report)).toEqual(['attachmentMissed pm_1']);
  });

  it('reads again what went wrong with an event', async () => {
    const monolith = aSweeping();
    const { gateway, paymentMethods } = monolith;
    await paymentMethods.attach(ana);
    changedByOthers(monolith, 'pm_1');
    const cursors = new LocalCursors();
    monolith.passes(hour);
    const evidence = { source: 'readBack', requestId: 'req_1', tries: [] } as const;
    const lookUp = async () => ({ look: 'notFound', evidence }) as const;
    const blind = gatewayWith(gateway, { lookUp });
    const first = await monolith.sweeping({ cursors, gateway: blind }).sweep();
    expect(first.errors).toMatchObject([{ error: { code: 'NOT_LOOKED_UP' } }]);
    expect(found(first)).toEqual(['notAtStripe pm_1']);
    monolith.passes(day);
    expect(found(await monolith.sweeping({ cursors }).sweep())).toEqual(['updateMissed pm_1']);
    monolith.passes(day);
    expect(await monolith.sweeping({ cursors }).sweep()).toMatchObject({ events: 0, findings: [] });
  });

  it('reports an event that cannot be read, and goes on', async () => {
    const monolith = aSweeping();
    await attachedByOthers(monolith, 'pm_1');
    const { gateway } = monolith;
    const garbled = gatewayWith(gateway, {
      listEvents: async (request, options) => {
        const page = await gateway.listEvents(request, options);
        if (page.look !== 'found') return page;
        return { ...page, events: [{ eventId: 'evt_Odd', created: 1, notification: null }, ...page.events] };
      },
    });
    const { findings } = await monolith.sweeping({ gateway: garbled }).sweep();
    expect(findings).toMatchObject([
      { finding: 'eventUnreadable', eventId: 'evt_Odd' },
      { finding: 'attachmentMissed', paymentMethodId: 'pm_1' },
    ]);
  });

  it('skips no event where its clock is ahead of Stripe’s', async () => {
    const monolith = aSweeping();
    const ahead = { now: () => new Date(monolith.account.now + 50 * minute) };
    const cursors = new LocalCursors();
    const hasty = monolith.sweeping({ clock: ahead, cursors });
    await attachedByOthers(monolith, 'pm_1');
    expect(found(await hasty.sweep())).toEqual(['attachmentMissed pm_1']);
    monolith.passes(20 * minute);
    await attachedByOthers(monolith, 'pm_2');
    monolith.passes(hour);
    const listed = await hasty.sweep();
    expect(listed.findings).toMatchObject([
      { finding: 'attachmentMissed', paymentMethodId: 'pm_2', eventId: expect.stringContaining('evt_') },
    ]);
  });

  it('passes over a customer of whom Stripe says what cannot be read, and reports it', async () => {
    const monolith = aSweeping();
    for (const name of ['A', 'B', 'C']) {
      await monolith.paymentMethods.attach({ paymentMethodId: `pm_${name}`, customer: `cus_${name}`, actor: 'user-7' });
    }
    const { gateway } = monolith;
    const evidence = { source: 'sweep', requestId: 'req_1', tries: [] } as const;
    const garbled = gatewayWith(gateway, {
      listPaymentMethods: async (request, options) =>
        request.customer.id === 'cus_A'
          ? { look: 'unknown', cause: 'unexpectedAnswer', evidence }
          : gateway.listPaymentMethods(request, options),
    });
    const report = await monolith.sweeping({ gateway: garbled }).sweep();
    expect(report).toMatchObject({ customers: 2, stopped: null });
    expect(report.errors).toMatchObject([{ subject: 'cus_A', error: { code: 'NOT_LOOKED_UP' } }]);
  });

  it('leaves the cursor to whoever took over while it was slow', async () => {
    const monolith = aSweeping();
    const { gateway, leases } = monolith;
    for (const name of ['A', 'B']) {
      await monolith.paymentMethods.attach({ paymentMethodId: `pm_${name}`, customer: `cus_${name}`, actor: 'user-7' });
    }
    const cursors = new LocalCursors();
    let isSlow = true;
    let taken: string | null = null;
    const slow = gatewayWith(gateway, {
      listPaymentMethods: async (request, options) => {
        if (isSlow) {
          isSlow = false;
          monolith.passes(2 * minute);
          await leases.acquire('sweep', 'another', hour);
          await cursors.save('sweep', '"another’s"');
        }
        taken = await cursors.load('sweep');
        return gateway.listPaymentMethods(request, options);
      },
    });
    expect(await monolith.sweeping({ gateway: slow, leases, cursors }).sweep()).toMatchObject({ stopped: 'elsewhere' });
    expect(taken).toBe('"another’s"');
    expect(await cursors.load('sweep')).toBe('"another’s"');
  });

  it('tells of what it found before it fails, and of what it found although the lease cannot be given up', async () => {
    const monolith = aSweeping();
    await attachedByOthers(monolith, 'pm_1');
    const told: string[] = [];
    const onFinding = ({ paymentMethodId }: { paymentMethodId: string | null }) => told.push(String(paymentMethodId));
    const away = new PaymentMethodsError('STORE_UNAVAILABLE', 'away');
    const cursors = new LocalCursors();
    cursors.save = () => Promise.reject(away);
    await expect(monolith.sweeping({ cursors }).sweep({}, { onFinding })).rejects.toBe(away);
    expect(told).toEqual(['pm_1']);
    const leases = { acquire: async () => true, release: () => Promise.reject(away) };
    expect(await monolith.sweeping({ leases }).sweep()).toMatchObject({ stopped: null });
  });

  it('is done by one process at a time; the other says so', async () => {
    const monolith = aSweeping();
    const { leases } = monolith;
    const [one, two] = await Promise.all([
      monolith.sweeping({ leases }).sweep(),
      monolith.sweeping({ leases }).sweep(),
    ]);
    expect([one?.stopped, two?.stopped]).toEqual([null, 'elsewhere']);
    expect(await monolith.sweeping({ leases }).sweep()).toMatchObject({ stopped: null });
  });

  it.each(['listEvents', 'lookUp', 'listPaymentMethods'] as const)(
    'ends where Stripe refuses the key (%s), and lets the next one begin there',
    async (method) => {
      const monolith = aSweeping();
      await monolith.paymentMethods.attach(ana);
      changedByOthers(monolith, 'pm_1');
      const [leases, cursors] = [monolith.leases, new LocalCursors()];
      const fault = new PaymentMethodsError('GATEWAY_UNAUTHORIZED', 'no');
      const gateway = gatewayWith(monolith.gateway, { [method]: () => Promise.reject(fault) });
      await expect(monolith.sweeping({ leases, cursors, gateway }).sweep()).rejects.toBe(fault);
      const report = await monolith.sweeping({ leases, cursors }).sweep();
      expect(report).toMatchObject({ stopped: null, customers: 1 });
      expect((await monolith.trail()).at(-1)).toBe('PaymentMethodUpdated');
    },
  );
});

describe('cursors within a process keep the contract of cursors', () => {
  for (const { name, run } of cursorsContract(async () => new LocalCursors())) it(name, run);
});
