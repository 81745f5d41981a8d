import { PaymentMethodsError } from '../../application/errors.ts';

/**
 * The bounds of what waits to be appended, and of what one call to the database carries. Whole numbers from 1; another
 * is `INVALID_OPTIONS`.
 */
export type AppendQueueLimits = {
  /** calls in flight at once: one batch fills while the other commits */
  readonly lanes: number;
  readonly maxBatchUnits: number;
  readonly maxBatchBytes: number;
  readonly maxQueuedUnits: number;
  readonly maxQueuedBytes: number;
  /**
   * milliseconds that an append may wait for its call, and that a call to the database may take, its retries included; at
   * most 2,147,483,647, the longest timer
   */
  readonly deadlineMs: number;
};

const defaultLimits: AppendQueueLimits = {
  lanes: 2,
  maxBatchUnits: 256,
  maxBatchBytes: 4 * 1024 * 1024,
  maxQueuedUnits: 10_000,
  maxQueuedBytes: 64 * 1024 * 1024,
  deadlineMs: 15_000,
};

const longestTimerMs = 2 ** 31 - 1;

/** The limits, with what was given in place of the defaults. Throws `INVALID_OPTIONS`. */
export function checkLimits(given: Partial<AppendQueueLimits>): AppendQueueLimits {
  const limits = { ...defaultLimits };
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    const most = name === 'deadlineMs' ? longestTimerMs : Number.MAX_SAFE_INTEGER;
    if (!Number.isSafeInteger(value) || value < 1 || value > most) {
      throw new PaymentMethodsError(
        'INVALID_OPTIONS',
        `limits.${name} is ${value}; it must be a whole number from 1 to ${most}.`,
      );
    }
    Object.assign(limits, { [name]: value });
  }
  return limits;
}
