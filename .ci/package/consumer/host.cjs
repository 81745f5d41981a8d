const { PaymentMethods, randomIds, systemClock } = require('attach-payment-method');
const { verify } = require('attach-payment-method/audit');
const { tokens } = require('attach-payment-method/inversify');
const { migrate, PostgresEventStore } = require('attach-payment-method/postgres');
const { StripeGateway } = require('attach-payment-method/stripe');
const { FakePaymentGateway } = require('attach-payment-method/testing');
const { version } = require('attach-payment-method/package.json');
const pg = require('pg');

async function main() {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
  await migrate({ pool });
  const eventStore = new PostgresEventStore({ pool });
  const gateway = new FakePaymentGateway();
  const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
  const attempt = { paymentMethodId: 'pm_1', customer: 'cus_1', attemptId: 'checkout-1', actor: 'user-7' };
  const { outcome, card } = await paymentMethods.attach(attempt);
  console.log(outcome, card.brand, card.last4);
  const { intact, events } = await verify(eventStore);
  console.log(intact, events, typeof tokens.gateway, typeof StripeGateway, /^\d+\.\d+\.\d+/.test(version));
  await paymentMethods.close();
  await eventStore.close();
  await pool.end();
}

main();
