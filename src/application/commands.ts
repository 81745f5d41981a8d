import { z } from 'zod';
import type { AttemptId, CustomerReference, PaymentMethodId } from '../domain/identifiers.ts';
import { isAccountId, isAttemptId, isCustomerId, isPaymentMethodId, isTestAlias } from '../domain/identifiers.ts';
import { PaymentMethodsError } from './errors.ts';

/** Who asked, and in the course of what: rides in every event's metadata, unseen by the domain. */
export type CallContext = {
  /** a user id, a service's name: a pseudonym, never a name or an address */
  readonly actor: string;
  /** what ties the events of one business operation together; the attempt's id if absent */
  readonly correlationId?: string | undefined;
  /** the id of the message or event that led to this call */
  readonly causationId?: string | undefined;
};

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
};

export type ReconcileInput = CallContext & {
  readonly paymentMethodId: string;
  /** needed for a test alias such as `pm_card_visa`, where each attempt is its own story */
  readonly attemptId?: string | undefined;
};

export type AsOf = { readonly version: number } | { readonly position: number } | Date;

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
  readonly context: KnownContext;
};

/** A call's context once its blanks are filled in. */
export type KnownContext = {
  readonly actor: string;
  readonly correlationId: string;
  readonly causationId: string | undefined;
};

const paymentMethodId = z.custom<PaymentMethodId>((value) => typeof value === 'string' && isPaymentMethodId(value), {
  error: 'must be a payment method id: pm_, card_, src_ or ba_, then up to 250 letters, digits or underscores',
});
const attemptId = z.custom<AttemptId>((value) => typeof value === 'string' && isAttemptId(value), {
  error: 'must be 1 to 100 letters, digits or any of . _ : -',
});
const contextText = z.custom<string>((value) => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]{1,200}$/u.test(value), {
  error: 'must be given as 1 to 200 characters, none of them a control character',
});
const contextShape = {
  actor: contextText,
  correlationId: contextText.optional(),
  causationId: contextText.optional(),
};

const customer = z
  .custom<string>((value) => typeof value === 'string' && isCustomerId(value), {
    error:
      'must be a customer id: cus_, then up to 250 letters, digits or underscores (an acct_… goes into customerAccount)',
  })
  .optional();
const customerAccount = z
  .custom<string>((value) => typeof value === 'string' && isAccountId(value), {
    error: 'must be an account id: acct_, then up to 250 letters, digits or underscores',
  })
  .optional();

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
  .strictObject({ paymentMethodId, customer, customerAccount, attemptId: attemptId.optional(), ...contextShape })
  .refine((input) => (input.customer === undefined) !== (input.customerAccount === undefined), {
    error: 'give exactly one of customer and customerAccount',
    path: ['customer'],
  });

const reconcileSchema = z
  .strictObject({ paymentMethodId, attemptId: attemptId.optional(), ...contextShape })
  .refine(namesAttemptOfAlias, aliasProblem);

const wholeNumber = z.int().min(0);
const historySchema = z
  .strictObject({
    paymentMethodId,
    attemptId: attemptId.optional(),
    asOf: z
      .union([z.date(), z.strictObject({ version: wholeNumber }), z.strictObject({ position: wholeNumber })], {
        error: 'must be a valid Date, { version } or { position } with a whole number from 0',
      })
      .optional(),
  })
  .refine(namesAttemptOfAlias, aliasProblem);

/** Untrusted input to a command, or `INVALID_COMMAND` naming the field; before any I/O. */
export function parseAttach(input: unknown, makeAttemptId: () => string): ParsedAttach {
  const { actor, correlationId, causationId, ...parsed } = parse('attach', attachSchema, input);
  const id = parsed.attemptId ?? parse('attach', attemptId, makeAttemptId());
  return {
    paymentMethodId: parsed.paymentMethodId,
    customer: customerReference(parsed.customer ?? parsed.customerAccount ?? ''),
    attemptId: id,
    context: { actor, correlationId: correlationId ?? id, causationId },
  };
}

/** As `parseAttach`, for `reconcile`. */
export function parseReconcile(input: unknown) {
  return parse('reconcile', reconcileSchema, input);
}

/** As `parseAttach`, for `history`. */
export function parseHistory(input: unknown) {
  return parse('history', historySchema, input);
}

function customerReference(id: string): CustomerReference {
  if (isCustomerId(id)) return { kind: 'customer', id };
  if (isAccountId(id)) return { kind: 'customerAccount', id };
  throw new TypeError('a customer id that passed its schema matches no pattern');
}

/** The message names fields and what they must be, and never repeats a value: it may be a secret put in the wrong place. */
function parse<Schema extends z.ZodType>(call: string, schema: Schema, input: unknown): z.output<Schema> {
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
