import { deepEqual, equal, ok } from 'node:assert/strict';
import type { ExpectedVersion, NewEvent } from '../../application/ports/eventStore.ts';
import type { ContractCase, MakeStore } from './support.ts';
import { all, anEvent, append, conflictsOf, versions } from './support.ts';

/** What an expected version lets through, and what a conflict says. */
export function expectedVersionCases(makeStore: MakeStore): ContractCase[] {
  const wrong: readonly [string, number, ExpectedVersion][] = [
    ['a version behind the stream', 2, 1],
    ['a version far behind the stream', 4, 0],
    ['a version ahead of the stream', 2, 3],
    ['noStream on a stream that exists', 1, 'noStream'],
    ['streamExists on a stream that does not', 0, 'streamExists'],
    ['a version on a stream that does not exist', 0, 4],
  ];
  return [
    {
      name: 'an event that was seen at the expected version has to be there: another one, or none, conflicts and all is told',
      run: async () => {
        const store = await makeStore();
        const [one, two, next, last] = [anEvent(), anEvent(), anEvent(), anEvent()];
        await store.append([{ stream: 'a-1', expectedVersion: 0, events: [one, two] }]);
        const after = (lastEventId: string, expectedVersion: number, ...events: NewEvent[]) =>
          store.append([{ stream: 'a-1', expectedVersion, lastEventId, events }]);
        for (const events of [[next], [next, last]]) {
          for (const [seen, version] of [
            [anEvent(), 2],
            [one, 2],
            [anEvent(), 1],
            [two, 3],
          ] as const) {
            const [conflict] = conflictsOf(await after(seen.eventId, version, ...events));
            equal(conflict?.currentVersion, 2);
            deepEqual(conflict.missed, await store.readStream('a-1'));
          }
        }
        const [usual] = conflictsOf(await after(one.eventId, 1, next));
        deepEqual(versions(usual?.missed ?? []), [2]);
        equal((await after(two.eventId, 2, next)).result, 'appended');
        deepEqual(await after(two.eventId, 2, next), await after(two.eventId, 2, next));
        equal((await after(next.eventId, 3, last, anEvent())).result, 'appended');
        equal((await store.readHead()).position, 5);
      },
    },
    ...wrong.map(([title, present, expectedVersion]) => ({
      name: `conflicts on ${title}, says the real version and what was missed, and uses up no position`,
      run: async () => {
        const store = await makeStore();
        for (let version = 0; version < present; version += 1) await append(store, 'a-1', version);
        const [conflict] = conflictsOf(await append(store, 'a-1', expectedVersion));
        equal(conflict?.currentVersion, present);
        equal(conflict?.expectedVersion, expectedVersion);
        equal((await store.readHead()).position, present);
        const seen = typeof expectedVersion === 'number' ? expectedVersion : 0;
        deepEqual(conflict?.missed, (await store.readStream('a-1')).slice(seen));
        await append(store, 'b-1', 0);
        equal((await all(store)).at(-1)?.position, present + 1);
      },
    })),
    {
      name: 'a conflict leaves appends to other streams at the same time alone',
      run: async () => {
        const store = await makeStore();
        await append(store, 'a-1', 0);
        const results = await Promise.all([append(store, 'b-1', 0), append(store, 'a-1', 0), append(store, 'c-1', 0)]);
        deepEqual(
          results.map(({ result }) => result),
          ['appended', 'conflict', 'appended'],
        );
        equal((await all(store)).length, 3);
      },
    },
    {
      name: 'streamExists appends to a stream that exists',
      run: async () => {
        const store = await makeStore();
        await append(store, 'a-1', 'noStream');
        equal((await append(store, 'a-1', 'streamExists')).result, 'appended');
      },
    },
    {
      name: 'of twenty appends at once at one version one wins, and nineteen learn which event it was',
      run: async () => {
        const store = await makeStore();
        const results = await Promise.all(Array.from({ length: 20 }, () => append(store, 'a-1', 0)));
        equal(results.filter(({ result }) => result === 'appended').length, 1);
        const [winner] = await store.readStream('a-1');
        for (const conflict of results.flatMap(conflictsOf)) deepEqual(conflict.missed, [winner]);
      },
    },
    {
      name: 'twenty appends at once to one stream with "any" all succeed',
      run: async () => {
        const store = await makeStore();
        const results = await Promise.all(Array.from({ length: 20 }, () => append(store, 'a-1', 'any')));
        ok(results.every(({ result }) => result === 'appended'));
        deepEqual(
          (await store.readStream('a-1')).map(({ version }) => version),
          Array.from({ length: 20 }, (_, index) => index + 1),
        );
      },
    },
  ];
}
