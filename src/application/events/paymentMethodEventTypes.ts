import * as z from 'zod';
import type { PaymentMethodEvent } from '../../domain/paymentMethodEvents.ts';
import type { EventType } from './eventSchemaParts.ts';
import {
  attemptId,
  billingDetails,
  card,
  customer,
  evidence,
  instant,
  keyed,
  paymentMethodId,
  unknownCause,
} from './eventSchemaParts.ts';

const ofAttempt = { attemptId, paymentMethodId, customer };

const schemas = {
  AttachmentRequested: z.object({
    ...ofAttempt,
    ...keyed,
    setAsDefault: z.boolean(),
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
    billingDetails,
    livemode: z.boolean(),
    created: z.int(),
    evidence,
  }),
  AttachmentAttributed: z.object({
    paymentMethodId,
    attemptId,
    clonedFrom: paymentMethodId.nullable(),
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
    cause: unknownCause,
    evidence,
  }),
  PaymentMethodCloned: z.object({ ...ofAttempt, cloneId: paymentMethodId }),
  PaymentMethodUpdated: z.object({
    paymentMethodId,
    customer: customer.nullable(),
    type: z.string(),
    card: card.nullable(),
    billingDetails,
    livemode: z.boolean(),
    created: z.int(),
    evidence,
  }),
  DetachmentRequested: z.object({ attemptId, paymentMethodId, ...keyed }),
  DetachmentRejected: z.object({
    attemptId,
    paymentMethodId,
    reason: z.enum(['paymentMethodNotFound', 'notAttached', 'invalidRequest']),
    stripeCode: z.string().nullable(),
    evidence,
  }),
  DetachmentOutcomeUnknown: z.object({ attemptId, paymentMethodId, cause: unknownCause, evidence }),
  PaymentMethodDetached: z.object({
    paymentMethodId,
    customer: customer.nullable(),
    attemptId: attemptId.nullable(),
    evidence,
  }),
} satisfies { [Type in PaymentMethodEvent['type']]: z.ZodType<Extract<PaymentMethodEvent, { type: Type }>['data']> };

/**
 * Every type of event this module has ever written. A change to a stored shape is a new version: raise `version`, change
 * the schema, and put a step from the old version at the end of `upcasters`.
 */
export const paymentMethodEventTypes: Readonly<Record<PaymentMethodEvent['type'], EventType>> = {
  AttachmentRequested: {
    version: 2,
    schema: schemas.AttachmentRequested,
    // Version 1 did not say whether it was to be the default.
    upcasters: [(data) => Object.assign({}, data, { setAsDefault: false })],
  },
  IdempotencyKeyRenewed: { version: 1, schema: schemas.IdempotencyKeyRenewed, upcasters: [] },
  PaymentMethodAttached: { version: 1, schema: schemas.PaymentMethodAttached, upcasters: [] },
  AttachmentAttributed: { version: 1, schema: schemas.AttachmentAttributed, upcasters: [] },
  AttachmentRejected: { version: 1, schema: schemas.AttachmentRejected, upcasters: [] },
  AttachmentRefused: { version: 1, schema: schemas.AttachmentRefused, upcasters: [] },
  AttachmentOutcomeUnknown: { version: 1, schema: schemas.AttachmentOutcomeUnknown, upcasters: [] },
  PaymentMethodCloned: { version: 1, schema: schemas.PaymentMethodCloned, upcasters: [] },
  PaymentMethodUpdated: { version: 1, schema: schemas.PaymentMethodUpdated, upcasters: [] },
  DetachmentRequested: { version: 1, schema: schemas.DetachmentRequested, upcasters: [] },
  DetachmentRejected: { version: 1, schema: schemas.DetachmentRejected, upcasters: [] },
  DetachmentOutcomeUnknown: { version: 1, schema: schemas.DetachmentOutcomeUnknown, upcasters: [] },
  PaymentMethodDetached: {
    version: 2,
    schema: schemas.PaymentMethodDetached,
    // Version 1 was of detachments that nobody here had asked for.
    upcasters: [(data) => Object.assign({}, data, { attemptId: null })],
  },
};
