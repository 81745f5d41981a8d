import { PaymentMethodsError } from '../errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventStore, RecordedEvent, TrailHead } from '../ports/eventStore.ts';
import type { SealSigner } from '../ports/sealSigner.ts';
import type { Seal, SealSink } from '../ports/sealSink.ts';
import { opensNone } from '../reading/opensNone.ts';
import { parseSeal, sealFormat, sealInput } from './seals.ts';
import type { TrailProblem } from './trailProblem.ts';

/** The trail to seal, who signs, and where the seal is kept. */
export type SealTrailParts = {
  readonly store: Pick<EventStore, 'readTrail' | 'readHead'>;
  readonly signer: SealSigner;
  readonly sink: SealSink;
  readonly clock: Clock;
  /** the store's trail; `default` if absent */
  readonly trail?: string | undefined;
};

/** What `sealTrail` did: made a seal, or found that the last one still is the head's. */
export type SealResult =
  | { readonly result: 'sealed'; readonly seal: Seal }
  /** nothing was appended since the last seal, which is `seal`; null where there is neither */
  | { readonly result: 'unchanged'; readonly seal: Seal | null };

/**
 * Signs the trail's head and puts the seal into the sink, if anything was appended since the last one. Throws
 * `SEAL_REFUSED`, and writes nothing, when the head does not extend the last seal: `details.problem` is `sealBeyondEnd` when
 * the head went back behind it, `sealMismatch` when the sealed event is another now, `headMismatch` when the head is not
 * the last event's. Then somebody changed the trail: `verify` says where. Throws what the store, the signer and the sink
 * throw, and `INVALID_OPTIONS`.
 */
export async function sealTrail(parts: SealTrailParts): Promise<SealResult> {
  const { store, signer, sink, clock, trail = 'default' } = parts;
  const last = await sink.last(trail);
  const head = await store.readHead();
  await checkExtends(store, trail, last, head);
  if (head.position === (last?.position ?? 0)) return { result: 'unchanged', seal: last };

  const sealedAt = clock.now().toISOString();
  const unsigned = { format: sealFormat, trail, ...head, sealedAt, keyId: signer.keyId } as const;
  const signed = await signer.sign(new TextEncoder().encode(sealInput(unsigned)));
  const seal = parseSeal({ ...unsigned, signature: toHex(signed) });
  if (seal === undefined) {
    throw new PaymentMethodsError(
      'INVALID_OPTIONS',
      `The signer with key id ${JSON.stringify(signer.keyId)} made ${signed.length} bytes; an Ed25519 signature has 64, and a key id 1 to 200 letters, digits or any of . _ : / -.`,
      { details: { trail, keyId: signer.keyId } },
    );
  }
  await sink.write(seal);
  return { result: 'sealed', seal };
}

async function checkExtends(
  store: SealTrailParts['store'],
  trail: string,
  last: Seal | null,
  head: TrailHead,
): Promise<void> {
  if (last !== null && head.position < last.position) {
    throw refused(trail, 'sealBeyondEnd', last.position, `a head at ${last.position} or after`, `${head.position}`);
  }
  if (last !== null) {
    const sealed = await eventAt(store, last.position);
    if (sealed?.hash !== last.hash) throw refused(trail, 'sealMismatch', last.position, last.hash, sealed?.hash);
  }
  if (head.position === 0) return;
  const top = await eventAt(store, head.position);
  if (top?.hash !== head.hash) throw refused(trail, 'headMismatch', head.position, head.hash, top?.hash);
  if (top.trail !== trail) {
    throw new PaymentMethodsError(
      'INVALID_OPTIONS',
      `The store reads trail ${top.trail}, and trail ${trail} was to be sealed. Name the store's own trail.`,
      { details: { expected: trail, actual: top.trail } },
    );
  }
}

async function eventAt(store: SealTrailParts['store'], position: number): Promise<RecordedEvent | undefined> {
  for await (const event of store.readTrail({ after: position - 1, upTo: position, opens: opensNone })) {
    return event.position === position ? event : undefined;
  }
  return undefined;
}

function refused(
  trail: string,
  problem: TrailProblem,
  position: number,
  expected: string,
  actual = 'no event',
): PaymentMethodsError {
  return new PaymentMethodsError(
    'SEAL_REFUSED',
    `Trail ${trail} was not sealed: ${problem} at position ${position}; expected ${expected}, found ${actual}. Somebody changed the trail: run verify with the seals, and keep them.`,
    { details: { trail, problem, position, expected, actual } },
  );
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
