import { PaymentMethods, randomIds, systemTimers } from 'attach-payment-method';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import { FakePaymentGateway, ManualTime } from 'attach-payment-method/testing';
import pg from 'pg';
import { closeSurroundings } from './support/surroundings.ts';

const { DATABASE_URL } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
await migrate({ pool });
const eventStore = new PostgresEventStore({ pool });
const gateway = new FakePaymentGateway();
const time = new ManualTime(new Date()); // a host's clock is systemClock; here, ten minutes pass at once
const parts = { eventStore, gateway, clock: time, ids: randomIds, timers: systemTimers };
const paymentMethods = new PaymentMethods(parts);

gateway.isFlaky(1); // the way there fails, and so does the next look at it, in ten minutes
gateway.isUnreachable({ of: 'lookUp' });
console.log((await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7' })).outcome);
gateway.losesResponse(); // it is attached, and nobody learns of it, not by a look at once either
gateway.isUnreachable({ of: 'lookUp' });
console.log((await paymentMethods.attach({ paymentMethodId: 'pm_2', customer: 'cus_1', actor: 'user-7' })).outcome);
const somebodys = gateway.account.addPaymentMethod({ owner: { kind: 'customer', id: 'cus_1' } });

await time.advance(10 * 60_000);

// #region cron
/** What the host's scheduler calls, every minute say; any number of processes may do so at once. */
async function everyMinute(): Promise<void> {
  const { settled, errors, stuck } = await paymentMethods.recover();
  for (const { stream, outcome } of settled) console.log(stream, outcome);
  for (const { stream, error } of errors) console.error(stream, error); // the next pass tries again
  for (const { stream, needsHuman } of stuck) if (needsHuman) console.error('somebody has to look at', stream);
}

/** And every night, for a customer of whom support asks, or `sweep()` for the account: what did no webhook bring? */
async function everyNight(customer: string): Promise<void> {
  const { findings } = await paymentMethods.sweep({ customer });
  for (const { finding } of findings) console.log(finding);
}
// #endregion cron

await everyMinute();
await everyNight('cus_1');
// #region reconcile
const { outcome } = await paymentMethods.reconcile({ paymentMethodId: 'pm_1', actor: 'support' }); // one, by hand
console.log(outcome);
// #endregion reconcile
console.log((await paymentMethods.history(somebodys)).state.status);

await paymentMethods.close();
await eventStore.close();
await pool.end();
await closeSurroundings();
