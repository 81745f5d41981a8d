import * as z from 'zod';

const seconds = z.int().min(0);
const schema = z.object({
  /** unix seconds, by Stripe's clock: events were read up to here, all of them; null where none were ever */
  seenTo: seconds.nullable(),
  /** a read of events that is not done: from, to, the last event it has done, and whether any of them failed */
  reading: z.object({ from: seconds, to: seconds, after: z.string().nullable(), hasFailed: z.boolean() }).nullable(),
  /** the last customer that was read; null at the beginning of a round */
  customer: z.string().nullable(),
  /** true until the present round is done, and begun when events were missed */
  isFullRead: z.boolean(),
});

/** How far a sweep of an account has come. */
export type SweepCursor = z.output<typeof schema>;

const atTheBeginning: SweepCursor = { seenTo: null, reading: null, customer: null, isFullRead: false };

/** The cursor in a text; one at the beginning where there is none, or none that can be read: then all is read again. */
export function parseCursor(text: string | null): SweepCursor {
  if (text === null) return atTheBeginning;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? atTheBeginning;
  } catch {
    return atTheBeginning;
  }
}
