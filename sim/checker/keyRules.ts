import type { Rule } from './check.ts';
import { judgeAll } from './judging.ts';
import type { PaymentMethodRecorded, SeenStream } from './streams.ts';
import { millisecondsOf } from './streams.ts';

const hour = 60 * 60 * 1000;
/** How long Stripe keeps a key (https://docs.stripe.com/api/idempotent_requests). */
const keptMs = 24 * hour;
/** When a key is to be given up, by the clock of whoever gives it up. */
const renewedFromMs = 23 * hour;

/** What Stripe may save under a key although it settles nothing. Not taken from the code that is judged. */
const settlesNothing: ReadonlySet<string> = new Set([
  'serverError',
  'unexpectedAnswer',
  'unexpectedEcho',
  'refusedWithoutCode',
]);

/** What must hold of idempotency keys. */
export const keyRules: readonly Rule[] = [
  {
    name: 'C15 nothing is sent under a key that Stripe may have forgotten',
    judge: ({ stripe, keys }) =>
      judgeAll(stripe.requests, ({ method, path, idempotencyKey, at }) => {
        const known = idempotencyKey === null || method !== 'POST' ? undefined : keys.get(idempotencyKey);
        const age = known === undefined ? 0 : at - known.recordedAt;
        return age < keptMs ? null : `POST ${path} went out under a key that was ${(age / hour).toFixed(1)} h old`;
      }),
  },
  {
    name: 'C16 a key is kept for as long as it can settle anything',
    judge: ({ streams, clocksApartMs }) =>
      judgeAll(renewals(streams.values(), renewedFromMs - clocksApartMs), (problem) => problem),
  },
];

/** For every key that took another's place, what is wrong with that; null where it is right. */
function* renewals(streams: Iterable<SeenStream>, leastMs: number): Generator<string | null> {
  for (const { records } of streams) {
    for (const [index, record] of records.entries()) {
      const kind = replaces(record, records.slice(0, index));
      if (kind !== null) yield whyEarly(kind, record, records.slice(0, index), leastMs);
    }
  }
}

type Kind = 'Attachment' | 'Detachment';

/** Which kind of request gets a new key by this event; null where none does. */
function replaces({ event }: PaymentMethodRecorded, before: readonly PaymentMethodRecorded[]): Kind | null {
  if (event.type === 'IdempotencyKeyRenewed') return 'Attachment';
  if (event.type !== 'DetachmentRequested') return null;
  const last = before.findLast((one) => one.event.type.includes('Detach'));
  return last?.event.type === 'DetachmentRequested' || last?.event.type === 'DetachmentOutcomeUnknown'
    ? 'Detachment'
    : null;
}

function whyEarly(
  kind: Kind,
  record: PaymentMethodRecorded,
  before: readonly PaymentMethodRecorded[],
  leastMs: number,
): string | null {
  const since = before.findLastIndex(({ event }) => event.type === `${kind}Requested` || isRenewal(kind, event.type));
  const made = before[since];
  if (made === undefined) return `the key at ${record.position} takes the place of none`;
  const age = millisecondsOf(record) - millisecondsOf(made);
  const isSpent = before.slice(since).some(({ event }) => {
    if (event.type !== `${kind}OutcomeUnknown` || !('cause' in event.data)) return false;
    const { source, requestId } = event.data.evidence;
    return source === 'response' && requestId !== null && settlesNothing.has(event.data.cause);
  });
  return age >= leastMs || isSpent
    ? null
    : `a key was given up after ${(age / 1000).toFixed(0)} s, at position ${record.position}, and was still good`;
}

function isRenewal(kind: Kind, type: string): boolean {
  return kind === 'Attachment' && type === 'IdempotencyKeyRenewed';
}
