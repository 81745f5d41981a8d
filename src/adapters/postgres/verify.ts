import { createHash } from 'node:crypto';
import type { EventStore } from '../../application/ports/eventStore.ts';
import type { Verification } from '../../application/verifyTrail.ts';
import { verifyTrail } from '../../application/verifyTrail.ts';

/** Checks a store's whole trail, streaming: see `verifyTrail` for what it finds. */
export function verify(store: EventStore): Promise<Verification> {
  return verifyTrail(store, (previous, input) =>
    createHash('sha256').update(previous, 'hex').update(input, 'utf8').digest('hex'),
  );
}
