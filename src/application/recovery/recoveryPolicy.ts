import { PaymentMethodsError } from '../errors.ts';

/** How recovery shares out its work, and when it calls a human. Times are in milliseconds. */
export type RecoveryPolicy = {
  /** how many streams are looked after at once */
  readonly concurrency: number;
  /** how long one is claimed for: a process that dies at it holds the others off no longer */
  readonly leaseMs: number;
  /** the longest time after which one that stays open is looked after again: a quarter of its age, up to this */
  readonly longestPauseMs: number;
  /** from this age on, an open request is reported as stuck */
  readonly stuckAfterMs: number;
  /** from this age on, as one that needs a human */
  readonly needsHumanAfterMs: number;
};

const hour = 60 * 60 * 1000;

/** Four streams at once; stuck after a day, for a human after three. */
export const defaultRecoveryPolicy: RecoveryPolicy = {
  concurrency: 4,
  leaseMs: 30_000,
  longestPauseMs: hour / 4,
  stuckAfterMs: 24 * hour,
  needsHumanAfterMs: 72 * hour,
};

/** The policy with its blanks filled in. Throws `INVALID_OPTIONS`. */
export function recoveryPolicy(given: Partial<RecoveryPolicy> = {}): RecoveryPolicy {
  const policy = { ...defaultRecoveryPolicy, ...given };
  for (const [name, value] of Object.entries(policy)) {
    if (Number.isSafeInteger(value) && value >= 1) continue;
    throw new PaymentMethodsError(
      'INVALID_OPTIONS',
      `recovery.${name} is ${String(value)}; it must be a whole number from 1.`,
    );
  }
  return policy;
}
