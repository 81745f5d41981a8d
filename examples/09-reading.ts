import { PaymentMethods, randomIds, Subscriptions, systemClock, systemTimers, Trail } from 'attach-payment-method';
import { migrate, PostgresCheckpoints, PostgresEventStore, PostgresReplay } from 'attach-payment-method/postgres';
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
await paymentMethods.detach({ paymentMethodId: 'pm_1', actor: 'user-8' });
await pool.query('create table ledger (position bigint primary key, entry text not null)');

// #region read
const trail = new Trail({ eventStore });
for await (const { position, event, metadata } of trail.read({ customer: 'cus_1', after: 1 })) {
  console.log(position, event.type, metadata.actor);
}
// #endregion read

// #region timeTravel
const then = await trail.customer('cus_1', { asOf: { position: 2 } }); // or a Date, or { version }
console.log(then.paymentMethods[0]?.status);
for (const change of await trail.compareCustomer('cus_1', { from: { position: 2 } }))
  console.log(JSON.stringify(change));
// #endregion timeTravel

// #region subscribe
const checkpoints = new PostgresCheckpoints<pg.PoolClient>({ pool });
const subscriptions = new Subscriptions({ eventStore, checkpoints, timers: systemTimers });
const ledger = subscriptions.subscribe({
  consumer: 'ledger',
  types: ['PaymentMethodAttached', 'PaymentMethodDetached'],
  handleInTransaction: async ({ position, event }, client) => {
    await client.query('insert into ledger values ($1, $2)', [position, event.type]);
  },
  onStopped: ({ position, error }) => console.error(`stopped at ${position}: ${error}`),
});
// #endregion subscribe
while ((await subscriptions.status('ledger'))?.position !== 4) await systemTimers.sleep(10);
await ledger.close();
for (const { entry } of (await pool.query<{ entry: string }>('select entry from ledger order by position')).rows) {
  console.log(entry);
}

// #region replay
const replay = new PostgresReplay({ pool });
let bytes = 0;
const { events } = await replay.replay({ ranges: 2 }, ({ data }) => {
  bytes += data.length;
});
console.log(events, bytes > 0);
// #endregion replay

await eventStore.close();
await pool.end();
await closeSurroundings();
