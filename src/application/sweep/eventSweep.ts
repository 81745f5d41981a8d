import type { UnknownCause } from '../../domain/evidence.ts';
import type { EventPage, ListedEvent } from '../ports/paymentMethodGateway.ts';
import type { Ingesting } from '../useCases/ingest.ts';
import { missed, subjectOf } from './eventFindings.ts';
import type { LookingGateway } from './pacedGateway.ts';
import type { KeptEvent, SweepCursor } from './sweepCursor.ts';
import { allToBeRead, answered, kept, mostKept, stoppedAt } from './sweepCursor.ts';
import type { SweepPass } from './sweepPass.ts';
import { unreadable } from './unreadable.ts';

type Parts = {
  readonly gateway: LookingGateway;
  readonly ingesting: Ingesting;
  readonly pass: SweepPass;
  readonly keep: (cursor: SweepCursor) => Promise<void>;
  readonly tell: () => void;
};

type Reading = SweepCursor['reading'] & {};

const hour = 60 * 60;
/** How far back Stripe lists events, less what a slow sweep may take, and clocks may be apart. */
const reachSeconds = 30 * 24 * hour - 2 * hour;
/** How far this clock may be ahead of Stripe's: what happens there until it is as late must not be taken for read. */
const clocksApartSeconds = hour;

/** Reads what happened since the last sweep, and records what no webhook brought. */
export class EventSweep {
  readonly #parts: Parts;
  /** those that failed in this sweep, which tries them once */
  readonly #failed = new Set<string>();
  /** those that a sweep before this one stopped at */
  readonly #later: KeptEvent[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Answers how far it came. What went wrong with an event is tried again by the next sweep, and keeps none behind it. An
   * attachment or detachment is read again, with all since, for as long as it fails: nothing else tells that it was.
   */
  async sweep(begun: SweepCursor, now: Date, overlapMs: number): Promise<SweepCursor> {
    const { pass, gateway, keep, tell } = this.#parts;
    let cursor = begun.reading === null ? beginning(begun, now, overlapMs) : resumed(begun, now);
    pass.eventsMissed = cursor.isFullRead && !begun.isFullRead;
    while (cursor.reading !== null && !pass.mustStop()) {
      const { reading } = cursor;
      const asked = { createdFrom: reading.from, after: reading.after ?? undefined };
      const { evidence: _, ...page } = await gateway.listEvents(asked, { signal: pass.signal });
      if (page.look === 'unknown') {
        return pass.mustStop() ? cursor : this.#unlisted(cursor, reading, begun.reading, page.cause);
      }
      if (page.look === 'notFound') {
        if (reading.after === null) return this.#unlisted(cursor, reading, begun.reading, 'unexpectedAnswer');
        // What it would go on after is too old by now, and so may others be: all that Stripe still has is read again.
        cursor = allToBeRead({ ...cursor, reading: { ...reading, after: null } });
        pass.eventsMissed = true;
        continue;
      }
      const isKept = new Set(cursor.failedEvents.map(({ told }) => told.notificationId));
      const events = page.events.filter(({ eventId }) => !isKept.has(eventId));
      const { failed, stopper } = await this.#ingestAll(events, cursor.stoppedAt);
      if (pass.mustStop()) return this.#heldUp(cursor, stopper);
      cursor = read(cursor, reading, page, failed);
      await keep(cursor);
      tell();
    }
    return cursor;
  }

  /**
   * A page that cannot be read is asked for once more, by the next sweep. Where that could not read it either, it is given up, and
   * what is older with it, so that what is newer is not kept from being read: all customers are read instead.
   */
  #unlisted(cursor: SweepCursor, at: Reading, begunAt: Reading | null, cause: UnknownCause): SweepCursor {
    const { pass } = this.#parts;
    pass.failed('events', unreadable('events', cause));
    if (begunAt === null || begunAt.after !== at.after) return cursor;
    pass.eventsMissed = true;
    return allToBeRead({ ...cursor, reading: null, seenTo: at.to, heldFrom: at.failedFrom });
  }

  /** Tries again what failed in a sweep before this one. What Stripe lists no more is left to the round of customers. */
  async tryAgain(begun: SweepCursor, now: Date): Promise<SweepCursor> {
    const { pass, keep } = this.#parts;
    const failedBefore = begun.failedEvents.filter(({ told }) => !this.#failed.has(told.notificationId));
    let cursor = begun;
    for (const event of [...failedBefore, ...this.#later.filter((one) => kept(one) === null)]) {
      if (pass.mustStop()) return cursor;
      const id = event.told.notificationId;
      const isDone = event.created < oldestListed(now) || (await this.#ingest(event));
      cursor = pass.outage === null ? answered(cursor, id) : stoppedAt(cursor, id);
      const others = cursor.failedEvents.filter((one) => one !== event);
      // Behind the others: where there is no answer about it, they have their turn in the next sweep.
      const failedEvents = isDone || kept(event) === null ? others : [...others, event];
      cursor = { ...cursor, failedEvents };
      if (pass.outage !== null) pass.unansweredAgain(id, pass.outage);
      await keep(cursor);
    }
    return cursor;
  }

  /** The page is read again by the next sweep. */
  async #heldUp(cursor: SweepCursor, stopper: string | null): Promise<SweepCursor> {
    if (stopper === null) return cursor;
    const held = stoppedAt(cursor, stopper);
    await this.#parts.keep(held);
    return held;
  }

  /** Answers those that failed, or are left for later, and the one about which there was no answer: the pass stopped there. */
  async #ingestAll(events: readonly ListedEvent[], later: readonly string[]) {
    const { pass } = this.#parts;
    const failed: KeptEvent[] = [];
    for (const { eventId, created, notification: told } of events) {
      if (pass.mustStop()) break;
      pass.events += 1;
      if (told === null) pass.found('eventUnreadable', { eventId });
      if (told === null || told.type === 'other') continue;
      const event = { created, finding: missed[told.type], told };
      if (later.includes(eventId)) this.#later.push(event);
      if (later.includes(eventId) || !(await this.#ingest(event))) failed.push(event);
      if (pass.outage !== null) return { failed, stopper: eventId };
    }
    return { failed, stopper: null };
  }

  /** False where it failed in a way of its own, which stops no other, or the pass had to stop at it. */
  async #ingest({ finding, told }: KeptEvent): Promise<boolean> {
    const { pass, ingesting } = this.#parts;
    try {
      const { recorded } = await ingesting.ingest(told, 'sweep', pass.context.actor, { signal: pass.signal });
      if (recorded) pass.found(finding, subjectOf(told));
      return true;
    } catch (error) {
      pass.take(told.notificationId, error);
      this.#failed.add(told.notificationId);
      return false;
    }
  }
}

/** Unix seconds: of events before it, Stripe may have some and not others. */
function oldestListed(now: Date): number {
  return Math.max(0, Math.floor(now.getTime() / 1000) - reachSeconds);
}

/**
 * From a little before the last sweep's end, and from the oldest that failed and is not kept; what of it is too old to be
 * listed is left to the round of customers. Where that end is too long ago, or there was none, all customers are read too.
 */
function beginning(cursor: SweepCursor, now: Date, overlapMs: number): SweepCursor {
  const { seenTo, heldFrom } = cursor;
  const oldest = oldestListed(now);
  const wanted = seenTo === null ? 0 : Math.max(0, seenTo - Math.ceil(overlapMs / 1000));
  // Further only by what Stripe's own clock says, which stands in its events.
  const to = Math.max(0, Math.floor(now.getTime() / 1000) - clocksApartSeconds);
  const from = Math.max(oldest, Math.min(wanted, heldFrom ?? wanted));
  const begun = { ...cursor, reading: { from, to, after: null, failedFrom: null } };
  return seenTo === null || seenTo < oldest ? allToBeRead(begun) : begun;
}

/** A read that was broken off so long ago that Stripe lists no more what it had still to read: all customers are read too. */
function resumed(cursor: SweepCursor, now: Date): SweepCursor {
  const { reading, seenTo } = cursor;
  const oldest = oldestListed(now);
  const isMissed = reading !== null && reading.from < oldest && (seenTo === null || seenTo < oldest);
  return isMissed ? allToBeRead(cursor) : cursor;
}

function read(
  cursor: SweepCursor,
  reading: Reading,
  { events, hasMore }: Extract<EventPage, { look: 'found' }>,
  failed: readonly KeptEvent[],
): SweepCursor {
  const after = events.at(-1)?.eventId ?? reading.after;
  const to = Math.max(reading.to, ...events.map(({ created }) => created));
  const now = withFailed(cursor, { ...reading, to, after }, failed);
  return hasMore ? now : { ...now, reading: null, seenTo: to, heldFrom: now.reading.failedFrom };
}

/** Keeps those that failed, as far as they can be; from the oldest of the others on, all are read again. */
function withFailed(cursor: SweepCursor, reading: Reading, failed: readonly KeptEvent[]) {
  const keepable = failed.map(kept).filter((event) => event !== null);
  const failedEvents = [...keepable, ...cursor.failedEvents];
  const unkept = [...failed.filter((event) => kept(event) === null), ...failedEvents.slice(mostKept.events)];
  const failedAt = [...unkept.map(({ created }) => created), reading.failedFrom ?? Infinity];
  const failedFrom = Math.min(...failedAt);
  return {
    ...cursor,
    failedEvents: failedEvents.slice(0, mostKept.events),
    reading: { ...reading, failedFrom: failedFrom === Infinity ? null : failedFrom },
  };
}
