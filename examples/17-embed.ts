import pg from 'pg';
import { closeSurroundings } from './support/surroundings.ts';
// #region compose
import {
  PaymentMethods,
  ProjectedOpenAttempts,
  Projections,
  RecoveryWorker,
  randomIds,
  systemChance,
  systemClock,
  systemTimers,
} from 'attach-payment-method';
import {
  migrate,
  PostgresCursors,
  PostgresEventStore,
  PostgresLeases,
  PostgresReadModels,
  type PgPool,
} from 'attach-payment-method/postgres';
import { StripeGateway } from 'attach-payment-method/stripe';

/** Made once per process, beside the other modules of the backend. */
async function composePayments(pool: PgPool, apiKey: string, baseUrl?: string) {
  await migrate({ pool }); // or in a deploy step, by a role that may
  const eventStore = new PostgresEventStore({ pool });
  const gateway = new StripeGateway({ apiKey, baseUrl });
  const projections = new Projections({ eventStore, readModels: new PostgresReadModels({ pool }) });
  const paymentMethods = new PaymentMethods({
    eventStore,
    gateway,
    clock: systemClock,
    ids: randomIds,
    timers: systemTimers,
    openAttempts: new ProjectedOpenAttempts(projections),
    leases: new PostgresLeases({ pool }),
    cursors: new PostgresCursors({ pool }),
  });
  const worker = new RecoveryWorker({ paymentMethods, timers: systemTimers, chance: systemChance });
  return {
    paymentMethods,
    start: () => worker.start(),
    async stop() {
      await worker.stop();
      await paymentMethods.close();
      await Promise.all([eventStore.close(), gateway.close()]);
    },
  };
}
// #endregion compose
// #region answer
/** What a route answers: never a guess, and for an attempt that is repeated the same again. */
async function saveCard(paymentMethods: PaymentMethods, order: { id: string; customer: string; card: string }) {
  const { outcome, ...result } = await paymentMethods.attach({
    paymentMethodId: order.card,
    customer: order.customer,
    attemptId: `order-${order.id}`,
    actor: 'checkout',
    correlationId: order.id,
  });
  switch (outcome) {
    case 'attached':
      return { status: 200, body: { saved: result.paymentMethodId } };
    case 'rejected':
      return { status: 422, body: { notSaved: result.paymentMethodId } };
    case 'unknown':
      return { status: 202, body: { checking: result.paymentMethodId } };
  }
}
// #endregion answer

const { DATABASE_URL, STRIPE_API_KEY = '', STRIPE_API_BASE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
const payments = await composePayments(pool, STRIPE_API_KEY, STRIPE_API_BASE);
payments.start();
const cards = ['pm_1MqM05LkdIwHu7ixlDxxO6Mc', 'pm_card_chargeDeclined'];
for (const [index, card] of cards.entries()) {
  const order = { id: `${index + 1}`, customer: 'cus_NbZ8Ki3f322LNn', card };
  console.log(JSON.stringify(await saveCard(payments.paymentMethods, order)));
}
await payments.stop();
await pool.end();
await closeSurroundings();
