import { randomBytes } from 'node:crypto';
import { isPaymentMethodsError, PaymentMethodsError } from '../../application/errors.ts';
import type { CustomerKey, KeyFound, KeyProvider } from '../../application/ports/keyProvider.ts';
import type { KeyWrapper } from '../../application/ports/keyWrapper.ts';
import type { KeyRow, KeyTexts } from './keyTexts.ts';
import { keyTexts, toKeyRow } from './keyTexts.ts';
import { KeyWrapping } from './keyWrapping.ts';
import { checkPool, checkTrail, defaultSchema } from './options.ts';
import type { PgPool, PgValue } from './pool.ts';
import type { CallOptions } from './statements.ts';
import { runStatement } from './statements.ts';

/** Where the keys of a trail's customers are kept, and what wraps them. */
export type PostgresKeyProviderOptions = {
  /** The host's `pg.Pool`, or anything of its shape. It stays the host's. Of the primary: a replica is behind. */
  readonly pool: PgPool;
  /** What wraps the keys, so that the table alone opens nothing. */
  readonly wrapper: KeyWrapper;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** The trail whose customers they are; `default` if absent. */
  readonly trail?: string | undefined;
  /** How long a call to the database, or to the wrapper, may take, in milliseconds; 15 000 if absent. */
  readonly deadlineMs?: number | undefined;
};

/** What became of a change of the master key. */
export type RewrapReport = {
  /** how many keys the present master key wraps now, and another one did before */
  readonly rewrapped: number;
  /** the customers whose key did not open: it is as it was */
  readonly unreadable: readonly string[];
};

const unwrappedAtOnce = 16;
const pageSize = 500;

/** Keys of customers that all processes on one database share, each wrapped by a master key. */
export class PostgresKeyProvider implements KeyProvider {
  readonly trail: string;
  readonly #options: CallOptions;
  readonly #wrapping: KeyWrapping;
  readonly #texts: KeyTexts;

  /** Throws `INVALID_OPTIONS`. */
  constructor(options: PostgresKeyProviderOptions) {
    const { pool, wrapper, schema = defaultSchema, trail = 'default', deadlineMs = 15_000 } = options;
    this.trail = checkTrail(trail);
    this.#options = { pool: checkPool(pool), schema, deadlineMs: checkDeadline(deadlineMs) };
    this.#wrapping = new KeyWrapping(wrapper);
    this.#texts = keyTexts(schema);
  }

  async obtain(customer: string): Promise<CustomerKey | null> {
    const [found] = await this.#find([customer]);
    const row = found ?? (await this.#make(customer));
    return row === undefined ? null : this.#unwrap(row, this.#options.deadlineMs);
  }

  /** Within one time limit for all, so many of them at once. */
  async read(customers: readonly string[]): Promise<ReadonlyMap<string, KeyFound>> {
    const endsAt = performance.now() + this.#options.deadlineMs;
    const keys = new Map<string, KeyFound>();
    // One iterator for all: each takes the next row.
    const rows = (await this.#find(customers)).values();
    const readSome = async () => {
      for (const row of rows) keys.set(row.customer, await this.#toFound(row, endsAt));
    };
    await Promise.all(Array.from({ length: unwrappedAtOnce }, readSome));
    return keys;
  }

  async destroy(customer: string): Promise<void> {
    await this.#run(true, this.#texts.destroy, customer);
  }

  /**
   * Wraps the keys that another master key wraps with the present one: in one walk over them, so that a key that does not open
   * keeps none behind it waiting. Where it answers 0 and none, the other master keys are needed no more, but for backups. Safe to
   * break off, and to call from several processes. Throws a store's error where the database, or the wrapper, is away.
   */
  async rewrap(): Promise<RewrapReport> {
    let rewrapped = 0;
    const unreadable: string[] = [];
    for (let after = ''; ; ) {
      const rows = await this.#run(false, this.#texts.page, after, this.#wrapping.masterKeyId, pageSize);
      for (const row of rows.map(toKeyRow)) {
        const outcome = await this.#rewrapOne(row).catch(unreadableOrThrow);
        if (outcome === 'rewrapped') rewrapped += 1;
        if (outcome === 'unreadable') unreadable.push(row.customer);
        after = row.customer;
      }
      if (rows.length < pageSize) return { rewrapped, unreadable };
    }
  }

  /** Changes nothing where it was destroyed, or rewrapped, meanwhile. */
  async #rewrapOne(row: KeyRow): Promise<'rewrapped' | 'changed'> {
    const { deadlineMs } = this.#options;
    const key = await this.#unwrap(row, deadlineMs);
    if (key === null) return 'changed';
    const context = this.#contextOf(row.customer, key.keyId);
    const { masterKeyId, wrapped } = await this.#wrapping.rewrap(key.key, context, deadlineMs);
    const { customer, wrapped: before } = row;
    const updated = await this.#run(true, this.#texts.rewrap, customer, masterKeyId, wrapped, before);
    return updated.length > 0 ? 'rewrapped' : 'changed';
  }

  /** Whoever is first makes it, or has destroyed it: what stands there then is what holds. */
  async #make(customer: string): Promise<KeyRow | undefined> {
    const keyId = randomBytes(12).toString('base64url');
    const [key, context] = [this.#wrapping.makeKey(), this.#contextOf(customer, keyId)];
    const { masterKeyId, wrapped } = await this.#wrapping.wrap(key, context, this.#options.deadlineMs);
    await this.#run(true, this.#texts.make, customer, keyId, masterKeyId, wrapped);
    return (await this.#find([customer]))[0];
  }

  async #find(customers: readonly string[]): Promise<KeyRow[]> {
    return (await this.#run(false, this.#texts.find, customers.join(','))).map(toKeyRow);
  }

  async #toFound(row: KeyRow, endsAt: number): Promise<KeyFound> {
    try {
      const key = await this.#unwrap(row, Math.max(0, endsAt - performance.now()));
      return key === null ? { status: 'destroyed' } : { status: 'readable', ...key };
    } catch (error) {
      return { status: 'unreadable', error };
    }
  }

  async #unwrap({ customer, keyId, masterKeyId, wrapped }: KeyRow, limitMs: number): Promise<CustomerKey | null> {
    if (keyId === null || masterKeyId === null || wrapped === null) return null;
    const context = this.#contextOf(customer, keyId);
    return { keyId, key: await this.#wrapping.unwrap({ masterKeyId, wrapped }, context, limitMs) };
  }

  /** A wrapped key put into another customer's row, or under another id, opens nothing. */
  #contextOf(customer: string, keyId: string): string {
    return JSON.stringify(['attach-payment-method/key/1', this.trail, customer, keyId]);
  }

  #run(writes: boolean, text: string, ...values: PgValue[]) {
    return runStatement(this.#options, writes, { text, values: [this.trail, ...values] });
  }
}

function unreadableOrThrow(error: unknown): 'unreadable' {
  if (isPaymentMethodsError(error, 'KEY_UNREADABLE')) return 'unreadable';
  throw error;
}

function checkDeadline(deadlineMs: number): number {
  if (Number.isSafeInteger(deadlineMs) && deadlineMs > 0) return deadlineMs;
  throw new PaymentMethodsError('INVALID_OPTIONS', 'deadlineMs must be a whole number of milliseconds from 1.');
}
