import { closeSurroundings } from './support/surroundings.ts';
// #region attach
import { PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import { StripeGateway } from 'attach-payment-method/stripe';
import pg from 'pg';

const { DATABASE_URL, STRIPE_API_KEY = '', STRIPE_API_BASE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
await migrate({ pool }); // makes the schema payment_trail, or finds nothing to do
const eventStore = new PostgresEventStore({ pool });
const gateway = new StripeGateway({ apiKey: STRIPE_API_KEY, baseUrl: STRIPE_API_BASE });
const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });

const result = await paymentMethods.attach({
  paymentMethodId: 'pm_1MqM05LkdIwHu7ixlDxxO6Mc',
  customer: 'cus_NbZ8Ki3f322LNn',
  attemptId: 'checkout-1', // your idempotency key: the same attempt again gets the same answer
  actor: 'user-7', // who asks: a pseudonym, recorded with every event
});
if (result.outcome === 'attached') console.log('attached', result.card?.brand, result.card?.last4);
if (result.outcome === 'rejected') console.log('rejected', result.reason);
if (result.outcome === 'unknown') console.log('unknown', result.cause);
await paymentMethods.close(); // finishes what is under way
await Promise.all([eventStore.close(), gateway.close()]);
await pool.end();
// #endregion attach
await closeSurroundings();
