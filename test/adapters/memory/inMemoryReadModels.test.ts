import { describe, it } from 'vitest';
import { InMemoryReadModels } from '../../../src/adapters/memory/inMemoryReadModels.ts';
import { readModelsContract } from '../../../src/testing/readModelsContract.ts';

describe('InMemoryReadModels keeps the read models contract', () => {
  const named = new Map<string, InMemoryReadModels>();
  const makeReadModels = async (trail?: string) => {
    if (trail === undefined) return new InMemoryReadModels();
    const models = named.get(trail) ?? new InMemoryReadModels();
    named.set(trail, models);
    return models;
  };
  for (const { name, run } of readModelsContract(makeReadModels)) it(name, run);
});
