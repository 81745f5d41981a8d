import type { Notification } from '../commands/notifications.ts';
import type { ListedEvent } from '../ports/paymentMethodGateway.ts';
import type { Ingesting } from '../useCases/ingest.ts';
import type { LookingGateway } from './pacedGateway.ts';
import type { SweepCursor } from './sweepCursor.ts';
import type { SweepPass } from './sweepPass.ts';
import { isOfOne } from './sweepPass.ts';
import type { SweepFinding } from './sweepReport.ts';

type Parts = {
  readonly gateway: LookingGateway;
  readonly ingesting: Ingesting;
  readonly pass: SweepPass;
  readonly keep: (cursor: SweepCursor) => Promise<void>;
  readonly tell: () => void;
};

const hour = 60 * 60;
/** How far back Stripe lists events, less what a slow sweep may take, and clocks may be apart. */
const reachSeconds = 30 * 24 * hour - 2 * hour;
/** How far this clock may be ahead of Stripe's: what happens there until it is as late must not be taken for read. */
const clocksApartSeconds = hour;

const missed: Readonly<Record<Exclude<Notification['type'], 'other'>, SweepFinding['finding']>> = {
  paymentMethodAttached: 'attachmentMissed',
  paymentMethodDetached: 'detachmentMissed',
  paymentMethodUpdated: 'updateMissed',
  setupSucceeded: 'setupMissed',
  customerDeleted: 'customerDeletionMissed',
};

/** Reads what happened since the last sweep, and records what no webhook brought. */
export class EventSweep {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Answers how far it came. What went wrong with an event is read again by the next sweep, and with it all since then. */
  async sweep(begun: SweepCursor, now: Date, overlapMs: number): Promise<SweepCursor> {
    const { pass, gateway, keep, tell } = this.#parts;
    let cursor = begun.reading === null ? beginning(begun, now, overlapMs) : begun;
    pass.eventsMissed = cursor.isFullRead && !begun.isFullRead;
    while (cursor.reading !== null && !pass.mustStop()) {
      const { reading } = cursor;
      const asked = { createdFrom: reading.from, after: reading.after ?? undefined };
      const { evidence: _, ...page } = await gateway.listEvents(asked, { signal: pass.signal });
      if (page.look === 'unknown') {
        pass.stop(page.cause);
      } else if (page.look === 'notFound') {
        if (reading.after === null) pass.stop('unexpectedAnswer');
        // What it would go on after is too old by now, and so may others be: all that Stripe still has is read again.
        cursor = { ...cursor, reading: { ...reading, after: null }, customer: null, isFullRead: true };
        pass.eventsMissed = true;
      } else {
        const hasFailed = (await this.#ingestAll(page.events)) || reading.hasFailed;
        if (pass.mustStop()) return cursor;
        const after = page.events.at(-1)?.eventId ?? reading.after;
        const to = Math.max(reading.to, ...page.events.map(({ created }) => created));
        const read = { ...cursor, reading: { ...reading, to, after, hasFailed } };
        cursor = page.hasMore ? read : ended(read);
        await keep(cursor);
        tell();
      }
    }
    return cursor;
  }

  /** True where one of them failed. */
  async #ingestAll(events: readonly ListedEvent[]): Promise<boolean> {
    const { pass, ingesting } = this.#parts;
    let hasFailed = false;
    for (const { eventId, notification } of events) {
      if (pass.mustStop()) return hasFailed;
      pass.events += 1;
      if (notification === null) {
        pass.found('eventUnreadable', { eventId });
        continue;
      }
      try {
        const { recorded } = await ingesting.ingest(notification, 'sweep', pass.context.actor, { signal: pass.signal });
        if (recorded && notification.type !== 'other') pass.found(missed[notification.type], subjectOf(notification));
      } catch (error) {
        if (!isOfOne(error)) throw error;
        pass.failed(eventId, error);
        hasFailed = true;
      }
    }
    return hasFailed;
  }
}

/** From a little before the last sweep's end; where that is too long ago, or there was none, all customers are read too. */
function beginning(cursor: SweepCursor, now: Date, overlapMs: number): SweepCursor {
  const present = Math.floor(now.getTime() / 1000);
  const oldest = Math.max(0, present - reachSeconds);
  const wanted = cursor.seenTo === null ? 0 : Math.max(0, cursor.seenTo - Math.ceil(overlapMs / 1000));
  // Further only by what Stripe's own clock says, which stands in its events.
  const to = Math.max(0, present - clocksApartSeconds);
  const reading = { from: Math.max(oldest, wanted), to, after: null, hasFailed: false };
  const isMissed = cursor.seenTo === null || cursor.seenTo < oldest;
  return isMissed ? { ...cursor, reading, customer: null, isFullRead: true } : { ...cursor, reading };
}

function ended(cursor: SweepCursor): SweepCursor {
  const { reading, seenTo } = cursor;
  return { ...cursor, reading: null, seenTo: reading === null || reading.hasFailed ? seenTo : reading.to };
}

function subjectOf(notification: Notification) {
  const { notificationId: eventId } = notification;
  switch (notification.type) {
    case 'paymentMethodAttached':
    case 'paymentMethodDetached': {
      const { paymentMethod } = notification;
      const customer = 'customer' in notification ? notification.customer : paymentMethod.customer;
      return { eventId, paymentMethodId: paymentMethod.paymentMethodId, customerId: customer?.id ?? null };
    }
    case 'paymentMethodUpdated':
    case 'setupSucceeded':
      return { eventId, paymentMethodId: notification.paymentMethodId };
    case 'customerDeleted':
      return { eventId, customerId: notification.customerId };
    case 'other':
      return { eventId };
    default:
      return notification satisfies never;
  }
}
