import { genesisHash, hashInput } from './hashInput.ts';
import type { EventStore } from './ports/eventStore.ts';

export type TrailProblem = 'positionOutOfOrder' | 'versionOutOfOrder' | 'hashMismatch' | 'headMismatch';

export type Verification =
  | {
      readonly intact: true;
      /** how many events were checked */
      readonly events: number;
      /** the last event's hash; `genesisHash` of an empty trail */
      readonly hash: string;
    }
  | {
      readonly intact: false;
      /** how many events were found good before the first bad one */
      readonly events: number;
      /** where the first bad event stands, or should stand */
      readonly position: number;
      readonly problem: TrailProblem;
      readonly expected: string;
      readonly actual: string;
    };

/** SHA-256 of the previous hash's 32 bytes followed by the text in UTF-8; hashes are 64 hex digits. */
export type NextHash = (previous: string, input: string) => string;

/**
 * Reads a trail from its beginning and recomputes every position, stream version and hash, and that it reaches the head,
 * which is read first. Finds any change to any field of any event, and any event removed, added or moved, up to the first
 * that does not fit. What it cannot see by itself is a trail rewritten from some event to its head, with the head: compare
 * `hash` with one kept elsewhere.
 */
export async function verifyTrail(
  store: Pick<EventStore, 'readTrail' | 'readHead'>,
  nextHash: NextHash,
): Promise<Verification> {
  const head = await store.readHead();
  const versions = new Map<string, number>();
  let count = 0;
  let hash = genesisHash;
  const wrong = (problem: TrailProblem, expected: string | number, actual: string | number): Verification => {
    return {
      intact: false,
      events: count,
      position: count + 1,
      problem,
      expected: String(expected),
      actual: String(actual),
    };
  };
  for await (const event of store.readTrail()) {
    const position = count + 1;
    const version = (versions.get(event.stream) ?? 0) + 1;
    const expectedHash = nextHash(hash, hashInput(event));
    if (event.position !== position) return wrong('positionOutOfOrder', position, event.position);
    if (event.version !== version) return wrong('versionOutOfOrder', version, event.version);
    if (event.hash !== expectedHash) return wrong('hashMismatch', expectedHash, event.hash);
    if (position === head.position && event.hash !== head.hash) return wrong('headMismatch', head.hash, event.hash);
    versions.set(event.stream, version);
    hash = event.hash;
    count = position;
  }
  if (count < head.position) return wrong('headMismatch', `a head at ${head.position}`, `an end at ${count}`);
  return { intact: true, events: count, hash };
}
