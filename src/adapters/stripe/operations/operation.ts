import type { EvidenceSource } from '../../../domain/evidence.ts';
import { checkHeaderText } from '../options.ts';
import type { Verdict } from '../verdict.ts';

/** A whole response. */
export type Answered = {
  readonly status: number;
  /** `Stripe-Should-Retry`; null when absent. False: this outcome is saved under its key. */
  readonly shouldRetry: boolean | null;
  /** the parsed JSON; `undefined` when it is not JSON */
  readonly body: unknown;
};

/** One thing to ask of Stripe: what to send, and how to read what comes back. `read` never throws. */
export type Operation<Known> = {
  readonly method: 'GET' | 'POST';
  /** with its query */
  readonly path: string;
  /** names and values in turn; those of the gateway itself are added to them */
  readonly headers: readonly string[];
  /** null for a GET */
  readonly body: string | null;
  /** what its answer is evidence of */
  readonly source: EvidenceSource;
  readonly read: (answered: Answered) => Verdict<Known>;
};

/** A request that changes something: a form under a key, the same bytes on every try. Throws `GATEWAY_MISCONFIGURED`. */
export function keyedPost<Known>(
  { idempotencyKey, apiVersion }: { readonly idempotencyKey: string; readonly apiVersion: string },
  path: string,
  body: string,
  read: Operation<Known>['read'],
): Operation<Known> {
  const headers = [
    'content-type',
    'application/x-www-form-urlencoded',
    'stripe-version',
    checkHeaderText('apiVersion', apiVersion),
    'idempotency-key',
    checkHeaderText('idempotencyKey', idempotencyKey),
  ];
  return { method: 'POST', path, headers, body, source: 'response', read };
}

/** A request that changes nothing, and so needs no key. */
export function get<Known>(
  apiVersion: string,
  path: string,
  read: Operation<Known>['read'],
  source: EvidenceSource = 'readBack',
): Operation<Known> {
  return { method: 'GET', path, headers: ['stripe-version', apiVersion], body: null, source, read };
}
