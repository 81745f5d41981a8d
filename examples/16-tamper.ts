import { PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { verify } from 'attach-payment-method/audit';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import { FakePaymentGateway } from 'attach-payment-method/testing';
import { closeSurroundings } from './support/surroundings.ts';

await recordOne();
// #region tamper
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] });
const change = `update payment_trail.events set data = replace(data::text, '4242', '1111')::json where position = 2`;
for (const statement of [
  change,
  'alter table payment_trail.events disable trigger append_only', // as the owner of the table may
  change,
  'alter table payment_trail.events enable always trigger append_only',
]) {
  try {
    await pool.query(statement);
    console.log('done');
  } catch (error) {
    console.log(String(error));
  }
}
await pool.end();
// #endregion tamper
await tellVerified();
await closeSurroundings();

/** Makes a trail of one attachment. */
async function recordOne() {
  const { pool: own, eventStore } = openStore();
  await migrate({ pool: own });
  const gateway = new FakePaymentGateway();
  const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
  await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7' });
  await eventStore.close();
  await own.end();
}

async function tellVerified() {
  const { pool: own, eventStore } = openStore();
  const found = await verify(eventStore);
  console.log(found.intact ? 'intact' : `changed at position ${found.position}: ${found.problem}`);
  await eventStore.close();
  await own.end();
}

function openStore() {
  const own = new pg.Pool({ connectionString: process.env['DATABASE_URL'] });
  return { pool: own, eventStore: new PostgresEventStore({ pool: own }) };
}
