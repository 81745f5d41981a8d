import { randomBytes } from 'node:crypto';
import type { KeyProvider } from '../../application/ports/keyProvider.ts';

/** The whole promise of a key provider, for as long as the process lives: for tests, and for trying things out. */
export class InMemoryKeyProvider implements KeyProvider {
  readonly trail: string;
  readonly #keys = new Map<string, Uint8Array | null>();

  constructor({ trail = 'default' }: { readonly trail?: string | undefined } = {}) {
    this.trail = trail;
  }

  async obtain(customer: string): Promise<Uint8Array | null> {
    const key = this.#keys.get(customer);
    if (key !== undefined) return key;
    const made = randomBytes(32);
    this.#keys.set(customer, made);
    return made;
  }

  async read(customers: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const keys = new Map<string, Uint8Array>();
    for (const customer of customers) {
      const key = this.#keys.get(customer) ?? null;
      if (key !== null) keys.set(customer, key);
    }
    return keys;
  }

  async destroy(customer: string): Promise<void> {
    this.#keys.set(customer, null);
  }
}
