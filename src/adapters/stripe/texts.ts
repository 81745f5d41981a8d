import { holdsSecret } from './secrets.ts';

/** Postgres stores no NUL, and UTF-8 has no bytes for half a surrogate pair. */
const storable = /^[^\p{Cc}\p{Cs}]*$/u;

const requestIdPattern = /^[A-Za-z0-9_-]{1,255}$/;

/** True for text that every trail can keep, and that is no key or secret. */
export function isKeepable(text: string): boolean {
  return storable.test(text) && !holdsSecret(text);
}

/** True for text of the form that Stripe's request ids have; a key or secret in its place is not kept. */
export function isRequestId(text: unknown): text is string {
  return typeof text === 'string' && requestIdPattern.test(text) && !holdsSecret(text);
}
