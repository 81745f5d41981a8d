import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { isPaymentMethodsError } from '../application/errors.ts';
import { genesisHash, hashInput } from '../application/hashInput.ts';
import type {
  AppendResult,
  EventStore,
  ExpectedVersion,
  NewEvent,
  RecordedEvent,
} from '../application/ports/eventStore.ts';

/** One promise of a port, as a test: give `name` and `run` to `it` of vitest, node:test or any other runner. */
export type ContractCase = { readonly name: string; readonly run: () => Promise<void> };

/**
 * What every `EventStore` must do, whatever it is made of. `makeStore` answers a store on an empty trail, or, when given a
 * trail's name, a further store on that same trail; stores on one name must share what they keep.
 */
export function eventStoreContract(makeStore: (trail?: string) => Promise<EventStore>): readonly ContractCase[] {
  return [
    ...appendingCases(makeStore),
    ...expectedVersionCases(makeStore),
    ...repeatingCases(makeStore),
    ...refusingCases(makeStore),
    ...readingCases(makeStore),
  ];
}

type MakeStore = (trail?: string) => Promise<EventStore>;

function appendingCases(makeStore: MakeStore): ContractCase[] {
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
        const data = '{"b": 1.0, "a":  "é\\u001f\\\\u0000 \\"𝄞 \\ud834\\udd1e", "a": 1e2}';
        const event = anEvent({ data, metadata: '{ }' });
        await store.append([{ stream: 'a-1', expectedVersion: 0, events: [event] }]);
        const [read] = await store.readStream('a-1');
        equal(read?.data, event.data);
        equal(read?.metadata, event.metadata);
        equal(read?.eventId, event.eventId);
        equal(read?.type, event.type);
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

function expectedVersionCases(makeStore: MakeStore): ContractCase[] {
  const wrong: readonly [string, number, ExpectedVersion][] = [
    ['a version behind the stream', 2, 1],
    ['a version far behind the stream', 4, 0],
    ['a version ahead of the stream', 2, 3],
    ['noStream on a stream that exists', 1, 'noStream'],
    ['streamExists on a stream that does not', 0, 'streamExists'],
    ['a version on a stream that does not exist', 0, 4],
  ];
  return [
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

function repeatingCases(makeStore: MakeStore): ContractCase[] {
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

function refusingCases(makeStore: MakeStore): ContractCase[] {
  const unstorable: readonly [string, Partial<NewEvent>][] = [
    ['text that is not JSON', { data: '{"a":1' }],
    ['two JSON texts in one', { data: '{}},{"item":9' }],
    ['JSON that is not an object', { metadata: '[1]' }],
    ['a NUL', { data: JSON.stringify({ a: 'x\u0000' }) }],
    ['half a surrogate pair', { data: JSON.stringify({ a: '\ud834' }) }],
    ['half a surrogate pair that is not escaped', { data: '{"a":"\ud834"}' }],
    ['white space around the object', { data: ' {"a":1}' }],
    ['an event id that is not a UUID', { eventId: 'e-1' }],
    ['a type with a control character', { type: 'Attached\u001f' }],
  ];
  return [
    ...unstorable.map(([title, part]) => ({
      name: `refuses ${title} with EVENT_INVALID, and lets its neighbours through`,
      run: async () => {
        const store = await makeStore();
        const [bad, good] = await Promise.allSettled([
          store.append([{ stream: 'a-1', expectedVersion: 0, events: [anEvent(part)] }]),
          append(store, 'b-1', 0),
        ]);
        ok(bad.status === 'rejected' && isPaymentMethodsError(bad.reason, 'EVENT_INVALID'));
        equal(good.status, 'fulfilled');
        equal((await all(store)).length, 1);
      },
    })),
    {
      name: 'refuses an append of no event, of one twice, to no stream, to one twice, or to one with a forbidden name',
      run: async () => {
        const store = await makeStore();
        const item = { stream: 'a-1', expectedVersion: 0, events: [anEvent()] };
        const twice = [...item.events, ...item.events];
        const named = { ...item, stream: 'a\u001f1' };
        for (const appends of [[], [{ ...item, events: [] }], [{ ...item, events: twice }], [item, item], [named]]) {
          await rejects(store.append(appends), (error) => isPaymentMethodsError(error, 'EVENT_INVALID'));
        }
      },
    },
    {
      name: 'close lets what was asked for finish, and then refuses',
      run: async () => {
        const store = await makeStore();
        const asked = Array.from({ length: 30 }, (_, index) => append(store, `a-${index}`, 0));
        await store.close();
        equal((await Promise.all(asked)).filter(({ result }) => result === 'appended').length, 30);
        await rejects(append(store, 'b-1', 0), (error) => isPaymentMethodsError(error, 'STORE_CLOSED'));
      },
    },
  ];
}

function readingCases(makeStore: MakeStore): ContractCase[] {
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

function anEvent(part: Partial<NewEvent> = {}): NewEvent {
  return { eventId: randomUUID(), type: 'SomethingHappened', data: '{"a":1}', metadata: '{"actor":"test"}', ...part };
}

function append(store: EventStore, stream: string, expectedVersion: ExpectedVersion): Promise<AppendResult> {
  return store.append([{ stream, expectedVersion, events: [anEvent()] }]);
}

async function all(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.readTrail()) events.push(event);
  return events;
}

function appendedStreams(result: AppendResult) {
  return result.result === 'appended' ? result.streams : [];
}

function conflictsOf(result: AppendResult) {
  return result.result === 'conflict' ? result.conflicts : [];
}

function versions(events: readonly RecordedEvent[]): number[] {
  return events.map(({ version }) => version);
}
