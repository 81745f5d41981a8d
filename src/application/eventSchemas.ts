import { z } from 'zod';
import type { AccountId, AttemptId, CustomerId, CustomerReference, PaymentMethodId } from '../domain/identifiers.ts';
import { isAccountId, isAttemptId, isCustomerId, isPaymentMethodId } from '../domain/identifiers.ts';
import type { PaymentMethodEvent } from '../domain/paymentMethodEvents.ts';

/** One type of event: its newest version, the schema of that, and a step up from each older one (`[0]` is 1 to 2). */
export type EventType = {
  readonly version: number;
  readonly schema: z.ZodType;
  readonly upcasters: readonly ((data: unknown) => unknown)[];
};

const paymentMethodId = z.custom<PaymentMethodId>((value) => typeof value === 'string' && isPaymentMethodId(value));
const customerId = z.custom<CustomerId>((value) => typeof value === 'string' && isCustomerId(value));
const accountId = z.custom<AccountId>((value) => typeof value === 'string' && isAccountId(value));
const attemptId = z.custom<AttemptId>((value) => typeof value === 'string' && isAttemptId(value));
const instant = z.iso.datetime();

const customer: z.ZodType<CustomerReference> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('customer'), id: customerId }),
  z.object({ kind: z.literal('customerAccount'), id: accountId }),
]);

const evidence = z.object({
  source: z.enum(['response', 'readBack', 'webhook', 'sweep']),
  requestId: z.string().nullable(),
  tries: z.array(
    z.object({ status: z.int().nullable(), requestId: z.string().nullable(), failure: z.string().nullable() }),
  ),
});

const card = z.object({
  brand: z.string(),
  last4: z.string(),
  expMonth: z.int(),
  expYear: z.int(),
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

const ofAttempt = { attemptId, paymentMethodId, customer };

const schemas = {
  AttachmentRequested: z.object({
    ...ofAttempt,
    idempotencyKey: z.string().min(1).max(255),
    apiVersion: z.string(),
    requestedAt: instant,
  }),
  IdempotencyKeyRenewed: z.object({
    ...ofAttempt,
    idempotencyKey: z.string().min(1).max(255),
    apiVersion: z.string(),
    renewedAt: instant,
  }),
  PaymentMethodAttached: z.object({
    paymentMethodId,
    customer,
    attemptId: attemptId.nullable(),
    clonedFrom: paymentMethodId.nullable(),
    type: z.string(),
    card: card.nullable(),
    livemode: z.boolean(),
    created: z.int(),
    evidence,
  }),
  AttachmentRejected: z.object({
    ...ofAttempt,
    reason: z.enum([
      'cardDeclined',
      'paymentMethodNotFound',
      'customerNotFound',
      'attachedToAnotherCustomer',
      'notAttachable',
      'customerLimitReached',
      'invalidRequest',
    ]),
    stripeCode: z.string().nullable(),
    declineCode: z.string().nullable(),
    evidence,
  }),
  AttachmentRefused: z.object({
    ...ofAttempt,
    reason: z.enum(['attachedToAnotherCustomer', 'attachingToAnotherCustomer', 'detached']),
  }),
  AttachmentOutcomeUnknown: z.object({
    ...ofAttempt,
    cause: z.enum([
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
    ]),
    evidence,
  }),
  PaymentMethodCloned: z.object({ ...ofAttempt, cloneId: paymentMethodId }),
  PaymentMethodDetached: z.object({ paymentMethodId, customer: customer.nullable(), evidence }),
} satisfies { [Type in PaymentMethodEvent['type']]: z.ZodType<Extract<PaymentMethodEvent, { type: Type }>['data']> };

/**
 * Every type of event this module has ever written. A change to a stored shape is a new version: raise `version`, change
 * the schema, and put a step from the old version at the end of `upcasters`.
 */
export const paymentMethodEventTypes: Readonly<Record<PaymentMethodEvent['type'], EventType>> = {
  AttachmentRequested: { version: 1, schema: schemas.AttachmentRequested, upcasters: [] },
  IdempotencyKeyRenewed: { version: 1, schema: schemas.IdempotencyKeyRenewed, upcasters: [] },
  PaymentMethodAttached: { version: 1, schema: schemas.PaymentMethodAttached, upcasters: [] },
  AttachmentRejected: { version: 1, schema: schemas.AttachmentRejected, upcasters: [] },
  AttachmentRefused: { version: 1, schema: schemas.AttachmentRefused, upcasters: [] },
  AttachmentOutcomeUnknown: { version: 1, schema: schemas.AttachmentOutcomeUnknown, upcasters: [] },
  PaymentMethodCloned: { version: 1, schema: schemas.PaymentMethodCloned, upcasters: [] },
  PaymentMethodDetached: { version: 1, schema: schemas.PaymentMethodDetached, upcasters: [] },
};
