import assert from 'node:assert/strict';
import type { Leases } from '../application/ports/leases.ts';
import type { ContractCase } from './eventStore/support.ts';

/**
 * What every `Leases` must do. `makeLeases` answers new ones, nothing held; `passes` lets so many milliseconds go by on
 * their clock, really or not.
 */
export function leasesContract(
  makeLeases: () => Promise<Leases>,
  passes: (ms: number) => Promise<void>,
): readonly ContractCase[] {
  const shortMs = 50;
  const longMs = 60_000;
  const on = (name: string, check: (leases: Leases) => Promise<void>): ContractCase => ({
    name,
    run: async () => check(await makeLeases()),
  });
  return [
    on('a name is one owner’s, and no other’s', async (leases) => {
      assert.equal(await leases.acquire('a', 'one', longMs), true);
      assert.equal(await leases.acquire('a', 'two', longMs), false);
      assert.equal(await leases.acquire('b', 'two', longMs), true);
    }),
    on('its owner has it again, and it then ends at the new time', async (leases) => {
      assert.equal(await leases.acquire('a', 'one', longMs), true);
      assert.equal(await leases.acquire('a', 'one', shortMs), true);
      await passes(2 * shortMs);
      assert.equal(await leases.acquire('a', 'two', longMs), true);
    }),
    on('one that ended is anybody’s', async (leases) => {
      assert.equal(await leases.acquire('a', 'one', shortMs), true);
      await passes(2 * shortMs);
      assert.equal(await leases.acquire('a', 'two', longMs), true);
      assert.equal(await leases.acquire('a', 'one', longMs), false);
    }),
    on('one that was given up is anybody’s', async (leases) => {
      await leases.acquire('a', 'one', longMs);
      await leases.release('a', 'one');
      assert.equal(await leases.acquire('a', 'two', longMs), true);
    }),
    on('nobody gives up what is another’s', async (leases) => {
      await leases.acquire('a', 'one', longMs);
      await leases.release('a', 'two');
      await leases.release('b', 'two');
      assert.equal(await leases.acquire('a', 'two', longMs), false);
    }),
    on('of many at once, one gets it', async (leases) => {
      const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
      const got = await Promise.all(owners.map((owner) => leases.acquire('a', owner, longMs)));
      assert.equal(got.filter(Boolean).length, 1);
    }),
    on('to give one up leaves those that others have', async (leases) => {
      for (const name of ['a', 'b', 'c']) await leases.acquire(name, 'one', name === 'c' ? shortMs : longMs);
      await passes(2 * shortMs);
      await leases.release('a', 'one');
      assert.equal(await leases.acquire('b', 'two', longMs), false);
    }),
  ];
}
