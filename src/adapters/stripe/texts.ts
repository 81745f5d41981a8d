import { holdsSecret } from './secrets.ts';

/** Text that every trail can keep: Postgres stores no NUL, and UTF-8 has no bytes for half a surrogate pair. */
export const keepable = /^[^\p{Cc}\p{Cs}]*$/u;

const requestIdPattern = /^[A-Za-z0-9_-]{1,255}$/;

/** True for text of the form that Stripe's request ids have; a key or secret in its place is not kept. */
export function isRequestId(text: unknown): text is string {
  return typeof text === 'string' && requestIdPattern.test(text) && !holdsSecret(text);
}
