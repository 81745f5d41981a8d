import { describe, expect, it } from 'vitest';
import { anyAccount, dataIn, eventTypesOf, get, post } from '../support.ts';

const attach = (id: string, key: string) => post(`payment_methods/${id}/attach`, 'customer=cus_1', { key });

function anyRun(keeps: Parameters<typeof anyAccount>[0], times: number) {
  const { account } = anyAccount(keeps);
  account.addCustomer('cus_1');
  const ids = Array.from({ length: times }, () => account.addPaymentMethod());
  for (const id of ids) account.handle(attach(id, id));
  return { account, ids };
}

describe('in a long run', () => {
  it('all effects are kept, and the last thousand requests', () => {
    const { account } = anyRun({}, 2500);
    expect(account.effects).toHaveLength(2500);
    expect(account.requests).toHaveLength(1000);
    expect(account.requests.at(-1)?.idempotencyKey).toBe(account.effects.at(-1)?.idempotencyKey);
  });

  it('no more is kept than the newest of what was said', () => {
    const keeps = { effects: 10, requests: 20, events: 5, savedOutcomes: 3 };
    const { account, ids } = anyRun({ keeps }, 100);
    const newest = ids.toReversed();
    expect(account.effects.map(({ paymentMethodId }) => paymentMethodId)).toEqual(newest.slice(0, 10).toReversed());
    expect(account.requests).toHaveLength(20);
    expect(eventTypesOf(account)).toHaveLength(5);
    const isSaved = (id = '') => account.handle(attach(id, id)).headers['idempotent-replayed'] === 'true';
    expect([isSaved(newest[0]), isSaved(newest[50])]).toEqual([true, false]);
  });

  it('what is in flight is never forgotten', () => {
    const { account } = anyAccount({ keeps: { savedOutcomes: 1 } });
    account.addCustomer('cus_1');
    const waiting = account.addPaymentMethod();
    account.faults.next({ fault: 'delay', ms: 10 });
    const call = account.receive(attach(waiting, 'in flight'));
    for (let time = 0; time < 5; time += 1) account.handle(attach(account.addPaymentMethod(), `key-${time}`));
    expect(account.handle(attach(waiting, 'in flight')).status).toBe(409);
    expect(call.finish()).toMatchObject({ response: { status: 200 } });
  });

  it('a page costs the same whatever else there is', () => {
    const pageOf = (others: number) => {
      const { account } = anyAccount();
      const owner = { kind: 'customer', id: 'cus_1' } as const;
      account.addCustomer('cus_1');
      const own = Array.from({ length: 3 }, () => account.addPaymentMethod({ owner }));
      for (let other = 0; other < others; other += 1) account.addPaymentMethod();
      const startedAt = performance.now();
      for (let time = 0; time < 200; time += 1) {
        expect(dataIn(account.handle(get('payment_methods', 'customer=cus_1')))).toHaveLength(own.length);
      }
      return performance.now() - startedAt;
    };
    pageOf(100);
    // A scan of so many would take hundreds of times as long.
    expect(pageOf(50_000)).toBeLessThan(10 * pageOf(100) + 50);
  });
});
