import { describe, expect, it } from 'vitest';
import type { PaymentMethodGateway } from '../../../src/application/ports/paymentMethodGateway.ts';
import { LocalCursors } from '../../../src/application/sweep/localCursors.ts';
import type { PaymentMethodId } from '../../../src/domain/identifiers.ts';
import { ana, gatewayWith, hour, storeWith } from '../support.ts';
import { aSweeping } from './support.ts';

type Sweeping = ReturnType<typeof aSweeping>;
const evidence = { source: 'response', requestId: 'req_1', tries: [] } as const;
const nobody = { list: async () => [], find: async () => undefined };

/** Of Ana, and changed by somebody not through the trail, each. */
async function changedByOthers({ account, paymentMethods }: Sweeping, ids: readonly string[]) {
  const headers = { authorization: 'Bearer sk_test_fake' };
  for (const id of ids) await paymentMethods.attach({ ...ana, paymentMethodId: id });
  for (const id of ids) {
    const path = `/v1/payment_methods/${id}`;
    account.receive({ method: 'POST', path, headers, body: 'card[exp_year]=2040' }).finish();
  }
}

/** A Stripe of which each look is noted, and may be answered otherwise. */
function looking({ gateway }: Sweeping, instead?: (id: string) => void) {
  const looks: { readonly of: string; readonly signal: AbortSignal | undefined }[] = [];
  const froms: number[] = [];
  const noted: PaymentMethodGateway = gatewayWith(gateway, {
    lookUp: (id, options) => {
      looks.push({ of: id, signal: options?.signal });
      instead?.(id);
      return gateway.lookUp(id, options);
    },
    listEvents: (request, options) => {
      looks.push({ of: 'events', signal: options?.signal });
      froms.push(request.createdFrom);
      return gateway.listEvents(request, options);
    },
  });
  return { looks, froms, noted };
}

describe('a sweep that is to end early', () => {
  it('says so to every look under way: at events, and at what they tell of', async () => {
    const monolith = aSweeping();
    await changedByOthers(monolith, ['pm_1']);
    const { looks, noted } = looking(monolith);
    const { signal } = new AbortController();
    await monolith.sweeping({ gateway: noted, knownCustomers: nobody }).sweep({}, { signal });
    expect(looks).toEqual([
      { of: 'events', signal },
      { of: 'pm_1', signal },
    ]);
  });

  it('takes no event more, and those it left out are taken by the next', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    await changedByOthers(monolith, ['pm_1', 'pm_2']);
    const stop = new AbortController();
    const { looks, noted } = looking(monolith, () => stop.abort());
    const parts = { cursors, knownCustomers: nobody };
    const { signal } = stop;
    const stopped = await monolith.sweeping({ ...parts, gateway: noted }).sweep({}, { signal });
    expect(stopped).toMatchObject({ stopped: 'signal' });
    expect(looks.map(({ of }) => of)).toEqual(['events', expect.stringMatching(/^pm_[12]$/)]);
    const { findings } = await monolith.sweeping(parts).sweep();
    expect(stopped.findings.length + findings.length).toBe(2);
  });
});

describe('events that fail', () => {
  it('are kept up to a hundred, and none of them has the others read again', async () => {
    const monolith = aSweeping();
    const cursors = new LocalCursors();
    await changedByOthers(
      monolith,
      Array.from({ length: 100 }, (_, index) => `pm_${index}`),
    );
    monolith.passes(2 * hour);
    const gateway = gatewayWith(monolith.gateway, { lookUp: async () => ({ look: 'notFound', evidence }) });
    const parts = { cursors, knownCustomers: nobody };
    expect((await monolith.sweeping({ ...parts, gateway }).sweep()).errors).toHaveLength(100);
    const { froms, noted } = looking(monolith);
    const before = monolith.account.now / 1000;
    const { findings } = await monolith.sweeping({ ...parts, gateway: noted }).sweep();
    expect(findings).toHaveLength(100);
    expect(froms.map((from) => before - from < 2 * 3600)).toEqual([true]);
  });
});

it('a sweep that is overtaken by others each time gives that customer up after a hundred rounds, and says so', async () => {
  const monolith = aSweeping();
  const { store, gateway } = monolith;
  const customer = { kind: 'customer', id: 'cus_Ana' } as never;
  const asked = { idempotencyKey: 'theirs', apiVersion: gateway.apiVersion, customer };
  await gateway.attach({ ...asked, paymentMethodId: 'pm_1' as PaymentMethodId });
  let tries = 0;
  const overtaken = storeWith(store, async ([one]) => {
    tries += 1;
    const conflict = { stream: one?.stream ?? '', expectedVersion: 0, currentVersion: 0, missed: [] };
    return { result: 'conflict', conflicts: [conflict] };
  });
  const report = await monolith.sweeping({ eventStore: overtaken }).sweep({ customer: 'cus_Ana' });
  const details = { stream: 'paymentMethod-pm_1', rounds: 100 };
  expect(report).toMatchObject({ errors: [{ subject: 'cus_Ana', error: { code: 'CONTENTION', details } }] });
  expect([tries, report.findings, report.customers]).toEqual([100, [], 0]);
});
