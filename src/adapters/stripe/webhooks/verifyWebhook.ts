import { isUtf8 } from 'node:buffer';
import { isUint8Array } from 'node:util/types';
import { PaymentMethodsError } from '../../../application/errors.ts';
import type { WebhookEvent } from './event.ts';
import { parseEvent } from './event.ts';
import { isSignedWith, parseSignature } from './signature.ts';

/** A webhook as it arrived, and what proves it to be Stripe's. */
export type WebhookDelivery = {
  /** the body as it arrived, not parsed and written again: the signature is over its bytes */
  readonly rawBody: Uint8Array | string;
  /** the header `Stripe-Signature` */
  readonly signature: string | readonly string[] | null | undefined;
  /** the endpoint's signing secrets (`whsec_…`): two while one is being rolled */
  readonly secrets: readonly string[];
  /** the machine's clock where absent */
  readonly now?: Date | undefined;
};

/** What is wrong with a delivery, as `details.problem` of a `WEBHOOK_INVALID`. */
export type WebhookProblem =
  | 'signatureMissing'
  | 'signatureMalformed'
  | 'signatureMismatch'
  | 'tooOld'
  | 'inTheFuture'
  | 'notAnEvent'
  | 'unreadable';

/** Stripe's own tolerance, as its SDKs have it. */
const maxAgeSeconds = 300;
/** A clock that is this far behind Stripe's is still taken for right. */
const maxAheadSeconds = 60;

const secretPattern = /^[\x21-\x7e]{1,500}$/;

const advice: Readonly<Record<Exclude<WebhookProblem, 'unreadable'>, string>> = {
  signatureMissing: 'it has no Stripe-Signature header. Only Stripe should know this address; pass the header on.',
  signatureMalformed: 'its Stripe-Signature header is not of the form t=…,v1=….',
  signatureMismatch:
    'no signature fits it. Check that the secret is this very endpoint’s (whsec_…), of the right mode, and that the body ' +
    'is passed as it arrived, before any JSON parser.',
  tooOld: `it was signed more than ${maxAgeSeconds} s ago: a replay, or a clock that is ahead. Stripe signs every retry anew.`,
  inTheFuture: `it was signed more than ${maxAheadSeconds} s ahead of this clock. Set the clock right.`,
  notAnEvent:
    'it is signed, but is no snapshot event. Send thin events (v2) to another endpoint; this one takes events of /v1.',
};

/**
 * The event that Stripe delivered, proved to be Stripe's and fresh. Throws `WEBHOOK_INVALID` (to be answered with a 400)
 * for anything else, and `GATEWAY_MISCONFIGURED` for secrets that cannot be right; no error holds the body or a secret.
 * https://docs.stripe.com/webhooks/signature
 */
export function verifyWebhook({ rawBody, signature, secrets, now = new Date() }: WebhookDelivery): WebhookEvent {
  checkSecrets(secrets);
  const nowSeconds = secondsOf(now);
  const header = typeof signature === 'string' ? signature : (signature?.join(',') ?? '');
  if (header === '') throw invalid('signatureMissing');
  const parsed = parseSignature(header);
  if (parsed === null) throw invalid('signatureMalformed');
  const bytes = bytesOf(rawBody);
  // Every secret is tried, so that the time taken does not tell which one fits.
  const fitting = secrets.filter((secret) => isSignedWith(secret, parsed, bytes));
  if (fitting.length === 0) throw invalid('signatureMismatch');
  const ageSeconds = nowSeconds - Number(parsed.timestamp);
  if (ageSeconds > maxAgeSeconds) throw invalid('tooOld', { ageSeconds });
  if (ageSeconds < -maxAheadSeconds) throw invalid('inTheFuture', { ageSeconds });
  const event = parseEvent(parseJson(bytes));
  if (event === null) throw invalid('notAnEvent');
  return event;
}

function bytesOf(rawBody: unknown): Uint8Array {
  if (typeof rawBody === 'string') return Buffer.from(rawBody, 'utf8');
  if (isUint8Array(rawBody)) return rawBody;
  throw misconfigured(
    'rawBody is neither bytes nor text: a JSON parser has been at it already. Give the body as it arrived (express.raw, ' +
      'fastify’s rawBody, await request.text()).',
  );
}

/** Throws `GATEWAY_MISCONFIGURED` for secrets that cannot be right, never with one in it. */
export function checkSecrets(secrets: readonly string[]): void {
  const isUsable = (secret: unknown) => typeof secret === 'string' && secretPattern.test(secret);
  if (Array.isArray(secrets) && secrets.length > 0 && secrets.every(isUsable)) return;
  // An empty secret is one that anybody can sign with.
  throw misconfigured(
    'secrets must be a list of one or more signing secrets of a webhook (whsec_…), none of them empty, without spaces or line breaks.',
  );
}

function secondsOf(now: Date): number {
  const seconds = Math.floor(now.getTime() / 1000);
  // No delivery is too old for a clock that is no number.
  if (Number.isNaN(seconds))
    throw misconfigured('now, the instant to measure the age of a webhook at, is an invalid date.');
  return seconds;
}

function parseJson(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

function invalid(problem: keyof typeof advice, found: { readonly ageSeconds?: number } = {}): PaymentMethodsError {
  const details = { problem, ...found };
  return new PaymentMethodsError('WEBHOOK_INVALID', `A webhook delivery was refused: ${advice[problem]}`, { details });
}

function misconfigured(message: string): PaymentMethodsError {
  return new PaymentMethodsError('GATEWAY_MISCONFIGURED', message);
}
