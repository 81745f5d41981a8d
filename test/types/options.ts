/** Compiled, never run: what hosts write in their strictest settings, where an optional property does not take undefined by itself. */
import { PaymentMethods, Trail, verifyTrail } from 'attach-payment-method';
import type { PaymentMethodsParts, TrailCrypto } from 'attach-payment-method';
import { migrate, PostgresEventStore } from 'attach-payment-method/postgres';
import type { PgPool } from 'attach-payment-method/postgres';
import { StripeGateway } from 'attach-payment-method/stripe';
import { FakePaymentGateway, InMemoryEventStore } from 'attach-payment-method/testing';

declare const parts: PaymentMethodsParts;
declare const pool: PgPool;
declare const crypto: TrailCrypto;
/** As a host's settings have it: there, or not. */
declare const setting: string | undefined;
declare const signal: AbortSignal | undefined;

export async function asHostsPassOn(): Promise<void> {
  const paymentMethods = new PaymentMethods({ ...parts, leases: undefined, recovery: undefined, sweep: undefined });
  const input = { actor: 'checkout', paymentMethodId: 'pm_1', correlationId: setting, attemptId: setting };
  await paymentMethods.attach({ ...input, customer: setting, customerAccount: setting }, { signal });
  await paymentMethods.detach(input, { signal });
  await paymentMethods.history('pm_1', { asOf: undefined, attemptId: setting });
  const eventStore = new PostgresEventStore({ pool, schema: setting, trail: setting, limits: undefined });
  await migrate({ pool, schema: setting, roles: undefined });
  await verifyTrail(eventStore, crypto, { trail: setting, seals: undefined, signal });
  await new Trail({ eventStore, projections: undefined }).customer('cus_1', { asOf: undefined });
  new StripeGateway({ apiKey: 'sk_test_1', apiVersion: undefined, baseUrl: setting });
  new FakePaymentGateway({ strict: undefined, apiKey: setting });
  new InMemoryEventStore({ trail: setting });
}

export async function asNobodyMay(paymentMethods: PaymentMethods): Promise<void> {
  // @ts-expect-error Somebody is answerable for every attach.
  await paymentMethods.attach({ paymentMethodId: 'pm_1', customer: 'cus_1' });
  // @ts-expect-error A misspelt option is no option.
  await paymentMethods.attach({ actor: 'checkout', paymentMethodId: 'pm_1', customer: 'cus_1', idempotencyKey: 'key' });
  // @ts-expect-error What is needed does not take undefined.
  await paymentMethods.attach({ actor: setting, paymentMethodId: 'pm_1', customer: 'cus_1' });
  // @ts-expect-error A gateway has a key.
  new StripeGateway({ apiKey: setting });
}
