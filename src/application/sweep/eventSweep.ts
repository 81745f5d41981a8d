import type { UnknownCause } from '../../domain/evidence.ts';
import type { Notification } from '../commands/notifications.ts';
import type { EventPage, ListedEvent } from '../ports/paymentMethodGateway.ts';
import type { Ingesting } from '../useCases/ingest.ts';
import { missed, subjectOf } from './eventFindings.ts';
import type { LookingGateway } from './pacedGateway.ts';
import type { SweepCursor, WaitingEvent } from './sweepCursor.ts';
import { allToBeRead, eventFailed, shownByWaiting, stillListed } from './sweepCursor.ts';
import type { SweepPass, Tried } from './sweepPass.ts';
import { notListedAgain, unreadable } from './unreadable.ts';

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

  /** Answers how far it came. What went wrong with an event is tried again by the sweeps to come, and keeps none behind it. */
  async sweep(begun: SweepCursor, now: Date, overlapMs: number): Promise<SweepCursor> {
    const { pass, gateway, keep, tell } = this.#parts;
    const oldest = oldestListed(now);
    let cursor = begun.reading === null ? beginning(begun, now, overlapMs) : begun;
    cursor = stillListed(cursor, oldest);
    if (isMissed(begun, oldest)) cursor = this.#missed(cursor);
    while (cursor.reading !== null && !pass.mustStop()) {
      const { reading } = cursor;
      const asked = { createdFrom: reading.from, after: reading.after ?? undefined };
      const { evidence: _, ...page } = await gateway.listEvents(asked, { signal: pass.signal });
      if (page.look === 'unknown' || (page.look === 'notFound' && reading.after === null)) {
        const cause = page.look === 'unknown' ? page.cause : 'unexpectedAnswer';
        cursor = pass.mustStop() ? this.#unanswered(cursor, null) : this.#unlisted(cursor, reading, cause);
        await keep(cursor);
        return cursor;
      }
      if (page.look === 'notFound') {
        // What it would go on after is too old by now, and so may others be: all that Stripe still has is read again.
        cursor = this.#missed({ ...cursor, reading: { ...reading, after: null, isUnreadable: false } });
        continue;
      }
      cursor = await this.#ingestAll(page.events, cursor);
      // What a pass stopped at waits from now on, and the others of its page are read again by the next one.
      const isDone = !pass.mustStop();
      cursor = isDone ? read(cursor, page) : this.#unanswered(cursor, reading.after);
      await keep(cursor);
      tell();
      if (!isDone) return cursor;
    }
    return cursor;
  }

  async tryAgain(event: WaitingEvent): Promise<Tried> {
    const told = event.told ?? (await this.#wordOf(event));
    return told === null ? this.#parts.pass.take(event.id, notListedAgain(event.id)) : this.#ingest(event, told);
  }

  /** What it tells, by what Stripe lists of that second alone: no other page that is not answered is on the way to it. */
  async #wordOf({ id, created }: WaitingEvent): Promise<Notification | null> {
    const { pass, gateway } = this.#parts;
    let after: string | undefined;
    while (!pass.mustStop()) {
      const asked = { createdFrom: created, createdTo: created, after };
      const page = await gateway.listEvents(asked, { signal: pass.signal });
      if (page.look !== 'found') return null;
      const listed = page.events.find(({ eventId }) => eventId === id);
      if (listed !== undefined || !page.hasMore) return listed?.notification ?? null;
      after = page.events.at(-1)?.eventId;
    }
    return null;
  }

  #missed(cursor: SweepCursor): SweepCursor {
    this.#parts.pass.eventsMissed = true;
    return allToBeRead(cursor);
  }

  /**
   * Where Stripe does not answer with events, or about one of them, the customers are not kept waiting for it by more than one
   * sweep of this read. The next sweep goes on behind `after`.
   */
  #unanswered(cursor: SweepCursor, after: string | null): SweepCursor {
    const { pass } = this.#parts;
    const { reading } = cursor;
    const { outage } = pass;
    if (reading === null || outage === null || outage === 'storeUnavailable') return cursor;
    if (!reading.hasEndedSweep) return { ...cursor, reading: { ...reading, hasEndedSweep: true } };
    pass.unanswered('events', outage);
    pass.goOn();
    return { ...cursor, reading: { ...reading, after } };
  }

  /**
   * A page that cannot be read is asked for once more, by the next sweep. Where that could not read it either, it is given up, and
   * what is older with it, so that what is newer is not kept from being read: all customers are read instead.
   */
  #unlisted(cursor: SweepCursor, reading: Reading, cause: UnknownCause): SweepCursor {
    this.#parts.pass.failed('events', unreadable('events', cause));
    if (!reading.isUnreadable) return { ...cursor, reading: { ...reading, isUnreadable: true } };
    return this.#missed({ ...cursor, reading: null, seenTo: reading.to, heldFrom: reading.failedFrom });
  }

  /** Those that wait have their turn later; so have, from the next sweep on, those that fail. */
  async #ingestAll(events: readonly ListedEvent[], begun: SweepCursor): Promise<SweepCursor> {
    const { pass } = this.#parts;
    const waiting = new Set(begun.waiting.map(({ id }) => id));
    const page = new Set(events.map(({ eventId }) => eventId));
    let cursor = begun;
    for (const { eventId: id, created, notification: told } of events) {
      if (pass.mustStop()) break;
      if (waiting.has(id)) continue;
      const shown = told === null ? null : shownByWaiting(cursor, { id, created }, told);
      if (shown !== null) {
        cursor = shown;
        continue;
      }
      pass.events += 1;
      if (told === null) pass.found('eventUnreadable', { eventId: id });
      if (told === null || told.type === 'other') continue;
      const event = { kind: 'event', id, created, finding: missed[told.type], told: inIdsAlone(told) } as const;
      if ((await this.#ingest(event, told)) === 'failed') cursor = eventFailed(cursor, event, page);
    }
    return cursor;
  }

  async #ingest({ id, finding }: WaitingEvent, told: Notification): Promise<Tried> {
    const { pass, ingesting } = this.#parts;
    try {
      const { recorded } = await ingesting.ingest(told, 'sweep', pass.context.actor, { signal: pass.signal });
      if (recorded) pass.found(finding, subjectOf(told));
      return 'done';
    } catch (error) {
      return pass.take(id, error);
    }
  }
}

/** What may be kept of it; null of one whose own word is needed: a look shows how it stands, and not how it came to that. */
function inIdsAlone(told: Notification): Notification | null {
  return 'paymentMethod' in told ? null : told;
}

/** Unix seconds: of events before it, Stripe may have some and not others. */
function oldestListed(now: Date): number {
  return Math.max(0, Math.floor(now.getTime() / 1000) - reachSeconds);
}

/**
 * True where Stripe lists no more all that is still to be read: since the last sweep's end, or where it was broken off, or what
 * waits and is told of nowhere else.
 */
function isMissed({ seenTo, heldFrom, reading, waiting }: SweepCursor, oldest: number): boolean {
  if (waiting.some((one) => one.kind === 'event' && one.told === null && one.created < oldest)) return true;
  if (reading !== null) return reading.from < oldest;
  return seenTo === null || Math.min(seenTo, heldFrom ?? Infinity) < oldest;
}

/** From a little before the last sweep's end, and from the oldest that failed and is not kept. */
function beginning(cursor: SweepCursor, now: Date, overlapMs: number): SweepCursor {
  const { seenTo, heldFrom } = cursor;
  const wanted = seenTo === null ? 0 : Math.max(0, seenTo - Math.ceil(overlapMs / 1000));
  // Further only by what Stripe's own clock says, which stands in its events.
  const to = Math.max(0, Math.floor(now.getTime() / 1000) - clocksApartSeconds);
  const from = Math.max(oldestListed(now), Math.min(wanted, heldFrom ?? wanted));
  const reading = { from, to, after: null, failedFrom: null, isUnreadable: false, hasEndedSweep: false };
  return { ...cursor, heldFrom: null, reading };
}

function read(cursor: SweepCursor, { events, hasMore }: Extract<EventPage, { look: 'found' }>): SweepCursor {
  const { reading } = cursor;
  if (reading === null) return cursor;
  const after = events.at(-1)?.eventId ?? reading.after;
  const to = Math.max(reading.to, ...events.map(({ created }) => created));
  if (hasMore) return { ...cursor, reading: { ...reading, to, after, isUnreadable: false } };
  return { ...cursor, reading: null, seenTo: to, heldFrom: reading.failedFrom };
}
