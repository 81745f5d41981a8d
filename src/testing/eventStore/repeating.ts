import { deepEqual, equal } from 'node:assert/strict';
import type { ExpectedVersion } from '../../application/ports/eventStore.ts';
import type { ContractCase, MakeStore } from './support.ts';
import { all, anEvent, append, conflictsOf } from './support.ts';

/** That an append whose answer was lost can be repeated. */
export function repeatingCases(makeStore: MakeStore): ContractCase[] {
  const expected: readonly ExpectedVersion[] = [1, 'any', 'streamExists'];
  return [
    ...expected.map((expectedVersion) => ({
      name: `an append repeated with the same event ids at ${expectedVersion} answers what it first did, once stored`,
      run: async () => {
        const store = await makeStore();
        await append(store, 'a-1', 0);
        const again = { stream: 'a-1', expectedVersion, events: [anEvent(), anEvent()] };
        const first = await store.append([again]);
        await append(store, 'a-1', 3);
        deepEqual(await store.append([again]), first);
        equal((await store.readStream('a-1')).length, 4);
      },
    })),
    {
      name: 'an append at any version is known again behind five hundred later events',
      run: async () => {
        const store = await makeStore();
        const again = { stream: 'a-1', expectedVersion: 'any' as const, events: [anEvent()] };
        const first = await store.append([again]);
        const later = Array.from({ length: 500 }, () => anEvent());
        await store.append([{ stream: 'a-1', expectedVersion: 1, events: later }]);
        deepEqual(await store.append([again]), first);
      },
    },
    {
      name: 'an append that repeats only a part of an earlier one is no repeat',
      run: async () => {
        const store = await makeStore();
        const [one, two] = [anEvent(), anEvent()];
        await append(store, 'a-1', 0);
        await store.append([{ stream: 'a-1', expectedVersion: 1, events: [one] }]);
        const [conflict] = conflictsOf(await store.append([{ stream: 'a-1', expectedVersion: 1, events: [one, two] }]));
        deepEqual(
          conflict?.missed.map(({ eventId }) => eventId),
          [one.eventId],
        );
      },
    },
    {
      name: 'a repeated append of several streams is recognised as a whole',
      run: async () => {
        const store = await makeStore();
        const both = [
          { stream: 'a-1', expectedVersion: 0, events: [anEvent()] },
          { stream: 'b-1', expectedVersion: 'any' as const, events: [anEvent()] },
        ];
        const first = await store.append(both);
        await append(store, 'a-1', 1);
        deepEqual(await store.append(both), first);
        equal((await all(store)).length, 3);
      },
    },
  ];
}
