import { deepEqual, equal, notDeepEqual } from 'node:assert/strict';
import type { CustomerReference } from '../domain/identifiers.ts';
import type { KeyProvider } from '../application/ports/keyProvider.ts';
import type { ContractCase } from './eventStore/support.ts';

const ana = 'cus_Ana' as CustomerReference['id'];
const ben = 'cus_Ben' as CustomerReference['id'];

/** What every `KeyProvider` must do. `makeKeys` answers two, as of two processes, of a trail that has no key yet. */
export function keyProviderContract(
  makeKeys: () => Promise<readonly [KeyProvider, KeyProvider]>,
): readonly ContractCase[] {
  return [
    {
      name: 'a customer has one key, of 32 bytes, whoever asks, and another customer has another',
      run: async () => {
        const [one, other] = await makeKeys();
        const key = await one.obtain(ana);
        equal(key?.key.length, 32);
        deepEqual(await other.obtain(ana), key);
        deepEqual((await other.read([ana, ben])).get(ana), { status: 'readable', ...key });
        const another = await one.obtain(ben);
        notDeepEqual(another?.key, key?.key);
        notDeepEqual(another?.keyId, key?.keyId);
      },
    },
    {
      name: 'of many that ask at once for the first time, all get the same key',
      run: async () => {
        const [one, other] = await makeKeys();
        const keys = await Promise.all([one, other, one, other].map((provider) => provider.obtain(ana)));
        for (const key of keys) deepEqual(key, keys[0]);
      },
    },
    {
      name: 'reading makes no key',
      run: async () => {
        const [one] = await makeKeys();
        equal((await one.read([ana])).size, 0);
        equal((await one.read([])).size, 0);
      },
    },
    {
      name: 'a destroyed key is gone at once for everybody, and its customer gets no other',
      run: async () => {
        const [one, other] = await makeKeys();
        await one.obtain(ana);
        await other.obtain(ben);
        await one.destroy(ana);
        await one.destroy(ana);
        equal(await other.obtain(ana), null);
        const found = await other.read([ana, ben]);
        deepEqual(found.get(ana), { status: 'destroyed' });
        equal(found.get(ben)?.status, 'readable');
      },
    },
    {
      name: 'a customer that had no key when it was destroyed never gets one',
      run: async () => {
        const [one, other] = await makeKeys();
        await one.destroy(ana);
        equal(await other.obtain(ana), null);
      },
    },
    {
      name: 'of asking and destroying at once, nothing but the destruction lasts',
      run: async () => {
        const [one, other] = await makeKeys();
        await Promise.all([one.obtain(ana), other.destroy(ana), one.obtain(ana)]);
        equal(await one.obtain(ana), null);
        deepEqual((await other.read([ana])).get(ana), { status: 'destroyed' });
      },
    },
  ];
}
