import * as z from 'zod';
import { holdsSecret } from '../secrets.ts';
import type { Verdict } from '../verdict.ts';
import { fault, known, unknown } from '../verdict.ts';
import type { Answered } from './operation.ts';

/** Stripe's error, reduced to what is branched on or kept. */
export type StripeError = {
  readonly type: string | null;
  readonly code: string | null;
  readonly declineCode: string | null;
  readonly param: string | null;
};

// A code that is not of this form is not kept: it would be free text in the trail.
const code = z
  .string()
  .regex(/^[a-z0-9_]{1,100}$/)
  .refine((found) => !holdsSecret(found))
  .nullish()
  .catch(null);
const text = z.string().nullish().catch(null);
const envelope = z.object({ error: z.object({ type: text, code, decline_code: code, param: text }) });

type Rejected<Reason extends string> = {
  readonly answer: 'rejected';
  readonly reason: Reason;
  readonly stripeCode: string | null;
};

/** What the head alone decides, whatever was asked; null where it decides nothing. */
function readHead(answered: Answered): Verdict<never> | null {
  const { status, body } = answered;
  if (status === 401) return fault('GATEWAY_UNAUTHORIZED');
  if (status === 403) return fault('GATEWAY_FORBIDDEN');
  if (status === 409) return unknown('stillProcessing');
  if (status === 429) return unknown('rateLimited');
  if (isSavedFailure(answered)) return unknown('serverError');
  if (status < 500) return null;
  // Without JSON it was an edge that answered, and behind it the request may still be running.
  if (body === undefined || (status >= 502 && status <= 504)) return unknown('connectionLost');
  return unknown('unexpectedAnswer');
}

/**
 * True of a failure that Stripe keeps under the key, so that the key will never bring anything else: a 500, a 424 (of
 * what Stripe depends on), and every other one that it marks so (https://docs.stripe.com/error-low-level).
 */
function isSavedFailure({ status, body, shouldRetry }: Answered): boolean {
  if (body === undefined) return false;
  return status === 500 || status === 424 || (status > 500 && shouldRetry === false);
}

/**
 * What Stripe says no with (https://docs.stripe.com/error-codes). `refusal` names the reasons of one operation; null
 * leaves an error to the rules that hold for all.
 */
export function readRefusal<Reason extends string>(
  answered: Answered,
  refusal: (error: StripeError, status: number) => Reason | null,
): Verdict<Rejected<Reason | 'invalidRequest'>> {
  const settled = readHead(answered);
  if (settled !== null) return settled;
  const { status } = answered;
  const error = parseError(answered);
  if (error === null || error.type === 'idempotency_error') return unknown('unexpectedAnswer');
  const rejected = <Known extends string>(reason: Known): Verdict<Rejected<Known>> =>
    known({ answer: 'rejected', reason, stripeCode: error.code });
  const reason = refusal(error, status);
  if (reason !== null) return rejected(reason);
  if (status !== 400 || error.type !== 'invalid_request_error') return unknown('unexpectedAnswer');
  return error.code === null ? unknown('refusedWithoutCode') : rejected('invalidRequest');
}

/** A look that found nothing to read: not there, or unknown. `missing` says which parameter is the one looked for. */
export function readNotFound(answered: Answered, missing: readonly string[]): Verdict<{ readonly look: 'notFound' }> {
  const settled = readHead(answered);
  if (settled !== null) return settled;
  const error = parseError(answered);
  if (error?.code !== 'resource_missing') return unknown('unexpectedAnswer');
  const isTheOne = answered.status === 404 || (error.param !== null && missing.includes(error.param));
  return isTheOne ? known({ look: 'notFound' }) : unknown('unexpectedAnswer');
}

/** The error of a 4xx, if it is Stripe that speaks. */
export function parseError({ status, body }: Answered): StripeError | null {
  if (status < 400) return null;
  const error = envelope.safeParse(body).data?.error;
  if (error === undefined) return null;
  const { type = null, code: errorCode = null, decline_code: declineCode = null, param = null } = error;
  return { type, code: errorCode, declineCode, param };
}
