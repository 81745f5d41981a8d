import { generateKeyPairSync } from 'node:crypto';
import type { Seal, SealSink } from '../../src/adapters/audit/index.ts';
import { ed25519Signer, keyIdOf, sealTrail } from '../../src/adapters/audit/index.ts';
import type { Trail } from './trailView.ts';
import { viewOf } from './trailView.ts';

export type SealKey = { readonly keyId: string; readonly privateKey: string; readonly publicKey: string };

/** A new Ed25519 key pair in PEM, under its own name. */
export function aSealKey(): SealKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { keyId: keyIdOf(publicKey), privateKey, publicKey };
}

/** Keeps seals for as long as a test runs. */
export function aMemorySink(seals: Seal[] = []): SealSink & { readonly seals: readonly Seal[] } {
  return {
    seals,
    write: async (seal) => {
      seals.push(seal);
    },
    async *read(trail) {
      yield* seals.filter((seal) => seal.trail === trail);
    },
    last: async (trail) =>
      seals.filter((seal) => seal.trail === trail).sort((one, other) => other.position - one.position)[0] ?? null,
  };
}

export const clock = { now: () => new Date(Date.UTC(2025, 10, 23, 12)) };

/** The seals that were made when the trail was as long as each of these positions. */
export async function sealsAt({ events }: Trail, positions: readonly number[], key: SealKey): Promise<readonly Seal[]> {
  const sink = aMemorySink();
  const signer = ed25519Signer(key.privateKey);
  for (const position of positions) {
    const head = { position, hash: events[position - 1]?.hash ?? '' };
    const store = viewOf({ events: events.slice(0, position), head });
    await sealTrail({ store, signer, sink, clock, trail: events[0]?.trail });
  }
  return sink.seals;
}
