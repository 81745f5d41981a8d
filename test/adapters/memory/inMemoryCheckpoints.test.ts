import { describe, it } from 'vitest';
import { InMemoryCheckpoints } from '../../../src/adapters/memory/inMemoryCheckpoints.ts';
import { checkpointsContract } from '../../../src/testing/checkpointsContract.ts';

describe('InMemoryCheckpoints keeps the checkpoints contract', () => {
  const named = new Map<string, InMemoryCheckpoints>();
  const makeCheckpoints = async (trail?: string) => {
    if (trail === undefined) return new InMemoryCheckpoints();
    const checkpoints = named.get(trail) ?? new InMemoryCheckpoints();
    named.set(trail, checkpoints);
    return checkpoints;
  };
  for (const { name, run } of checkpointsContract(makeCheckpoints)) it(name, run);
});
