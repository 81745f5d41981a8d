import { describe, expect, it } from 'vitest';
import { mostKept } from '../../../src/application/sweep/sweepCursor.ts';
import { LocalCursors } from '../../../src/application/sweep/localCursors.ts';
import { gatewayWith, hour } from '../support.ts';
import { aSweeping, kept } from './support.ts';

const evidence = { source: 'sweep', requestId: 'req_1', tries: [] } as const;
const unreadable = { look: 'unknown', cause: 'unexpectedAnswer', evidence } as const;

/** A monolith with so many customers, some of whom Stripe tells nothing of that can be read; and whom it was asked about. */
async function withCustomers(ids: readonly string[], bad: Set<string>, customersPerPass = 1) {
  const monolith = aSweeping();
  const cursors = new LocalCursors();
  for (const id of ids) {
    await monolith.paymentMethods.attach({ paymentMethodId: `pm_${id}`, customer: `cus_${id}`, actor: 'user-7' });
  }
  const listed: string[] = [];
  const gateway = gatewayWith(monolith.gateway, {
    listPaymentMethods: async (request, options) => {
      const id = request.customer.id.slice(4);
      listed.push(id);
      return bad.has(id) ? unreadable : monolith.gateway.listPaymentMethods(request, options);
    },
  });
  const sweeping = monolith.sweeping({ cursors, sweep: { customersPerPass }, gateway });
  const sweep = () => {
    monolith.passes(hour);
    listed.length = 0;
    return sweeping.sweep();
  };
  const cursor = async () => kept(await cursors.load('sweep'));
  return { ...monolith, cursors, sweep, cursor, asked: () => listed.join('') };
}

/** Ids in the order in which customers are read. */
function numbered(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index).padStart(4, '0'));
}

describe('a customer that fails', () => {
  it('is tried again by every sweep, once, and the read of all is over without it', async () => {
    const bad = new Set(['A']);
    const { sweep, asked, cursor } = await withCustomers(['A', 'B', 'C'], bad);
    const failing = { errors: [{ subject: 'cus_A', error: { code: 'NOT_LOOKED_UP' } }] };
    const over = { isFullReadOpen: false, customersUnread: 1, eventsMissed: false };
    expect(await sweep()).toMatchObject({ ...failing, ...over, eventsMissed: true });
    expect(asked()).toBe('ABC');
    expect((await sweep()).errors).toHaveLength(1);
    expect(asked(), 'in the round').toBe('A');
    expect(await sweep()).toMatchObject({ ...failing, ...over });
    expect(asked(), 'behind the round').toBe('BA');
    bad.clear();
    expect(await sweep()).toMatchObject({ errors: [], customersUnread: 0 });
    expect(asked()).toBe('CA');
    expect((await cursor()).failedCustomers).toEqual([]);
  });

  it('is tried again also where it failed in its turn, and not in a read of all', async () => {
    const bad = new Set<string>();
    const { sweep, asked } = await withCustomers(['A', 'B'], bad);
    await sweep();
    bad.add('A');
    expect(await sweep()).toMatchObject({ errors: [{ subject: 'cus_A' }], isFullReadOpen: false, customersUnread: 1 });
    await sweep();
    expect(asked()).toBe('BA');
  });

  it('waits for its turn where many do: a sweep tries no more of them than of the round', async () => {
    const bad = new Set(['A', 'B', 'C', 'D', 'E']);
    const { sweep, asked, cursor } = await withCustomers(['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'], bad, 2);
    await sweep();
    expect(asked()).toBe('ABCDEFGH');
    const rounds: string[] = [];
    for (let pass = 0; pass < 4; pass += 1) {
      await sweep();
      rounds.push(asked());
    }
    expect(rounds, 'each once in a while, none twice in a sweep').toEqual(['ABCD', 'CDAB', 'EFCD', 'GHEA']);
    expect((await cursor()).failedCustomers).toHaveLength(5);
  });

  it('for good is read anew with no other, though more fail than are kept', async () => {
    const bad = new Set(numbered(1, mostKept.customers + 20));
    const { sweep, cursor } = await withCustomers([...numbered(1, mostKept.customers + 50)], bad, 10);
    expect(await sweep()).toMatchObject({ customers: 30, isFullReadOpen: false, customersUnread: mostKept.customers });
    expect((await cursor()).failedCustomers).toHaveLength(mostKept.customers);
    for (let pass = 0; pass < 3; pass += 1) {
      const report = await sweep();
      expect(report).toMatchObject({ isFullReadOpen: false, eventsMissed: false, stopped: null });
      expect(report.errors, 'ten of the round, ten again').toHaveLength(20);
    }
  });

  it('is read with all that were not kept once half of those that were went through', async () => {
    const ids = numbered(1, mostKept.customers + 200);
    const bad = new Set(ids);
    const { sweep, asked } = await withCustomers(ids, bad, 150);
    await sweep();
    bad.clear();
    expect(await sweep()).toMatchObject({ customers: 300, isFullReadOpen: false, customersUnread: 200 });
    expect(await sweep()).toMatchObject({ customers: 350, customersUnread: 50 });
    expect(asked().startsWith(numbered(mostKept.customers + 1, mostKept.customers + 200).join(''))).toBe(true);
    expect(await sweep()).toMatchObject({ customers: 200, customersUnread: 0 });
    expect(await sweep(), 'and no more than the round').toMatchObject({ customers: 150, customersUnread: 0 });
  });
});
