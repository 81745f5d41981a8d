import { deepEqual, fail } from 'node:assert/strict';
import type { FakePaymentGateway, FakeRequest } from '../adapters/fake/index.ts';
import { decodeEvent } from '../application/events/eventCodec.ts';
import type { TrailEvent } from '../application/events/eventTypes.ts';
import type { EventStore } from '../application/ports/eventStore.ts';
import type { AttachedResult, RejectedResult, UnknownResult } from '../application/useCases/results.ts';

type AnyResult = { readonly outcome: string };

/** Throws an assertion error unless this result says that it is attached; and to this customer, where one is given. */
export function assertAttached<Result extends AnyResult>(
  result: Result,
  customer?: string,
): asserts result is Result & AttachedResult {
  assertOutcome(result, 'attached');
  const attachedTo = (result as unknown as AttachedResult).customer.id;
  if (customer !== undefined && attachedTo !== customer) fail(`Attached to ${attachedTo}, not to ${customer}.`);
}

/** Throws an assertion error unless this result says that it is rejected; and for this reason, where one is given. */
export function assertRejected<Result extends AnyResult>(
  result: Result,
  reason?: RejectedResult['reason'],
): asserts result is Result & RejectedResult {
  assertOutcome(result, 'rejected');
  const given = (result as unknown as RejectedResult).reason;
  if (reason !== undefined && given !== reason) fail(`Rejected for the reason ${given}, not ${reason}.`);
}

/** Throws an assertion error unless this result says that nobody knows; and for this cause, where one is given. */
export function assertUnknown<Result extends AnyResult>(
  result: Result,
  cause?: UnknownResult['cause'],
): asserts result is Result & UnknownResult {
  assertOutcome(result, 'unknown');
  const given = (result as unknown as UnknownResult).cause;
  if (cause !== undefined && given !== cause) fail(`Unknown because of ${given}, not of ${cause}.`);
}

/** Throws an assertion error unless the trail holds events of these types, in this order, and no other. */
export async function assertRecorded(
  eventStore: Pick<EventStore, 'readTrail'>,
  types: readonly TrailEvent['type'][],
): Promise<void> {
  const recorded: string[] = [];
  for await (const one of eventStore.readTrail()) recorded.push(decodeEvent(one).event.type);
  deepEqual(recorded, types, difference('The trail holds', recorded, types));
}

/** Throws an assertion error unless the fake was asked these things, in this order, and no other. */
export function assertAsked(gateway: FakePaymentGateway, methods: readonly FakeRequest['method'][]): void {
  const asked = gateway.requests.map(({ method }) => method);
  deepEqual(asked, methods, difference('The gateway was asked', asked, methods));
}

function assertOutcome(result: AnyResult, outcome: string): void {
  if (result.outcome !== outcome) fail(`The outcome is ${result.outcome}, not ${outcome}: ${JSON.stringify(result)}`);
}

function difference(what: string, actual: readonly string[], expected: readonly string[]): string {
  const list = (names: readonly string[]) => (names.length === 0 ? 'nothing' : names.join(', '));
  return `${what}: ${list(actual)}. Expected: ${list(expected)}.`;
}
