import * as z from 'zod';
import { parseNotification } from '../commands/parseNotification.ts';
import { missed } from './eventFindings.ts';

const seconds = z.int().min(0);

const keptEvent = z.object({
  /** unix seconds, by Stripe's clock */
  created: seconds,
  /** what the trail has missed, if it is new to it */
  finding: z.enum(missed),
  /** what it tells, in ids alone */
  told: z.unknown().transform(parseNotification),
});

/** An event that could not be taken: tried again by each sweep, as long as Stripe has it. */
export type KeptEvent = z.output<typeof keptEvent>;

const schema = z.object({
  /** unix seconds, by Stripe's clock: events were read up to here; null where none were ever */
  seenTo: seconds.nullable(),
  /** of the oldest event that failed and is not kept: it is read again, with all since; null where there is none */
  heldFrom: seconds.nullable().default(null),
  /** a read of events that is not done: from, to, the last event it has done, and the `heldFrom` that it leaves */
  reading: z
    .object({
      from: seconds,
      to: seconds,
      after: z.string().nullable(),
      failedFrom: seconds.nullable().default(null),
    })
    .nullable(),
  /** the last customer that was read; null at the beginning of a round */
  customer: z.string().nullable(),
  /** true until the present round is done, and begun when events were missed */
  isFullRead: z.boolean(),
  /** true where events were missed again before it was done: another one follows it */
  isFullReadAgain: z.boolean().default(false),
  /** events that failed, to be tried again */
  failedEvents: z.array(keptEvent).default([]),
  /** customers that failed, to be tried again, the next one first */
  failedCustomers: z.array(z.string()).default([]),
  /** the last customer before the first that failed in a read of all and is not kept; '' for none, null where all are kept */
  unkeptAfter: z.string().nullable().default(null),
  /** events and customers that a pass had no answer about, and stopped at: the next one tries them when all else is done */
  stoppedAt: z.array(z.string()).default([]),
});

/** How far a sweep of an account has come. */
export type SweepCursor = z.output<typeof schema>;

const atTheBeginning = schema.parse({ seenTo: null, reading: null, customer: null, isFullRead: false });

/** So many that failed are kept at most; of more, events are read again, and customers are left to their next turn. */
export const mostKept = { events: 100, customers: 500, stops: 100 };

/** The event as it is kept; null of one whose own word is needed: a look shows how it stands, and not how it came to that. */
export function kept({ created, finding, told }: KeptEvent): KeptEvent | null {
  return 'paymentMethod' in told ? null : { created, finding, told };
}

/** The cursor in a text; one at the beginning where there is none, or none that can be read: then all is read again. */
export function parseCursor(text: string | null): SweepCursor {
  if (text === null) return atTheBeginning;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? atTheBeginning;
  } catch {
    return atTheBeginning;
  }
}

/** A customer is behind it: one that failed is tried again, and one that was read is not. */
export function passed(cursor: SweepCursor, id: string, isDone: boolean): SweepCursor {
  const { failedCustomers, isFullRead } = cursor;
  const now = { ...answered(cursor, id), customer: id };
  if (isDone) return { ...now, failedCustomers: failedCustomers.filter((failed) => failed !== id) };
  if (failedCustomers.includes(id)) return now;
  if (failedCustomers.length < mostKept.customers) return { ...now, failedCustomers: [...failedCustomers, id] };
  return isFullRead ? { ...now, unkeptAfter: cursor.unkeptAfter ?? cursor.customer ?? '' } : now;
}

/** A pass stops at this event or customer: the next one leaves it until all else is done. */
export function stoppedAt(cursor: SweepCursor, id: string): SweepCursor {
  return { ...cursor, stoppedAt: [...answered(cursor, id).stoppedAt, id].slice(-mostKept.stops) };
}

/** No pass stops any more at this event or customer. */
export function answered(cursor: SweepCursor, id: string): SweepCursor {
  return { ...cursor, stoppedAt: cursor.stoppedAt.filter((one) => one !== id) };
}

/**
 * Where more customers failed in a read of all than are kept, and at least half of those that are went through since, the
 * others may as well: the read of all goes on from the first of them. Where they fail for good, it is over.
 */
export function takenUp(cursor: SweepCursor): SweepCursor {
  const { unkeptAfter, isFullRead, failedCustomers } = cursor;
  if (unkeptAfter === null || isFullRead || failedCustomers.length > mostKept.customers / 2) return cursor;
  return { ...cursor, customer: unkeptAfter === '' ? null : unkeptAfter, isFullRead: true, unkeptAfter: null };
}

/** All customers are to be read. A read of all that is under way is finished first: else the last ones never have their turn. */
export function allToBeRead(cursor: SweepCursor): SweepCursor {
  if (cursor.isFullRead && cursor.customer !== null) return { ...cursor, isFullReadAgain: true };
  return { ...cursor, customer: null, isFullRead: true, unkeptAfter: null };
}

/** The last customer was read: the next round begins. */
export function roundDone(cursor: SweepCursor): SweepCursor {
  const next = { ...cursor, customer: null, isFullRead: false, isFullReadAgain: false };
  return cursor.isFullReadAgain ? allToBeRead(next) : next;
}
