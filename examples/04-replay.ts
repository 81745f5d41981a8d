import { decodeEvent, PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { verify } from 'attach-payment-method/audit';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import { FakePaymentGateway } from 'attach-payment-method/testing';
import pg from 'pg';
import { closeSurroundings } from './support/surroundings.ts';

const { DATABASE_URL } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
await migrate({ pool });
const eventStore = new PostgresEventStore({ pool });
const gateway = new FakePaymentGateway();
const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });

gateway.isUnreachable();
await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7' });

const found = await paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'support' });
console.log(found.outcome);

// #region replay
const now = await paymentMethods.history('pm_1');
const before = await paymentMethods.history('pm_1', { asOf: { version: 2 } }); // or { position: 2 }, or a Date
console.log(before.state.status, '->', now.state.status); // outcomeUnknown -> attached
for await (const recorded of eventStore.readTrail()) {
  const { position, stream, event, metadata } = decodeEvent(recorded);
  console.log(position, stream, event.type, metadata.actor);
}
const verified = await verify(eventStore);
console.log(verified.intact ? `intact: ${verified.events} events` : `changed at position ${verified.position}`);
// #endregion replay

await eventStore.close();
await pool.end();
await closeSurroundings();
