import { migrate } from 'attach-payment-method/postgres';
import { FakePaymentGateway } from 'attach-payment-method/testing';
import pg from 'pg';
import { closeSurroundings } from './support/surroundings.ts';
// #region embed
import { paymentMethodsModule, tokens } from 'attach-payment-method/inversify';
import type { PgPool } from 'attach-payment-method/postgres';
import { Container } from 'inversify';

function makeContainer(pool: PgPool, apiKey: string, baseUrl?: string): Container {
  const container = new Container();
  container.load(paymentMethodsModule({ pool, stripe: { apiKey, baseUrl } }));
  return container; // after migrate: container.get(tokens.paymentMethods).attach(…), or inject it by that token
}
// #endregion embed

async function saveCard(container: Container, paymentMethodId: string, customer: string): Promise<void> {
  const paymentMethods = container.get(tokens.paymentMethods);
  const { outcome } = await paymentMethods.attach({ paymentMethodId, customer, actor: 'user-7' });
  console.log(paymentMethodId, outcome);
}

const { DATABASE_URL, STRIPE_API_KEY = '', STRIPE_API_BASE } = process.env;
const pool = new pg.Pool({ connectionString: DATABASE_URL });
await migrate({ pool });

const production = makeContainer(pool, STRIPE_API_KEY, STRIPE_API_BASE);
await saveCard(production, 'pm_1MqM05LkdIwHu7ixlDxxO6Mc', 'cus_NbZ8Ki3f322LNn');
await production.unbindAllAsync();

const container = makeContainer(pool, 'not needed');
container.rebind(tokens.gateway).toConstantValue(new FakePaymentGateway());
await saveCard(container, 'pm_1', 'cus_1');
await container.unbindAllAsync();

await pool.end();
await closeSurroundings();
