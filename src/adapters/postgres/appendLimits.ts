import { PaymentMethodsError } from '../../application/errors.ts';
import type { AppendQueueLimits } from './appendQueue.ts';

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
