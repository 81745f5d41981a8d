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
  /** unix seconds, by Stripe's clock: events were read up to here, all of them; null where none were ever */
  seenTo: seconds.nullable(),
  /** a read of events that is not done: from, to, the last event it has done, and whether one failed that is not kept */
  reading: z.object({ from: seconds, to: seconds, after: z.string().nullable(), hasFailed: z.boolean() }).nullable(),
  /** the last customer that was read; null at the beginning of a round */
  customer: z.string().nullable(),
  /** true until the present round is done, and begun when events were missed */
  isFullRead: z.boolean(),
  /** events that failed, to be tried again */
  failedEvents: z.array(keptEvent).default([]),
  /** customers that failed in a read of all, to be tried again before that is done */
  failedCustomers: z.array(z.string()).default([]),
});

/** How far a sweep of an account has come. */
export type SweepCursor = z.output<typeof schema>;

const atTheBeginning = schema.parse({ seenTo: null, reading: null, customer: null, isFullRead: false });

/** So many are kept at most: where more fail, it is no event's own fault, and all are read again. */
export const mostKept = 100;

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
