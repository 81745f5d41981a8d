import { equal, ok, rejects } from 'node:assert/strict';
import { isPaymentMethodsError } from '../../application/errors.ts';
import type { NewEvent } from '../../application/ports/eventStore.ts';
import type { ContractCase, MakeStore } from './support.ts';
import { all, anEvent, append } from './support.ts';

/** A JSON text of this many arrays in one another. */
const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;

/** What is refused, and that it hurts nobody else. */
export function refusingCases(makeStore: MakeStore): ContractCase[] {
  const unstorable: readonly [string, Partial<NewEvent>][] = [
    ['text that is not JSON', { data: '{"a":1' }],
    ['two JSON texts in one', { data: '{}},{"item":9' }],
    ['JSON that is not an object', { metadata: '[1]' }],
    ['a NUL', { data: JSON.stringify({ a: 'x\u0000' }) }],
    ['half a surrogate pair', { data: JSON.stringify({ a: '\ud834' }) }],
    ['half a surrogate pair that is not escaped', { data: '{"a":"\ud834"}' }],
    ['half a surrogate pair behind what looks like the other half', { data: '{"a":"\\\\ud834\\udd1e"}' }],
    ['half a surrogate pair, a backslash and the other half', { data: '{"a":"\\ud834\\\\\\udd1e"}' }],
    ['a NUL behind a backslash', { metadata: '{"a":"\\\\\\u0000"}' }],
    ['brackets nested 501 deep', { data: `{"a":${nested(500)}}` }],
    ['brackets nested 100,000 deep', { data: `{"a":${nested(100_000)}}` }],
    ['brackets nested too deep under a key that comes twice', { metadata: `{"a":${nested(500)},"a":1}` }],
    ['white space around the object', { data: ' {"a":1}' }],
    ['more than 256 K', { data: JSON.stringify({ a: 'x'.repeat(256 * 1024) }) }],
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
