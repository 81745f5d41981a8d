import { expect } from 'vitest';
import type { CustomerId, SetupIntentId } from '../../src/domain/identifiers.ts';
import type { Evidence } from '../../src/domain/evidence.ts';
import { isCustomerId, isSetupIntentId } from '../../src/domain/identifiers.ts';

type Decided<Event> = { readonly events: readonly Event[] } | { readonly rejected: string };

/** Given, when, then, for any stream: what is decided again on its own result is nothing. */
export function givenOf<State, Event>(initial: State, evolve: (state: State, event: Event) => State) {
  return (...events: readonly Event[]) => ({
    when(decide: (state: State) => Decided<Event>) {
      const state = events.reduce(evolve, initial);
      const decision = decide(state);
      return {
        thenRecords(...expected: readonly Event[]) {
          expect(decision).toEqual({ events: expected });
          const after = expected.reduce(evolve, state);
          expect(decide(after), 'decided again on its own result').toEqual({ events: [] });
        },
        thenRejected(reason: string) {
          expect(decision).toEqual({ rejected: reason });
        },
      };
    },
  });
}

export const key = {
  idempotencyKey: 'key-1',
  apiVersion: '2025-10-29.clover',
  requestedAt: '2025-11-23T12:00:00.000Z',
};
const at = (hours: number) => new Date(Date.UTC(2025, 10, 23, 12 + hours)).toISOString();
export const laterKey = { ...key, idempotencyKey: 'key-2', requestedAt: at(23) };

export const readBack: Evidence = { source: 'readBack', requestId: 'req_2', tries: [] };
export const webhook: Evidence = { source: 'webhook', requestId: 'req_3', tries: [] };

export const cusAna = customerId('cus_Ana');
export const seti = setupIntentId('seti_1');

function customerId(text: string): CustomerId {
  if (!isCustomerId(text)) throw new TypeError(text);
  return text;
}

function setupIntentId(text: string): SetupIntentId {
  if (!isSetupIntentId(text)) throw new TypeError(text);
  return text;
}
