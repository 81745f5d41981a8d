import * as z from 'zod';
import type { AttemptId, CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isAccountId, isAttemptId, isCustomerId, isPaymentMethodId } from '../../domain/identifiers.ts';
import { PaymentMethodsError } from '../errors.ts';

/** Who asked, and in the course of what: rides in every event's metadata, unseen by the domain. */
export type CallContext = {
  /** a user id, a service's name: a pseudonym, never a name or an address */
  readonly actor: string;
  /** what ties the events of one business operation together; the attempt's id if absent */
  readonly correlationId?: string | undefined;
  /** the id of the message or event that led to this call */
  readonly causationId?: string | undefined;
};

/** A call's context once its blanks are filled in. */
export type KnownContext = {
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string | undefined;
};

export const paymentMethodId = z.custom<PaymentMethodId>(
  (value) => typeof value === 'string' && isPaymentMethodId(value),
  {
    error: 'must be a payment method id: pm_, card_, src_ or ba_, then up to 250 letters, digits or underscores',
  },
);
export const attemptId = z.custom<AttemptId>((value) => typeof value === 'string' && isAttemptId(value), {
  error: 'must be 1 to 100 letters, digits or any of . _ : -',
});
const contextText = z.custom<string>((value) => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(value), {
  error: 'must be given as 1 to 200 characters, none of them a control character',
});
export const contextShape = {
  actor: contextText,
  correlationId: contextText.optional(),
  causationId: contextText.optional(),
};

export const customer = z
  .custom<string>((value) => typeof value === 'string' && isCustomerId(value), {
    error:
      'must be a customer id: cus_, then up to 250 letters, digits or underscores (an acct_… goes into customerAccount)',
  })
  .optional();
export const customerAccount = z
  .custom<string>((value) => typeof value === 'string' && isAccountId(value), {
    error: 'must be an account id: acct_, then up to 250 letters, digits or underscores',
  })
  .optional();

/** For a schema with both `customer` and `customerAccount`. */
export function hasOneCustomer(input: { readonly customer?: unknown; readonly customerAccount?: unknown }): boolean {
  return (input.customer === undefined) !== (input.customerAccount === undefined);
}
export const customerProblem = { error: 'give exactly one of customer and customerAccount', path: ['customer'] };

/** The reference that an id stands for, which passed its schema. */
export function customerReference(id: string): CustomerReference {
  if (isCustomerId(id)) return { kind: 'customer', id };
  if (isAccountId(id)) return { kind: 'customerAccount', id };
  throw new TypeError('a customer id that passed its schema matches no pattern');
}

/** The call's context, correlated by the attempt where the caller said nothing else. */
export function contextOf(
  {
    actor,
    correlationId,
    causationId,
  }: { actor: string; correlationId?: string | undefined; causationId?: string | undefined },
  attemptId: AttemptId,
): KnownContext {
  return { actor, correlationId: correlationId ?? attemptId, causationId };
}

/** The message names fields and what they must be, and never repeats a value: it may be a secret put in the wrong place. */
export function parse<Schema extends z.ZodType>(call: string, schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ field: fieldName(key), problem: `is not a field of ${call}` }))
      : [
          {
            field: issue.path.join('.') || 'input',
            problem: issue.path.length === 0 ? 'must be an object' : issue.message,
          },
        ],
  );
  const fields = problems.map(({ field }) => field);
  const message = problems.map(({ field, problem }) => `${field}: ${problem}`).join('; ');
  throw new PaymentMethodsError('INVALID_COMMAND', `${call}: ${message}`, { details: { call, fields } });
}

function fieldName(key: string): string {
  return /^(?!sk_|rk_|whsec_)[A-Za-z_]{1,50}$/.test(key) ? key : 'a name no field has';
}
