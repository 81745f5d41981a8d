import * as z from 'zod';
import type {
  AccountId,
  AttemptId,
  CustomerId,
  CustomerReference,
  PaymentMethodId,
  SetupIntentId,
} from '../../domain/identifiers.ts';
import type { Redacted } from '../../domain/paymentMethodSummary.ts';
import {
  isAccountId,
  isAttemptId,
  isCustomerId,
  isPaymentMethodId,
  isSetupIntentId,
} from '../../domain/identifiers.ts';

/** One type of event: its newest version, the schema of that, and a step up from each older one (`[0]` is 1 to 2). */
export type EventType = {
  readonly version: number;
  readonly schema: z.ZodType;
  readonly upcasters: readonly ((data: unknown) => unknown)[];
};

export const paymentMethodId = z.custom<PaymentMethodId>(
  (value) => typeof value === 'string' && isPaymentMethodId(value),
);
export const customerId = z.custom<CustomerId>((value) => typeof value === 'string' && isCustomerId(value));
const accountId = z.custom<AccountId>((value) => typeof value === 'string' && isAccountId(value));
export const setupIntentId = z.custom<SetupIntentId>((value) => typeof value === 'string' && isSetupIntentId(value));
export const attemptId = z.custom<AttemptId>((value) => typeof value === 'string' && isAttemptId(value));
export const instant = z.iso.datetime();

export const customer: z.ZodType<CustomerReference> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('customer'), id: customerId }),
  z.object({ kind: z.literal('customerAccount'), id: accountId }),
]);

export const evidence = z.object({
  source: z.enum(['response', 'readBack', 'webhook', 'sweep']),
  requestId: z.string().nullable(),
  tries: z.array(
    z.object({ status: z.int().nullable(), requestId: z.string().nullable(), failure: z.string().nullable() }),
  ),
});

const expiry = z.custom<number | Redacted>((value) => Number.isSafeInteger(value) || value === 'redacted');

export const card = z.object({
  brand: z.string(),
  last4: z.string(),
  expMonth: expiry,
  expYear: expiry,
  funding: z.string(),
  country: z.string().nullable(),
  fingerprint: z.string().nullable(),
  wallet: z.string().nullable(),
  checks: z.object({
    cvc: z.string().nullable(),
    addressLine1: z.string().nullable(),
    addressPostalCode: z.string().nullable(),
  }),
});

const shown = z.string().nullable();

export const billingDetails = z
  .union([
    z.object({
      name: shown,
      email: shown,
      phone: shown,
      address: z.object({
        line1: shown,
        line2: shown,
        postalCode: shown,
        city: shown,
        state: shown,
        country: shown,
      }),
    }),
    z.literal('redacted'),
  ])
  .optional();

/** What every request that changes something is stored with. */
export const keyed = { idempotencyKey: z.string().min(1).max(255), apiVersion: z.string(), requestedAt: instant };

export const unknownCause = z.enum([
  'timeout',
  'connectionLost',
  'unreachable',
  'serverError',
  'rateLimited',
  'stillProcessing',
  'unexpectedAnswer',
  'unexpectedEcho',
  'refusedWithoutCode',
  'aborted',
  'gatewayFault',
]);
