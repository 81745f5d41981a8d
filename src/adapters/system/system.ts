import { randomUUID } from 'node:crypto';
import type { Clock } from '../../application/ports/clock.ts';
import type { IdGenerator } from '../../application/ports/idGenerator.ts';

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };

/** Random UUIDs (RFC 9562, version 4). */
export const randomIds: IdGenerator = { next: () => randomUUID() };
