import * as z from 'zod';
import type { CustomerEvent } from '../../domain/customer.ts';
import type { PaymentMethodEvent } from '../../domain/paymentMethodEvents.ts';
import type { SetupEvent } from '../../domain/setup.ts';
import type { EventType } from './eventSchemaParts.ts';
import {
  attemptId,
  customer,
  customerId,
  evidence,
  instant,
  keyed,
  paymentMethodId,
  setupIntentId,
  unknownCause,
} from './eventSchemaParts.ts';
import { paymentMethodEventTypes } from './paymentMethodEventTypes.ts';

/** Every event that a trail of this module holds. */
export type TrailEvent = PaymentMethodEvent | CustomerEvent | SetupEvent;

const ofDefault = { attemptId, customerId, paymentMethodId };

const customerSchemas = {
  DefaultPaymentMethodWished: z.object({ ...ofDefault, wishedAt: instant }),
  DefaultPaymentMethodRequested: z.object({ ...ofDefault, ...keyed }),
  DefaultPaymentMethodSet: z.object({ ...ofDefault, evidence }),
  DefaultPaymentMethodRejected: z.object({
    ...ofDefault,
    reason: z.enum(['customerNotFound', 'paymentMethodNotFound', 'notAttachedToCustomer', 'invalidRequest']),
    stripeCode: z.string().nullable(),
    evidence,
  }),
  DefaultPaymentMethodOutcomeUnknown: z.object({ ...ofDefault, cause: unknownCause, evidence }),
  CustomerDeleted: z.object({ customerId, evidence }),
  CustomerForgotten: z.object({ customer }),
} satisfies { [Type in CustomerEvent['type']]: z.ZodType<Extract<CustomerEvent, { type: Type }>['data']> };

const setupSchemas = {
  SetupRequested: z.object({
    attemptId,
    customer,
    usage: z.enum(['off_session', 'on_session']),
    paymentMethodTypes: z.array(z.string()).nullable(),
    ...keyed,
  }),
  SetupBegun: z.object({ attemptId, setupIntentId, evidence }),
  SetupRejected: z.object({
    attemptId,
    reason: z.enum(['customerNotFound', 'invalidRequest']),
    stripeCode: z.string().nullable(),
    evidence,
  }),
  SetupOutcomeUnknown: z.object({ attemptId, cause: unknownCause, evidence }),
  SetupSucceeded: z.object({ attemptId, setupIntentId, paymentMethodId, evidence }),
} satisfies { [Type in SetupEvent['type']]: z.ZodType<Extract<SetupEvent, { type: Type }>['data']> };

export const customerEventTypes: Readonly<Record<CustomerEvent['type'], EventType>> = {
  DefaultPaymentMethodWished: first(customerSchemas.DefaultPaymentMethodWished),
  DefaultPaymentMethodRequested: first(customerSchemas.DefaultPaymentMethodRequested),
  DefaultPaymentMethodSet: first(customerSchemas.DefaultPaymentMethodSet),
  DefaultPaymentMethodRejected: first(customerSchemas.DefaultPaymentMethodRejected),
  DefaultPaymentMethodOutcomeUnknown: first(customerSchemas.DefaultPaymentMethodOutcomeUnknown),
  CustomerDeleted: first(customerSchemas.CustomerDeleted),
  CustomerForgotten: first(customerSchemas.CustomerForgotten),
};

export const setupEventTypes: Readonly<Record<SetupEvent['type'], EventType>> = {
  SetupRequested: first(setupSchemas.SetupRequested),
  SetupBegun: first(setupSchemas.SetupBegun),
  SetupRejected: first(setupSchemas.SetupRejected),
  SetupOutcomeUnknown: first(setupSchemas.SetupOutcomeUnknown),
  SetupSucceeded: first(setupSchemas.SetupSucceeded),
};

/** Every type of event this module has ever written, with its versions. */
export const eventTypes: Readonly<Record<TrailEvent['type'], EventType>> = {
  ...paymentMethodEventTypes,
  ...customerEventTypes,
  ...setupEventTypes,
};

function first(schema: z.ZodType): EventType {
  return { version: 1, schema, upcasters: [] };
}
