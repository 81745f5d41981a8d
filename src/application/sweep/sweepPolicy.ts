import { PaymentMethodsError } from '../errors.ts';

/** How fast and how far a sweep goes. Times are in milliseconds. */
export type SweepPolicy = {
  /** how many requests a second a sweep may make, of the 100 that Stripe lets a live account make (a sandbox: 25) */
  readonly requestsPerSecond: number;
  /** how many customers one pass over the account reads, unless events were missed: then it reads all */
  readonly customersPerPass: number;
  /** how far before the last pass the next one begins to read events: they may come to light late */
  readonly overlapMs: number;
  /** for how long a pass holds others off without a sign of life */
  readonly leaseMs: number;
};

/** A quarter of a live account's requests, a hundred customers in a pass. */
export const defaultSweepPolicy: SweepPolicy = {
  requestsPerSecond: 25,
  customersPerPass: 100,
  overlapMs: 10 * 60_000,
  leaseMs: 60_000,
};

/** The policy with its blanks filled in. Throws `INVALID_OPTIONS`. */
export function sweepPolicy(given: Partial<SweepPolicy> = {}): SweepPolicy {
  const policy = { ...defaultSweepPolicy, ...given };
  for (const [name, value] of Object.entries(policy)) {
    const isRight =
      name === 'requestsPerSecond' ? value > 0 && value <= 1000 : Number.isSafeInteger(value) && value > 0;
    if (!isRight)
      throw new PaymentMethodsError('INVALID_OPTIONS', `sweep.${name} is ${String(value)}; it must be more than 0.`);
  }
  return policy;
}
