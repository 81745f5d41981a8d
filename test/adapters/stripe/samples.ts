import type { AttachRequest, SetupRequest } from '../../../src/application/ports/paymentMethodGateway.ts';
import type { AccountId, AttemptId, CustomerId, PaymentMethodId } from '../../../src/domain/identifiers.ts';

export const canaryKey = 'sk_test_CANARY0123456789';
export const pm = (id: string): PaymentMethodId => id as PaymentMethodId;

export function attachRequest(changes: Partial<AttachRequest> = {}): AttachRequest {
  return {
    paymentMethodId: pm('pm_1'),
    customer: { kind: 'customer', id: 'cus_1' as CustomerId },
    idempotencyKey: 'attach-1',
    apiVersion: '2025-10-29.clover',
    ...changes,
  };
}

export const customerAccount = { kind: 'customerAccount', id: 'acct_1' as AccountId } as const;

/** A PaymentMethod of the kind Stripe sends at 2025-10-29.clover. */
export function stripePaymentMethod(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: 'pm_1',
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: { address: null, email: 'jo@example.com', name: 'Jo', phone: null, tax_id: null },
    card: {
      brand: 'visa',
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: 'US',
      display_brand: 'visa',
      exp_month: 11,
      exp_year: 2026,
      fingerprint: 'fp0000000000test',
      funding: 'credit',
      generated_from: null,
      last4: '4242',
      networks: { available: ['visa'], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: 1762799343,
    customer: 'cus_1',
    livemode: false,
    metadata: {},
    type: 'card',
    ...changes,
  };
}

export function stripeError(error: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { error: { message: 'For people only.', ...error } };
}

/** A Customer, cut down to about what is read. */
export function stripeCustomer(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const settings = { custom_fields: null, default_payment_method: 'pm_1', footer: null, rendering_options: null };
  return { id: 'cus_1', object: 'customer', email: 'jo@example.com', invoice_settings: settings, ...changes };
}

/** A SetupIntent, cut down to about what is read. */
export function stripeSetupIntent(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: 'seti_1',
    object: 'setup_intent',
    client_secret: 'seti_1_secret_CANARY',
    customer: 'cus_1',
    metadata: { attach_payment_method_attempt_id: 'a-1' },
    payment_method: null,
    status: 'requires_payment_method',
    usage: 'off_session',
    ...changes,
  };
}

export function stripeList(data: readonly unknown[], hasMore = false): Record<string, unknown> {
  return { object: 'list', data, has_more: hasMore, url: '/v1/customers/cus_1/payment_methods' };
}

export const keyed = { idempotencyKey: 'key-1', apiVersion: '2025-10-29.clover' };
export const cus = (id: string): CustomerId => id as CustomerId;
export const customer = { kind: 'customer', id: cus('cus_1') } as const;

export function setupRequest(changes: Partial<SetupRequest> = {}): SetupRequest {
  return {
    attemptId: 'a-1' as AttemptId,
    customer,
    usage: 'off_session',
    paymentMethodTypes: null,
    ...keyed,
    ...changes,
  };
}
