import { z } from 'zod';
import type { AttachRequest } from '../../application/ports/paymentMethodGateway.ts';
import type { Answer, LookUp } from '../../domain/answers.ts';
import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isAccountId, isCustomerId, isPaymentMethodId, isTestAlias } from '../../domain/identifiers.ts';
import type { RejectionReason, UnknownCause } from '../../domain/paymentMethod.ts';
import type { FaultCode } from './faults.ts';
import type { StripePaymentMethod } from './paymentMethodSchema.ts';
import { paymentMethodSchema, summarise } from './paymentMethodSchema.ts';

/** A whole response. `body` is `undefined` when it is not JSON. */
export type Answered = { readonly status: number; readonly body: unknown };

/** What a response comes to: something known, something unknown, or a fault of ours. */
export type Verdict<Known> =
  | { readonly verdict: 'known'; readonly known: Known }
  | { readonly verdict: 'unknown'; readonly cause: UnknownCause }
  | { readonly verdict: 'fault'; readonly code: FaultCode };

type KnownAnswer = Exclude<Answer, { answer: 'unknown' }>;
type KnownLook = Exclude<LookUp, { look: 'unknown' }>;

// A code that is not of this form is not kept: it would be free text in the trail.
const code = z
  .string()
  .regex(/^[a-z0-9_]{1,100}$/)
  .nullish()
  .catch(null)
  .transform((kept) => kept ?? null);
const text = z.string().nullish().catch(null);
const errorSchema = z.object({ error: z.object({ type: text, code, decline_code: code, param: text }) });
type StripeError = z.output<typeof errorSchema>['error'];

/** Reads the response to an attach, by its status and its parsed body alone. Never throws. */
export function readAttach(request: AttachRequest, { status, body }: Answered): Verdict<KnownAnswer> {
  if (status === 200) return readEcho(request, body);
  const settled = readStatus(status, body);
  if (settled !== null) return settled;
  const error = parseError(status, body);
  return error === null ? unknown('unexpectedAnswer') : readRefusal(status, error);
}

/** Reads the response to a look at a payment method. Never throws. */
export function readLookUp(asked: PaymentMethodId, { status, body }: Answered): Verdict<KnownLook> {
  if (status === 200) return readFound(asked, body);
  const settled = readStatus(status, body);
  if (settled !== null) return settled;
  return status === 404 && parseError(status, body)?.code === 'resource_missing'
    ? known({ look: 'notFound' })
    : unknown('unexpectedAnswer');
}

function readEcho(request: AttachRequest, body: unknown): Verdict<KnownAnswer> {
  const { data: echo } = paymentMethodSchema.safeParse(body);
  if (echo === undefined) return unknown('unexpectedAnswer');
  const { customer } = request;
  const paymentMethodId = echoedId(request.paymentMethodId, echo);
  const echoedCustomer = customer.kind === 'customer' ? echo.customer : echo.customer_account;
  if (paymentMethodId === null || echoedCustomer !== customer.id) return unknown('unexpectedEcho');
  return known({ answer: 'attached', paymentMethod: summarise(echo, paymentMethodId, customer) });
}

function readFound(asked: PaymentMethodId, body: unknown): Verdict<KnownLook> {
  const { data: found } = paymentMethodSchema.safeParse(body);
  if (found === undefined) return unknown('unexpectedAnswer');
  const paymentMethodId = echoedId(asked, found);
  if (paymentMethodId === null) return unknown('unexpectedEcho');
  const customer = customerOf(found);
  if (customer === undefined) return unknown('unexpectedAnswer');
  return known({ look: 'found', paymentMethod: summarise(found, paymentMethodId, customer) });
}

/** The id Stripe answered with, if it can be the one asked for. A test alias is answered with a new payment method. */
function echoedId(asked: PaymentMethodId, { id }: StripePaymentMethod): PaymentMethodId | null {
  if (id === asked) return asked;
  return isTestAlias(asked) && id.startsWith('pm_') && isPaymentMethodId(id) ? id : null;
}

/** Whom it is attached to, null for nobody; undefined when it names two or none that we can tell. */
function customerOf({
  customer,
  customer_account: account,
}: StripePaymentMethod): CustomerReference | null | undefined {
  if (customer === null && account === null) return null;
  if (account === null)
    return customer !== null && isCustomerId(customer) ? { kind: 'customer', id: customer } : undefined;
  return customer === null && isAccountId(account) ? { kind: 'customerAccount', id: account } : undefined;
}

/** What the status alone decides, whatever was asked. */
function readStatus(status: number, body: unknown): Verdict<never> | null {
  if (status === 401) return { verdict: 'fault', code: 'GATEWAY_UNAUTHORIZED' };
  if (status === 403) return { verdict: 'fault', code: 'GATEWAY_FORBIDDEN' };
  if (status === 409) return unknown('stillProcessing');
  if (status === 429) return unknown('rateLimited');
  if (status < 500) return null;
  // Without JSON it was an edge that answered, and behind it the request may still be running.
  if (body === undefined || (status >= 502 && status <= 504)) return unknown('connectionLost');
  return unknown(status === 500 ? 'serverError' : 'unexpectedAnswer');
}

/** What Stripe says no with (https://docs.stripe.com/error-codes). */
function readRefusal(status: number, error: StripeError): Verdict<KnownAnswer> {
  if (error.type === 'idempotency_error') return unknown('unexpectedAnswer');
  if (status === 402 || error.type === 'card_error') return rejected('cardDeclined', error);
  if (error.code === 'resource_missing') {
    if (error.param === 'customer' || error.param === 'customer_account') return rejected('customerNotFound', error);
    if (status === 404 || error.param === 'payment_method') return rejected('paymentMethodNotFound', error);
  }
  if (error.code === 'customer_max_payment_methods') return rejected('customerLimitReached', error);
  if (status !== 400 || error.type !== 'invalid_request_error') return unknown('unexpectedAnswer');
  return error.code === null ? unknown('refusedWithoutCode') : rejected('invalidRequest', error);
}

function parseError(status: number, body: unknown): StripeError | null {
  if (status < 400) return null;
  return errorSchema.safeParse(body).data?.error ?? null;
}

function known<Known>(value: Known): Verdict<Known> {
  return { verdict: 'known', known: value };
}

function unknown(cause: UnknownCause): Verdict<never> {
  return { verdict: 'unknown', cause };
}

function rejected(reason: RejectionReason, error: StripeError): Verdict<KnownAnswer> {
  return known({ answer: 'rejected', reason, stripeCode: error.code, declineCode: error.decline_code });
}
