import { decodeEvent, PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
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
await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7' });
await paymentMethods.attach({ paymentMethodId: 'pm_2', customer: 'cus_1', actor: 'user-7' });
await paymentMethods.detach({ paymentMethodId: 'pm_2', actor: 'user-7' });
await pool.query('create table saved_cards (payment_method text primary key, customer text not null, last4 text)');

// #region rebuild
/** Makes the host's own table anew of the whole trail, in one transaction: who reads it sees the old one, or the new. */
async function rebuildSavedCards(): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('delete from saved_cards');
    let last = 0;
    for await (const recorded of eventStore.readTrail()) {
      const { event, position } = decodeEvent(recorded);
      if (event.type === 'PaymentMethodAttached') {
        const { paymentMethodId, customer, card } = event.data;
        const text = 'insert into saved_cards values ($1, $2, $3)';
        await client.query(text, [paymentMethodId, customer.id, card?.last4]);
      }
      if (event.type === 'PaymentMethodDetached') {
        await client.query('delete from saved_cards where payment_method = $1', [event.data.paymentMethodId]);
      }
      last = position;
    }
    await client.query('commit');
    return last; // keep it: the next time, readTrail({ after: last }) reads what is new
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
// #endregion rebuild

async function show(): Promise<void> {
  const { rows } =
    await pool.query<Record<'payment_method' | 'customer' | 'last4', string>>('select * from saved_cards');
  for (const row of rows) console.log(row.payment_method, row.customer, row.last4);
}

console.log('up to position', await rebuildSavedCards());
await show();
await pool.query("update saved_cards set last4 = 'oops'");
console.log('up to position', await rebuildSavedCards());
await show();

await eventStore.close();
await pool.end();
await closeSurroundings();
