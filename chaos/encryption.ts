import { encrypting } from '../sim/world/vault.ts';
import { PostgresKeyProvider } from '../src/adapters/postgres/index.ts';
import type { PgPool } from '../src/adapters/postgres/pool.ts';
import { AesKeyWrapper } from '../src/adapters/privacy/index.ts';
import type { EventStore } from '../src/application/ports/eventStore.ts';

/** Where a trail's events and, if they are encrypted, its customers' keys are. */
export type Kept = { readonly eventStore: EventStore; readonly keys?: PostgresKeyProvider };

/** What keeps a trail that is encrypted under this master key, of 32 bytes in hexadecimal; null: nothing is encrypted. */
export function keptWith(masterKey: string | null, pool: PgPool, trail: string, eventStore: EventStore): Kept {
  if (masterKey === null) return { eventStore };
  const wrapper = new AesKeyWrapper({ masterKeys: { chaos: Buffer.from(masterKey, 'hex') }, current: 'chaos' });
  const keys = new PostgresKeyProvider({ pool, trail, wrapper });
  return { eventStore: encrypting(eventStore, keys), keys };
}
