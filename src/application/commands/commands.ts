import * as z from 'zod';
import type { AttemptId, CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isTestAlias } from '../../domain/identifiers.ts';
import type { CallContext, KnownContext } from './commandParts.ts';
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

/** Exactly one of `customer` and `customerAccount`. */
export type AttachInput = CallContext & {
  /** `pm_…`, or a legacy `card_…`, `src_…` or `ba_…` */
  readonly paymentMethodId: string;
  /** `cus_…` */
  readonly customer?: string | undefined;
  /** `acct_…`, an Account that acts as a customer */
  readonly customerAccount?: string | undefined;
  /** The caller's own idempotency key: up to 100 letters, digits and `._:-`. Made if absent. */
  readonly attemptId?: string | undefined;
  /** also make it the customer's default for invoices, once it is attached; with `customer` alone */
  readonly setAsDefault?: boolean | undefined;
};

/** What to detach, for good, and as which attempt. Checked before anything is sent: `INVALID_COMMAND`. */
export type DetachInput = CallContext & {
  readonly paymentMethodId: string;
  /** The caller's own idempotency key: up to 100 letters, digits and `._:-`. Made if absent. */
  readonly attemptId?: string | undefined;
};

/** What to look after. Checked before anything is sent: `INVALID_COMMAND`. */
export type ReconcileInput = CallContext & {
  readonly paymentMethodId: string;
  /** needed for a test alias such as `pm_card_visa`, where each attempt is its own story */
  readonly attemptId?: string | undefined;
};

/** A point of a story: a version of its stream (0: before it began), a position of the trail (likewise), or an instant. */
export type AsOf = { readonly version: number } | { readonly position: number } | Date;

/** Of which story to tell, and as of when. */
export type HistoryOptions = {
  /** the payment method as it was at a version of its stream, a position of the trail, or an instant; now if absent */
  readonly asOf?: AsOf | undefined;
  /** needed for a test alias such as `pm_card_visa` */
  readonly attemptId?: string | undefined;
};

export type ParsedAttach = {
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  readonly attemptId: AttemptId;
  readonly setAsDefault: boolean;
  readonly context: KnownContext;
};

function namesAttemptOfAlias(input: {
  readonly paymentMethodId: PaymentMethodId;
  readonly attemptId?: unknown;
}): boolean {
  return !isTestAlias(input.paymentMethodId) || input.attemptId !== undefined;
}
const aliasProblem = {
  error: 'is needed with a test alias, where each attempt is its own story',
  path: ['attemptId'],
};

const attachSchema = z
  .strictObject({
    paymentMethodId,
    customer,
    customerAccount,
    attemptId: attemptId.optional(),
    setAsDefault: z.boolean().optional(),
    ...contextShape,
  })
  .refine(hasOneCustomer, customerProblem)
  .refine(({ setAsDefault, customer }) => setAsDefault !== true || customer !== undefined, {
    error: 'is for a customer (cus_…) alone: an account has no invoice settings',
    path: ['setAsDefault'],
  });

const detachSchema = z
  .strictObject({ paymentMethodId, attemptId: attemptId.optional(), ...contextShape })
  .refine(({ paymentMethodId: id }) => !isTestAlias(id), {
    error: 'is a test alias; give the id that Stripe made of it, which attach answered',
    path: ['paymentMethodId'],
  });

const reconcileSchema = z
  .strictObject({ paymentMethodId, attemptId: attemptId.optional(), ...contextShape })
  .refine(namesAttemptOfAlias, aliasProblem);

const wholeNumber = z.int().min(0, { error: 'must be a whole number from 0' });
export const asOf = z.union(
  [z.date(), z.strictObject({ version: wholeNumber }), z.strictObject({ position: wholeNumber })],
  { error: 'must be a valid Date, { version } or { position } with a whole number from 0' },
);
const historySchema = z
  .strictObject({ paymentMethodId, attemptId: attemptId.optional(), asOf: asOf.optional() })
  .refine(namesAttemptOfAlias, aliasProblem);

/** Untrusted input to a command, or `INVALID_COMMAND` naming the field; before any I/O. */
export function parseAttach(input: unknown, makeAttemptId: () => string): ParsedAttach {
  const parsed = parse('attach', attachSchema, input);
  const id = parsed.attemptId ?? parse('attach', attemptId, makeAttemptId());
  return {
    paymentMethodId: parsed.paymentMethodId,
    customer: customerReference(parsed.customer ?? parsed.customerAccount ?? ''),
    attemptId: id,
    setAsDefault: parsed.setAsDefault ?? false,
    context: contextOf(parsed, id),
  };
}

/** As `parseAttach`, for `detach`. */
export function parseDetach(input: unknown, makeAttemptId: () => string) {
  const parsed = parse('detach', detachSchema, input);
  const id = parsed.attemptId ?? parse('detach', attemptId, makeAttemptId());
  return { paymentMethodId: parsed.paymentMethodId, attemptId: id, context: contextOf(parsed, id) };
}

/** As `parseAttach`, for `reconcile`. */
export function parseReconcile(input: unknown) {
  return parse('reconcile', reconcileSchema, input);
}

/** As `parseAttach`, for `history`. */
export function parseHistory(input: unknown) {
  return parse('history', historySchema, input);
}
