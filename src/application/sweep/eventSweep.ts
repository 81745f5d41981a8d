import type { UnknownCause } from '../../domain/evidence.ts';
import type { EventPage, ListedEvent } from '../ports/paymentMethodGateway.ts';
import type { Ingesting } from '../useCases/ingest.ts';
import { missed, subjectOf } from './eventFindings.ts';
import type { LookingGateway } from './pacedGateway.ts';
import type { KeptEvent, SweepCursor } from './sweepCursor.ts';
import { kept, mostKept } from './sweepCursor.ts';
import type { SweepPass } from './sweepPass.ts';
import { isOfOne } from './sweepPass.ts';
import { isUnreadable, unreadable } from './unreadable.ts';

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

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Answers how far it came. What went wrong with an event is tried again by the next sweep, and keeps none behind it. An
   * attachment or detachment is read again, with all since, for as long as it fails: nothing else tells that it was.
   */
  async sweep(begun: SweepCursor, now: Date, overlapMs: number): Promise<SweepCursor> {
    const { pass, gateway, keep, tell } = this.#parts;
    const tried = new Set(begun.failedEvents.map(({ told }) => told.notificationId));
    let cursor = await this.#tryAgain(begun, oldestListed(now));
    cursor = cursor.reading === null ? beginning(cursor, now, overlapMs) : resumed(cursor, now);
    pass.eventsMissed = cursor.isFullRead && !begun.isFullRead;
    while (cursor.reading !== null && !pass.mustStop()) {
      const { reading } = cursor;
      const asked = { createdFrom: reading.from, after: reading.after ?? undefined };
      const { evidence: _, ...page } = await gateway.listEvents(asked, { signal: pass.signal });
      if (page.look === 'unknown') {
        if (isUnreadable(page.cause)) return this.#unlisted(cursor, reading, begun.reading, page.cause);
        pass.stop(page.cause);
        return cursor;
      }
      if (page.look === 'notFound') {
        if (reading.after === null) return this.#unlisted(cursor, reading, begun.reading, 'unexpectedAnswer');
        // What it would go on after is too old by now, and so may others be: all that Stripe still has is read again.
        cursor = { ...cursor, reading: { ...reading, after: null }, customer: null, isFullRead: true };
        pass.eventsMissed = true;
        continue;
      }
      const failed = await this.#ingestAll(page.events.filter(({ eventId }) => !tried.has(eventId)));
      if (pass.mustStop()) return cursor;
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
    return { ...cursor, reading: null, seenTo: at.to, customer: null, isFullRead: true };
  }

  /** Tries again what failed in a sweep before this one. What Stripe lists no more is left to the round of customers. */
  async #tryAgain(begun: SweepCursor, oldest: number): Promise<SweepCursor> {
    if (begun.failedEvents.length === 0) return begun;
    const failedEvents: KeptEvent[] = [];
    for (const event of begun.failedEvents) {
      if (this.#parts.pass.mustStop()) return begun;
      if (event.created >= oldest && !(await this.#ingest(event))) failedEvents.push(event);
    }
    const cursor = { ...begun, failedEvents };
    await this.#parts.keep(cursor);
    return cursor;
  }

  /** Answers those that failed. */
  async #ingestAll(events: readonly ListedEvent[]): Promise<readonly KeptEvent[]> {
    const { pass } = this.#parts;
    const failed: KeptEvent[] = [];
    for (const { eventId, created, notification: told } of events) {
      if (pass.mustStop()) break;
      pass.events += 1;
      if (told === null) pass.found('eventUnreadable', { eventId });
      if (told === null || told.type === 'other') continue;
      const event = { created, finding: missed[told.type], told };
      if (!(await this.#ingest(event))) failed.push(event);
    }
    return failed;
  }

  /** False where it failed in a way of its own, which stops no other. */
  async #ingest({ finding, told }: KeptEvent): Promise<boolean> {
    const { pass, ingesting } = this.#parts;
    try {
      const { recorded } = await ingesting.ingest(told, 'sweep', pass.context.actor, { signal: pass.signal });
      if (recorded) pass.found(finding, subjectOf(told));
      return true;
    } catch (error) {
      if (!isOfOne(error)) throw error;
      pass.failed(told.notificationId, error);
      return false;
    }
  }
}

/** Unix seconds: of events before it, Stripe may have some and not others. */
function oldestListed(now: Date): number {
  return Math.max(0, Math.floor(now.getTime() / 1000) - reachSeconds);
}

/** From a little before the last sweep's end; where that is too long ago, or there was none, all customers are read too. */
function beginning(cursor: SweepCursor, now: Date, overlapMs: number): SweepCursor {
  const oldest = oldestListed(now);
  const wanted = cursor.seenTo === null ? 0 : Math.max(0, cursor.seenTo - Math.ceil(overlapMs / 1000));
  // Further only by what Stripe's own clock says, which stands in its events.
  const to = Math.max(0, Math.floor(now.getTime() / 1000) - clocksApartSeconds);
  const reading = { from: Math.max(oldest, wanted), to, after: null, hasFailed: false };
  const isMissed = cursor.seenTo === null || cursor.seenTo < oldest;
  return isMissed ? { ...cursor, reading, customer: null, isFullRead: true } : { ...cursor, reading };
}

/** A read that was broken off so long ago that Stripe lists no more what it had still to read: all customers are read too. */
function resumed(cursor: SweepCursor, now: Date): SweepCursor {
  const isMissed = cursor.reading !== null && cursor.reading.from < oldestListed(now);
  return isMissed ? { ...cursor, customer: null, isFullRead: true } : cursor;
}

function read(
  cursor: SweepCursor,
  reading: Reading,
  { events, hasMore }: Extract<EventPage, { look: 'found' }>,
  failed: readonly KeptEvent[],
): SweepCursor {
  const keepable = failed.map(kept).filter((event) => event !== null);
  const failedEvents = [...cursor.failedEvents, ...keepable];
  const hasFailed = reading.hasFailed || keepable.length < failed.length || failedEvents.length > mostKept;
  const after = events.at(-1)?.eventId ?? reading.after;
  const to = Math.max(reading.to, ...events.map(({ created }) => created));
  const now = {
    ...cursor,
    failedEvents: failedEvents.slice(0, mostKept),
    reading: { ...reading, to, after, hasFailed },
  };
  return hasMore ? now : ended(now);
}

function ended(cursor: SweepCursor): SweepCursor {
  const { reading, seenTo } = cursor;
  return { ...cursor, reading: null, seenTo: reading === null || reading.hasFailed ? seenTo : reading.to };
}
