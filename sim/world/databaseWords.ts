import { PaymentMethodsError } from '../../src/application/errors.ts';
import type { StreamAppend } from '../../src/application/ports/eventStore.ts';

/** True where more is recorded than that something was asked for. */
export function recordsOutcome(appends: readonly StreamAppend[]): boolean {
  return appends.some(({ events }) => events.some(({ type }) => !type.endsWith('Requested')));
}

export function wordsOf(appends: readonly StreamAppend[]): string {
  return appends
    .map(
      ({ stream, expectedVersion, events }) =>
        `${events.map(({ type }) => type).join('+')} to ${stream} at ${String(expectedVersion)}`,
    )
    .join(' and ');
}

export function unavailable(why: string): PaymentMethodsError {
  return new PaymentMethodsError('STORE_UNAVAILABLE', `Nothing was written: ${why}.`);
}

export function commitUnknown(): PaymentMethodsError {
  return new PaymentMethodsError('STORE_COMMIT_UNKNOWN', 'The call may have been committed. Repeat it.');
}
