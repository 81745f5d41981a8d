import * as z from 'zod';
import { isCustomerId, isTestAlias } from '../../domain/identifiers.ts';
import type { CustomerId } from '../../domain/identifiers.ts';
import type { CallContext } from './commandParts.ts';
import {
  attemptId,
  contextOf,
  contextShape,
  customer,
  customerAccount,
  customerProblem,
  customerReference,
  hasOneCustomer,
  parse,
  paymentMethodId,
} from './commandParts.ts';

/**
 * Which payment method is to be the customer's default for invoices. Checked before anything is sent:
 * `INVALID_COMMAND`.
 */
export type SetDefaultInput = CallContext & {
  /** `cus_…`; an account that acts as a customer has no invoice settings */
  readonly customer: string;
  readonly paymentMethodId: string;
  /** The caller's own idempotency key: up to 100 letters, digits and `._:-`. Made if absent. */
  readonly attemptId?: string | undefined;
};

/** Exactly one of `customer` and `customerAccount`. */
export type BeginSetupInput = CallContext & {
  readonly customer?: string | undefined;
  readonly customerAccount?: string | undefined;
  /** whether it will be charged without the customer present (`off_session`, if absent) */
  readonly usage?: 'off_session' | 'on_session' | undefined;
  /** which types the front end offers, such as `['card']`; Stripe chooses if absent */
  readonly paymentMethodTypes?: readonly string[] | undefined;
  /** The caller's own idempotency key: up to 100 letters, digits and `._:-`. Made if absent. */
  readonly attemptId?: string | undefined;
};

/** Exactly one of `customer` and `customerAccount`. */
export type ForgetCustomerInput = CallContext & {
  readonly customer?: string | undefined;
  readonly customerAccount?: string | undefined;
};

const ownCustomer = z.custom<CustomerId>((value) => typeof value === 'string' && isCustomerId(value), {
  error: 'must be a customer id: cus_, then up to 250 letters, digits or underscores',
});
const paymentMethodType = z.custom<string>((value) => typeof value === 'string' && /^[a-z0-9_]{1,50}$/.test(value), {
  error: "must be one of Stripe's types, such as card",
});

const setDefaultSchema = z
  .strictObject({ customer: ownCustomer, paymentMethodId, attemptId: attemptId.optional(), ...contextShape })
  .refine(({ paymentMethodId: id }) => !isTestAlias(id), {
    error: 'is a test alias; give the id that Stripe made of it, which attach answered',
    path: ['paymentMethodId'],
  });

const beginSetupSchema = z
  .strictObject({
    customer,
    customerAccount,
    usage: z.enum(['off_session', 'on_session'], { error: 'must be off_session or on_session' }).optional(),
    paymentMethodTypes: z.array(paymentMethodType).min(1, 'must name a type, or be left out').max(60).optional(),
    attemptId: attemptId.optional(),
    ...contextShape,
  })
  .refine(hasOneCustomer, customerProblem);

const forgetCustomerSchema = z
  .strictObject({ customer, customerAccount, ...contextShape })
  .refine(hasOneCustomer, customerProblem);

/** Untrusted input to a command, or `INVALID_COMMAND` naming the field; before any I/O. */
export function parseSetDefault(input: unknown, makeAttemptId: () => string) {
  const parsed = parse('setDefault', setDefaultSchema, input);
  const id = parsed.attemptId ?? parse('setDefault', attemptId, makeAttemptId());
  const { customer: customerId, paymentMethodId: wanted } = parsed;
  return { customerId, paymentMethodId: wanted, attemptId: id, context: contextOf(parsed, id) };
}

/** As `parseSetDefault`, for `beginSetup`. */
export function parseBeginSetup(input: unknown, makeAttemptId: () => string) {
  const parsed = parse('beginSetup', beginSetupSchema, input);
  const id = parsed.attemptId ?? parse('beginSetup', attemptId, makeAttemptId());
  const { usage = 'off_session', paymentMethodTypes = null } = parsed;
  const reference = customerReference(parsed.customer ?? parsed.customerAccount ?? '');
  return { customer: reference, usage, paymentMethodTypes, attemptId: id, context: contextOf(parsed, id) };
}

/** As `parseSetDefault`, for `forgetCustomer`. */
export function parseForgetCustomer(input: unknown) {
  const { actor, correlationId, causationId, ...named } = parse('forgetCustomer', forgetCustomerSchema, input);
  const reference = customerReference(named.customer ?? named.customerAccount ?? '');
  return {
    customer: reference,
    context: { actor, correlationId: correlationId ?? `forget-${reference.id}`, causationId },
  };
}
