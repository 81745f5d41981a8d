import type pg from 'pg';
import { PostgresEventStore } from '../../../src/adapters/postgres/index.ts';
import { randomIds } from '../../../src/adapters/system/system.ts';
import { paymentMethodCodec } from '../../../src/application/events/eventCodec.ts';
import type { PaymentMethodEvent } from '../../../src/domain/paymentMethodEvents.ts';
import { attached, requested } from '../../domain/given.ts';

const context = { actor: 'user-7', correlationId: 'checkout-1', causationId: null };

/** Appends events of payment methods, each to the stream of the payment method that it names. */
export async function appendEvents(
  pool: pg.Pool,
  trail: string,
  events: readonly PaymentMethodEvent[],
  actor = context.actor,
): Promise<void> {
  const eventStore = new PostgresEventStore({ pool, trail });
  const appends = events.map((event) => ({
    stream: `paymentMethod-${event.data.paymentMethodId}`,
    expectedVersion: 'any' as const,
    events: [paymentMethodCodec.encode(event, randomIds.next(), { ...context, actor })],
  }));
  for (const append of appends) await eventStore.append([append]);
  await eventStore.close();
}

/** Appends so many events at once, all of one payment method that is asked for again and again. */
export async function appendMany(pool: pg.Pool, trail: string, count: number): Promise<void> {
  const eventStore = new PostgresEventStore({ pool, trail });
  for (let appended = 0; appended < count; appended += 500) {
    const events = Array.from({ length: Math.min(500, count - appended) }, () =>
      paymentMethodCodec.encode(requested(), randomIds.next(), context),
    );
    await eventStore.append([{ stream: 'paymentMethod-pm_1', expectedVersion: 'any', events }]);
  }
  await eventStore.close();
}

/** One payment method that was asked for and attached. */
export function aStory(): readonly PaymentMethodEvent[] {
  return [requested(), attached()];
}
