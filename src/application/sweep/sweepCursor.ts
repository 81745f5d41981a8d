import * as z from 'zod';
import type { Notification } from '../commands/notifications.ts';
import { parseNotification } from '../commands/parseNotification.ts';
import { missed } from './eventFindings.ts';

const seconds = z.int().min(0);

const waitingEvent = z.object({
  kind: z.literal('event'),
  id: z.string(),
  /** unix seconds, by Stripe's clock */
  created: seconds,
  /** what the trail has missed, if it is new to it */
  finding: z.enum(missed),
  /** what it tells, in ids alone; null of one whose own word is needed, and is listed again */
  told: z.unknown().transform((told) => (told === null ? null : parseNotification(told))),
});

const waiting = z.discriminatedUnion('kind', [waitingEvent, z.object({ kind: z.literal('customer'), id: z.string() })]);

/** An event that failed, or about which there was no answer: tried again by the sweeps to come, as long as Stripe lists it. */
export type WaitingEvent = z.output<typeof waitingEvent>;

/** An event or customer that is to be tried again, when all else is done. */
export type Waiting = z.output<typeof waiting>;

const schema = z.object({
  /** unix seconds, by Stripe's clock: events were read up to here; null where none were ever */
  seenTo: seconds.nullable(),
  /** where the next read begins at the latest: at the oldest event that failed and is not kept; null where there is none */
  heldFrom: seconds.nullable().default(null),
  /** a read of events that is not done: from, to, the last event it has done, and the `heldFrom` that it leaves */
  reading: z
    .object({
      from: seconds,
      to: seconds,
      after: z.string().nullable(),
      failedFrom: seconds.nullable().default(null),
      /** true where a sweep could not read the page that it came to: another one that cannot gives it up */
      isUnreadable: z.boolean().default(false),
      /** true where no answer ended a sweep of it: it ends no other */
      hasEndedSweep: z.boolean().default(false),
    })
    .nullable(),
  /** the last customer that was read; null at the beginning of a round */
  customer: z.string().nullable(),
  /** true until the present round is done, and begun when events were missed */
  isFullRead: z.boolean(),
  /** true where events were missed again before it was done: another one follows it */
  isFullReadAgain: z.boolean().default(false),
  /** what failed or was not answered: it is tried again when all else is done, what was not tried for longest first */
  waiting: z.array(waiting).default([]),
  /** the last customer before the first that failed in a read of all and is not kept; '' for none, null where all are kept */
  unkeptAfter: z.string().nullable().default(null),
});

/** How far a sweep of an account has come. */
export type SweepCursor = z.output<typeof schema>;

const atTheBeginning = schema.parse({ seenTo: null, reading: null, customer: null, isFullRead: false });

/** So many wait at most; of more, updates and customers are left to the round of customers, and all other events are read again. */
export const mostWaiting = { updates: 100, otherEvents: 100, customers: 500 };

/** The cursor in a text; one at the beginning where there is none, or none that can be read: then all is read again. */
export function parseCursor(text: string | null): SweepCursor {
  if (text === null) return atTheBeginning;
  try {
    return schema.safeParse(JSON.parse(text)).data ?? atTheBeginning;
  } catch {
    return atTheBeginning;
  }
}

/** The customers that wait. */
export function unreadOf({ waiting }: SweepCursor): number {
  return waiting.filter(({ kind }) => kind === 'customer').length;
}

/** A customer is behind it: one that failed is to be tried again. */
export function passed(cursor: SweepCursor, id: string, hasFailed: boolean): SweepCursor {
  const now = { ...cursor, customer: id };
  if (!hasFailed) return now;
  if (unreadOf(cursor) < mostWaiting.customers) {
    return { ...now, waiting: [...cursor.waiting, { kind: 'customer', id }] };
  }
  return cursor.isFullRead ? { ...now, unkeptAfter: cursor.unkeptAfter ?? cursor.customer ?? '' } : now;
}

/**
 * An event of this page failed while events are read: it waits from now on. Where too many wait, one gives way that is not of
 * this page: the next sweep may read that again, and would be ended by it again.
 */
export function eventFailed(cursor: SweepCursor, event: WaitingEvent, page: ReadonlySet<string>): SweepCursor {
  return event.finding === 'updateMissed' ? updateFailed(cursor, event, page) : otherFailed(cursor, event, page);
}

/** Where too many wait, the first is left to the round of customers. */
function updateFailed(cursor: SweepCursor, event: WaitingEvent, page: ReadonlySet<string>): SweepCursor {
  const updates = cursor.waiting.filter(isUpdate);
  const unkept = updates.length < mostWaiting.updates ? undefined : updates.find(({ id }) => !page.has(id));
  return { ...cursor, waiting: [...cursor.waiting.filter((one) => one !== unkept), event] };
}

/** Where too many wait, the one that was tried last is read again instead. */
function otherFailed(cursor: SweepCursor, event: WaitingEvent, page: ReadonlySet<string>): SweepCursor {
  const alike = cursor.waiting.filter((one) => one.kind === 'event' && !isUpdate(one)) as readonly WaitingEvent[];
  const dropped = alike.length < mostWaiting.otherEvents ? undefined : alike.findLast(({ id }) => !page.has(id));
  const others = cursor.waiting.filter((one) => one !== dropped);
  // Before those that can be looked at: nothing but its own word tells of it, and Stripe lists that for a while alone.
  const waiting = event.told === null ? [event, ...others] : [...others, event];
  return readAgain({ ...cursor, waiting }, dropped);
}

function isUpdate(one: Waiting): boolean {
  return one.kind === 'event' && one.finding === 'updateMissed';
}

/**
 * The cursor where an update of the same payment method waits already, as the newer of the two: one look shows both, and it
 * waits for as long as Stripe lists either. Null where none waits.
 */
export function shownByWaiting(
  cursor: SweepCursor,
  { id, created }: Pick<WaitingEvent, 'id' | 'created'>,
  told: Notification,
): SweepCursor | null {
  if (told.type !== 'paymentMethodUpdated') return null;
  const { type, paymentMethodId } = told;
  const isOfIt = (one: Waiting) =>
    one.kind === 'event' && one.told?.type === type && one.told.paymentMethodId === paymentMethodId;
  const older = cursor.waiting.find(isOfIt);
  if (older?.kind !== 'event') return null;
  if (created <= older.created) return cursor;
  return { ...cursor, waiting: cursor.waiting.map((one) => (one === older ? { ...older, id, created } : one)) };
}

/** Without the events that Stripe lists no more: it is not asked for them again. */
export function stillListed(cursor: SweepCursor, oldest: number): SweepCursor {
  return { ...cursor, waiting: cursor.waiting.filter((one) => one.kind === 'customer' || one.created >= oldest) };
}

/** The next read begins with this event, or an older one. */
function readAgain(cursor: SweepCursor, event: { readonly created: number } | undefined): SweepCursor {
  const { reading } = cursor;
  if (reading === null || event === undefined) return cursor;
  return { ...cursor, reading: { ...reading, failedFrom: Math.min(reading.failedFrom ?? Infinity, event.created) } };
}

/** It was tried again: where it failed again, all others have their turn before it has its next. */
export function triedAgain(cursor: SweepCursor, tried: Waiting, hasFailed: boolean): SweepCursor {
  const others = cursor.waiting.filter(({ id }) => id !== tried.id);
  return { ...cursor, waiting: hasFailed ? [...others, tried] : others };
}

/**
 * Where more customers failed in a read of all than are kept, and at least half of those that are went through since, the
 * others may as well: the read of all goes on from the first of them. Where they fail for good, it never is.
 */
export function takenUp(cursor: SweepCursor): SweepCursor {
  const { unkeptAfter, isFullRead } = cursor;
  if (unkeptAfter === null || isFullRead || unreadOf(cursor) > mostWaiting.customers / 2) return cursor;
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
