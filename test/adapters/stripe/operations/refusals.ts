import type { Script } from '../scriptedServer.ts';
import { json, text } from '../scriptedServer.ts';
import { stripeError, stripePaymentMethod } from '../samples.ts';

type Row = readonly [title: string, script: Script, cause: string];

export const invalid = (error: Record<string, unknown> = {}) =>
  stripeError({ type: 'invalid_request_error', ...error });
const apiError = stripeError({ type: 'api_error' });
/** What Stripe saved under the key, it says not to ask for again. */
const saved = { 'stripe-should-retry': 'false' };

/** What no operation may take for an answer. */
const unsettled: readonly Row[] = [
  ['409', json(409, invalid({ code: 'idempotency_key_in_use' })), 'stillProcessing'],
  ['429', json(429, invalid({ code: 'rate_limit' })), 'rateLimited'],
  ['500', json(500, apiError), 'serverError'],
  ['500 without JSON', text(500, 'oops'), 'connectionLost'],
  ['502', json(502, apiError), 'connectionLost'],
  ['502 that was saved', json(502, apiError, saved), 'serverError'],
  ['502 that was saved, without JSON', text(502, '<html>', saved), 'connectionLost'],
  ['505', json(505, apiError), 'unexpectedAnswer'],
  ['505 that was saved', json(505, apiError, saved), 'serverError'],
  ['424', json(424, apiError), 'serverError'],
  ['424 that was saved', json(424, apiError, saved), 'serverError'],
  ['424 without JSON', text(424, 'oops'), 'unexpectedAnswer'],
  ['404 without JSON', text(404, 'Not Found'), 'unexpectedAnswer'],
  ['200 without JSON', text(200, '<html>'), 'unexpectedAnswer'],
  ['200 with another kind of object', json(200, { ...stripePaymentMethod(), object: 'hologram' }), 'unexpectedAnswer'],
  ['204', text(204, ''), 'unexpectedAnswer'],
  ['302', text(302, '', { location: 'https://example.com/' }), 'unexpectedAnswer'],
];

/** Of what changes something, a 400 without a code may mean more than one thing; the rest means nothing we know. */
export const unsettledChanges: readonly Row[] = [
  ...unsettled,
  ['400 without a code', json(400, invalid()), 'refusedWithoutCode'],
  ['400 with a code that is free text', json(400, invalid({ code: 'No, Jo!' })), 'refusedWithoutCode'],
  ['idempotency_error', json(400, stripeError({ type: 'idempotency_error' })), 'unexpectedAnswer'],
  ['404 without a code', json(404, invalid()), 'unexpectedAnswer'],
];

export const unsettledLooks: readonly Row[] = [
  ...unsettled,
  ['400 without a code', json(400, invalid()), 'unexpectedAnswer'],
  ['404 with another code', json(404, invalid({ code: 'odd' })), 'unexpectedAnswer'],
];

export const missing = (param?: string) =>
  invalid({ code: 'resource_missing', ...(param === undefined ? {} : { param }) });
