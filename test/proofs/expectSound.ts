import { expect } from 'vitest';
import { verify } from '../../src/adapters/audit/index.ts';
import type { EventStore, RecordedEvent } from '../../src/application/ports/eventStore.ts';
import { type Acknowledgement, readAll } from './appends.ts';
import { findFaults } from './findFaults.ts';

/** Expects a trail of named appends to be without a fault and to verify; answers its events. */
export async function expectSound(
  store: EventStore,
  acknowledged: readonly Acknowledgement[] = [],
): Promise<readonly RecordedEvent[]> {
  const trail = await readAll(store);
  expect(findFaults(trail, acknowledged)).toEqual([]);
  expect(await verify(store)).toMatchObject({ intact: true, events: trail.length });
  return trail;
}
