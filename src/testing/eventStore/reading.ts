import { deepEqual, equal, ok } from 'node:assert/strict';
import { genesisHash } from '../../application/trail/hashInput.ts';
import type { ContractCase, MakeStore } from './support.ts';
import { all, anEvent, append, versions } from './support.ts';

/** What a reader sees. */
export function readingCases(makeStore: MakeStore): ContractCase[] {
  return [
    {
      name: 'positions are 1, 2, 3 … without a gap, whoever appends and whatever conflicts',
      run: async () => {
        const store = await makeStore('shared');
        const other = await makeStore('shared');
        await Promise.all(
          Array.from({ length: 60 }, (_, index) =>
            append(index % 2 === 0 ? store : other, `a-${index % 10}`, index % 3 === 0 ? 0 : 'any'),
          ),
        );
        const events = await all(store);
        deepEqual(
          events.map(({ position }) => position),
          events.map((_, index) => index + 1),
        );
        deepEqual(await all(other), events);
      },
    },
    {
      name: 'the head is the last event, and that of an empty trail is position 0',
      run: async () => {
        const store = await makeStore();
        deepEqual(await store.readHead(), { position: 0, hash: genesisHash });
        await append(store, 'a-1', 0);
        await append(store, 'b-1', 0);
        const last = (await all(store)).at(-1);
        deepEqual(await store.readHead(), { position: 2, hash: last?.hash });
      },
    },
    {
      name: 'a trail is read from behind a position, across pages',
      run: async () => {
        const store = await makeStore();
        const events = Array.from({ length: 2500 }, () => anEvent());
        await store.append([{ stream: 'a-1', expectedVersion: 0, events }]);
        equal((await store.readStream('a-1')).length, 2500);
        const positions = [];
        for await (const { position } of store.readTrail({ after: 499 })) positions.push(position);
        deepEqual(
          positions,
          Array.from({ length: 2001 }, (_, index) => index + 500),
        );
      },
    },
    {
      name: 'a trail is read up to a position, across pages, and to its end where that is beyond it',
      run: async () => {
        const store = await makeStore();
        const events = Array.from({ length: 2500 }, () => anEvent());
        await store.append([{ stream: 'a-1', expectedVersion: 0, events }]);
        const read = async (after: number, upTo: number) => {
          const positions = [];
          for await (const { position } of store.readTrail({ after, upTo })) positions.push(position);
          return { count: positions.length, first: positions.at(0), last: positions.at(-1) };
        };
        deepEqual(await read(499, 2000), { count: 1501, first: 500, last: 2000 });
        deepEqual(await read(0, 1000), { count: 1000, first: 1, last: 1000 });
        deepEqual(await read(2000, 9999), { count: 500, first: 2001, last: 2500 });
        deepEqual(await read(0, 0), { count: 0, first: undefined, last: undefined });
        deepEqual(await read(700, 600), { count: 0, first: undefined, last: undefined });
      },
    },
    {
      name: 'a stream is read up to a version or a position',
      run: async () => {
        const store = await makeStore();
        await append(store, 'a-1', 0);
        await append(store, 'b-1', 0);
        await append(store, 'a-1', 1);
        deepEqual(versions(await store.readStream('a-1', { upToVersion: 1 })), [1]);
        deepEqual(versions(await store.readStream('a-1', { upToPosition: 2 })), [1]);
        deepEqual(versions(await store.readStream('a-1', { upToPosition: 3 })), [1, 2]);
      },
    },
    {
      name: 'the instant of recording is RFC 3339 in UTC with microseconds',
      run: async () => {
        const store = await makeStore();
        await append(store, 'a-1', 0);
        const [event] = await store.readStream('a-1');
        ok(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(event?.recordedAt ?? ''));
      },
    },
  ];
}
