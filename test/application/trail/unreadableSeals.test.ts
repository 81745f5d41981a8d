import { describe, expect, it } from 'vitest';
import { verify } from '../../../src/adapters/audit/index.ts';
import type { PaymentMethodsErrorCode } from '../../../src/application/errors.ts';
import { PaymentMethodsError } from '../../../src/application/errors.ts';
import { aSealKey, sealsAt } from '../../support/sealing.ts';
import { aTrail, viewOf } from '../../support/trailView.ts';

const key = aSealKey();
const publicKeys = { [key.keyId]: key.publicKey };
const notIntact = { intact: false, events: 0 } as const;

describe('verify, where the sink of the seals cannot be read', () => {
  const readFailing = (code: PaymentMethodsErrorCode, problem: string) => {
    const details = { problem, position: 3, expected: 'a seal', actual: '{' };
    const error = new PaymentMethodsError(code, 'line 2 is no seal', { details });
    return {
      error,
      seals: { read: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) }) },
    };
  };

  it.each(['sealInvalid', 'sealOfAnotherTrail'])('finds what the sink found instead of a seal: %s', async (problem) => {
    const { seals } = readFailing('SEALS_UNREADABLE', problem);
    expect(await verify(viewOf(await aTrail(3)), { seals: seals as never, publicKeys })).toEqual({
      ...notIntact,
      position: 3,
      problem,
      expected: 'a seal',
      actual: '{',
    });
  });

  it.each([
    ['SEALS_UNREADABLE', 'isFolder'],
    ['STORE_UNAVAILABLE', 'sealInvalid'],
  ] as const)('throws what the sink throws: %s, %s', async (code, problem) => {
    const { seals, error } = readFailing(code, problem);
    await expect(verify(viewOf(await aTrail(3)), { seals: seals as never, publicKeys })).rejects.toBe(error);
  });

  it('gives up when it is told to, with the reason it is given, before it asks for more seals', async () => {
    const trail = await aTrail(4);
    const stop = new AbortController();
    const [seal] = await sealsAt(trail, [4], key);
    async function* read() {
      stop.abort(new Error('enough'));
      if (seal !== undefined) yield seal;
      throw new Error('asked for more');
    }
    const call = verify(viewOf(trail), { seals: { read }, publicKeys, signal: stop.signal });
    await expect(call).rejects.toThrow('enough');
  });
});
