import type { IdGenerator } from '../application/ports/idGenerator.ts';

/** UUIDs that count: the same test makes the same ids, and so the same idempotency keys, each time it runs. */
export function sequentialIds(): IdGenerator {
  let count = 0;
  return {
    next: () => {
      count += 1;
      return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
    },
  };
}
