import type { AttachResult } from 'attach-payment-method';
import { isPaymentMethodsError, PaymentMethods, randomIds, systemClock } from 'attach-payment-method';
import { verify } from 'attach-payment-method/audit';
import { paymentMethodsModule, tokens } from 'attach-payment-method/inversify';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import { StripeGateway } from 'attach-payment-method/stripe';
import { FakePaymentGateway, InMemoryEventStore } from 'attach-payment-method/testing';
import { Container } from 'inversify';
import pg from 'pg';

function told(result: AttachResult): string {
  switch (result.outcome) {
    case 'attached':
      return `attached ${result.card?.brand} ${result.card?.last4}`;
    case 'rejected':
      return `rejected ${result.reason}`;
    case 'unknown':
      return `unknown ${result.cause}`;
  }
}

async function inMemory(): Promise<void> {
  const gateway = new FakePaymentGateway();
  const eventStore = new InMemoryEventStore();
  const paymentMethods = new PaymentMethods({ eventStore, gateway, clock: systemClock, ids: randomIds });
  gateway.declines('pm_1');
  console.log(told(await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1', actor: 'user-7' })));
  try {
    await paymentMethods.attach({ paymentMethodId: 'pm-1', customer: 'cus_1', actor: 'user-7' });
  } catch (error) {
    console.log(isPaymentMethodsError(error, 'INVALID_COMMAND') ? error.message : error);
  }
}

async function onPostgres(): Promise<void> {
  const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'] });
  await migrate({ pool });
  const container = new Container();
  container.load(paymentMethodsModule({ pool, stripe: { apiKey: 'sk_test_none' } }));
  container.rebind(tokens.gateway).toConstantValue(new FakePaymentGateway());
  const paymentMethods = container.get(tokens.paymentMethods);
  const attempt = { paymentMethodId: 'pm_1', customer: 'cus_1', attemptId: 'checkout-1', actor: 'user-7' };
  console.log(told(await paymentMethods.attach(attempt)));
  await container.unbindAllAsync();
  const eventStore = new PostgresEventStore({ pool });
  const verified = await verify(eventStore);
  if (verified.intact === true) console.log(`intact: ${verified.events} events`);
  await eventStore.close();
  await pool.end();
}

async function main(): Promise<void> {
  await inMemory();
  await onPostgres();
  await new StripeGateway({ apiKey: 'sk_test_none' }).close();
}

void main();
