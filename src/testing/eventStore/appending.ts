import { deepEqual, equal } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { genesisHash, hashInput } from '../../application/trail/hashInput.ts';
import type { ContractCase, MakeStore } from './support.ts';
import { all, anEvent, append, appendedStreams, conflictsOf } from './support.ts';

/** What an append writes, and how it answers. */
export function appendingCases(makeStore: MakeStore): ContractCase[] {
  return [
    {
      name: 'a new trail is empty, and so is a stream that nobody wrote',
      run: async () => {
        const store = await makeStore();
        deepEqual(await all(store), []);
        deepEqual(await store.readStream('paymentMethod-pm_1'), []);
      },
    },
    {
      name: 'an append numbers its events from the expected version and says where they stand',
      run: async () => {
        const store = await makeStore();
        const result = await store.append([{ stream: 'a-1', expectedVersion: 0, events: [anEvent(), anEvent()] }]);
        deepEqual(result, { result: 'appended', streams: [{ stream: 'a-1', version: 2, position: 2 }] });
        const next = await store.append([{ stream: 'a-1', expectedVersion: 2, events: [anEvent()] }]);
        deepEqual(next, { result: 'appended', streams: [{ stream: 'a-1', version: 3, position: 3 }] });
      },
    },
    {
      name: 'data and metadata come back to the byte',
      run: async () => {
        const store = await makeStore();
        const strange =
          '{"b": 1.0, "a":  "é\\u001f\\\\u0000\\\\ud834 \\"𝄞 \\ud834\\udd1e \\\\\\ud834\\udd1e\\\\", "a": 1e2}';
        const deep = `{"a":${'['.repeat(499)}${']'.repeat(499)},"b":"${'[{\\"'.repeat(1000)}"}`;
        for (const [version, data] of [strange, deep].entries()) {
          const event = anEvent({ data, metadata: '{ }' });
          await store.append([{ stream: 'a-1', expectedVersion: version, events: [event] }]);
          const read = (await store.readStream('a-1')).at(-1);
          equal(read?.data, event.data);
          equal(read?.metadata, event.metadata);
          equal(read?.eventId, event.eventId);
          equal(read?.type, event.type);
        }
      },
    },
    {
      name: 'an append takes what it was given, whatever the caller makes of its objects afterwards',
      run: async () => {
        const store = await makeStore();
        const event = { ...anEvent() };
        const events = [event];
        const appending = [];
        for (const n of [1, 2, 3]) {
          Object.assign(event, { ...anEvent(), data: `{"n":${n}}` });
          appending.push(store.append([{ stream: `a-${n}`, expectedVersion: 0, events }]));
        }
        events.pop();
        await Promise.all(appending);
        const read = await all(store);
        deepEqual(read.map(({ data }) => data).sort(), ['{"n":1}', '{"n":2}', '{"n":3}']);
      },
    },
    {
      name: 'a conflict tells of all that was missed, be it much',
      run: async () => {
        const store = await makeStore();
        const many = Array.from({ length: 150 }, () => anEvent());
        await store.append([{ stream: 'a-1', expectedVersion: 0, events: many }]);
        const [conflict] = conflictsOf(await append(store, 'a-1', 3));
        equal(conflict?.currentVersion, 150);
        deepEqual(
          conflict.missed.map(({ eventId }) => eventId),
          many.slice(3).map(({ eventId }) => eventId),
        );
      },
    },
    {
      name: 'several streams are appended together, at consecutive positions',
      run: async () => {
        const store = await makeStore();
        const result = await store.append([
          { stream: 'a-1', expectedVersion: 0, events: [anEvent(), anEvent()] },
          { stream: 'b-1', expectedVersion: 'noStream', events: [anEvent()] },
        ]);
        deepEqual(appendedStreams(result), [
          { stream: 'a-1', version: 2, position: 2 },
          { stream: 'b-1', version: 1, position: 3 },
        ]);
      },
    },
    {
      name: 'when one of several streams conflicts, none is appended and only the wrong one is named',
      run: async () => {
        const store = await makeStore();
        await append(store, 'b-1', 0);
        const result = await store.append([
          { stream: 'a-1', expectedVersion: 0, events: [anEvent()] },
          { stream: 'b-1', expectedVersion: 0, events: [anEvent()] },
        ]);
        deepEqual(
          conflictsOf(result).map(({ stream }) => stream),
          ['b-1'],
        );
        equal((await all(store)).length, 1);
      },
    },
    {
      name: 'every hash is over the hash before it and the event itself, from the first event on',
      run: async () => {
        const store = await makeStore();
        await store.append([
          { stream: 'a-1', expectedVersion: 0, events: [anEvent(), anEvent({ data: '{"é":"𝄞"}' })] },
        ]);
        await Promise.all(['b-1', 'c-1', 'd-1'].map((stream) => append(store, stream, 'any')));
        let previous = genesisHash;
        for (const event of await all(store)) {
          const hash = createHash('sha256').update(previous, 'hex').update(hashInput(event), 'utf8').digest('hex');
          equal(event.hash, hash, `hash of position ${event.position}`);
          previous = hash;
        }
      },
    },
  ];
}
