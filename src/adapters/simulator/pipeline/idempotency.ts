import { requestFailures } from '../wire/requestFailures.ts';

/** What is saved under a key and answered again. */
export type Outcome = { readonly status: number; readonly body: string };

type Entry = {
  readonly path: string;
  readonly parameters: string;
  readonly requestId: string;
  /** unix milliseconds of the key's first use */
  readonly firstUsedAt: number;
  /** null while the first request is in flight */
  readonly outcome: Outcome | null;
};

export type FirstUse = Omit<Entry, 'outcome'>;
export type Replay = { readonly outcome: Outcome; readonly originalRequestId: string };

const keptMs = 24 * 60 * 60 * 1000;
const maxKeyLength = 255;

/** The idempotency layer of one world (https://docs.stripe.com/api/idempotent_requests). */
export class IdempotencyKeys {
  readonly #kept: number;
  readonly #entries = new Map<string, Entry>();

  /** Keeps outcomes for a day, and no more of them than this: the oldest are then forgotten early. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  /**
   * The saved outcome of this key; or null, and the key is then in flight until it is saved or released. Refuses a key
   * of another request, and one that is in flight.
   */
  begin(key: string, use: FirstUse): Replay | null {
    if (key.length > maxKeyLength) throw requestFailures.keyTooLong();
    this.#prune(use.firstUsedAt);
    const entry = this.#entries.get(key);
    if (entry === undefined) {
      this.#entries.set(key, { ...use, outcome: null });
      return null;
    }
    if (entry.path !== use.path) throw requestFailures.keyOfOtherEndpoint(key, entry.path, use.path);
    if (entry.parameters !== use.parameters) throw requestFailures.keyOfOtherParameters(key);
    if (entry.outcome === null) throw requestFailures.keyInUse(key);
    return { outcome: entry.outcome, originalRequestId: entry.requestId };
  }

  /** Answers this outcome from now on. */
  save(key: string, { status, body }: Outcome): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) this.#entries.set(key, { ...entry, outcome: { status, body } });
  }

  /** Forgets the key: what was refused before it began to execute may be tried again under it. */
  release(key: string): void {
    this.#entries.delete(key);
  }

  #prune(now: number): void {
    for (const [key, entry] of this.#entries) {
      if (now - entry.firstUsedAt < keptMs && this.#entries.size < this.#kept) return;
      if (entry.outcome !== null) this.#entries.delete(key);
    }
  }
}
