import type { Projection } from 'attach-payment-method';
import { PaymentMethods, paymentMethodsByCustomer, Projections, randomIds, systemClock } from 'attach-payment-method';
import { migrate, PostgresEventStore, PostgresReadModels } from 'attach-payment-method/postgres';
import { FakePaymentGateway } from 'attach-payment-method/testing';
import pg from 'pg';
import { closeSurroundings } from './support/surroundings.ts';

const { DATABASE_URL } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
await migrate({ pool });
const eventStore = new PostgresEventStore({ pool });
const gateway = new FakePaymentGateway();
const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7', setAsDefault: true });
await paymentMethods.attach({ paymentMethodId: 'pm_2', customer: 'cus_1', actor: 'user-7' });
await paymentMethods.detach({ paymentMethodId: 'pm_2', actor: 'user-7' });

// #region read
const projections = new Projections({ eventStore, readModels: new PostgresReadModels({ pool }) });
const customer = await projections.read(paymentMethodsByCustomer, 'cus_1', { caughtUp: true });
for (const { paymentMethodId, status, card } of customer?.paymentMethods ?? []) {
  const use = paymentMethodId === customer?.defaultPaymentMethodId ? 'the default' : 'not the default';
  console.log(paymentMethodId, status, card?.last4, use);
}
// #endregion read

// #region projection
/** How many payment methods of each brand are attached. */
const attachedByBrand: Projection<{ attached: number }> = {
  name: 'attachedByBrand',
  version: 1, // another version, another set of documents: built by itself, beside this one
  keyOf: ({ event }) => (event.type === 'PaymentMethodAttached' ? (event.data.card?.brand ?? 'none') : undefined),
  handlers: {
    PaymentMethodAttached: (before) => ({ attached: (before?.attached ?? 0) + 1 }),
  },
};
await projections.rebuild(attachedByBrand, {
  onProgress: ({ position, head }) => console.log(`${position} of ${head}`),
});
for await (const { key, document } of projections.list(attachedByBrand)) console.log(key, document.attached);
// #endregion projection

await eventStore.close();
await pool.end();
await closeSurroundings();
