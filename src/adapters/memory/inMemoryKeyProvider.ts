import { randomBytes } from 'node:crypto';
import type { CustomerKey, KeyFound, KeyProvider } from '../../application/ports/keyProvider.ts';

/** The whole promise of a key provider, for as long as the process lives: for tests, and for trying things out. */
export class InMemoryKeyProvider implements KeyProvider {
  readonly trail: string;
  readonly #keys = new Map<string, CustomerKey | null>();

  constructor({ trail = 'default' }: { readonly trail?: string | undefined } = {}) {
    this.trail = trail;
  }

  async obtain(customer: string): Promise<CustomerKey | null> {
    const key = this.#keys.get(customer);
    if (key !== undefined) return key;
    const made = { keyId: randomBytes(12).toString('base64url'), key: randomBytes(32) };
    this.#keys.set(customer, made);
    return made;
  }

  async read(customers: readonly string[]): Promise<ReadonlyMap<string, KeyFound>> {
    const found = new Map<string, KeyFound>();
    for (const customer of customers) {
      const key = this.#keys.get(customer);
      if (key !== undefined)
        found.set(customer, key === null ? { status: 'destroyed' } : { status: 'readable', ...key });
    }
    return found;
  }

  async destroy(customer: string): Promise<void> {
    this.#keys.set(customer, null);
  }
}
