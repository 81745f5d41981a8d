import { genesisHash, hashInput } from './hashInput.ts';
import type { RecordedEvent } from './ports/eventStore.ts';

export type TrailProblem = 'positionOutOfOrder' | 'versionOutOfOrder' | 'hashMismatch';

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
 * Reads a trail from its beginning and recomputes every position, stream version and hash. Finds any change to any
 * field of any event, and any event removed, added or moved, up to the first that does not fit. What it cannot see by
 * itself is a tail cut off, or a trail rewritten from the beginning: compare `hash` with one kept elsewhere.
 */
export async function verifyTrail(events: AsyncIterable<RecordedEvent>, nextHash: NextHash): Promise<Verification> {
  const versions = new Map<string, number>();
  let count = 0;
  let hash = genesisHash;
  for await (const event of events) {
    const position = count + 1;
    const version = (versions.get(event.stream) ?? 0) + 1;
    const expectedHash = nextHash(hash, hashInput(event));
    const wrong = (problem: TrailProblem, expected: string | number, actual: string | number): Verification => {
      return { intact: false, events: count, position, problem, expected: String(expected), actual: String(actual) };
    };
    if (event.position !== position) return wrong('positionOutOfOrder', position, event.position);
    if (event.version !== version) return wrong('versionOutOfOrder', version, event.version);
    if (event.hash !== expectedHash) return wrong('hashMismatch', expectedHash, event.hash);
    versions.set(event.stream, version);
    hash = event.hash;
    count = position;
  }
  return { intact: true, events: count, hash };
}
