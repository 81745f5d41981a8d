import type { Seal } from '../../../src/index.ts';

/** The last seal, as a gauge reads it. */
export class InMemorySealSink {
  #last: Seal | null = null;

  write({ position, sealedAt }: Pick<Seal, 'position' | 'sealedAt'>): void {
    const hash = '0'.repeat(64);
    const signature = '0'.repeat(128);
    const format = 'attach-payment-method/seal/1';
    this.#last = { format, trail: 'default', position, hash, sealedAt, keyId: 'k-1', signature };
  }

  async last(): Promise<Seal | null> {
    return this.#last;
  }
}
