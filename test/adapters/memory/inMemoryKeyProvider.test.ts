import { describe, it } from 'vitest';
import { InMemoryKeyProvider } from '../../../src/adapters/memory/inMemoryKeyProvider.ts';
import { keyProviderContract } from '../../../src/testing/keyProviderContract.ts';

describe('InMemoryKeyProvider keeps the promises of a key provider', () => {
  const makeKeys = async () => {
    const keys = new InMemoryKeyProvider();
    return [keys, keys] as const;
  };
  for (const { name, run } of keyProviderContract(makeKeys)) it(name, run);
});
