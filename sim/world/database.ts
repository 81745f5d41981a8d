import { InMemoryEventStore } from '../../src/adapters/memory/inMemoryEventStore.ts';
import type { AppendResult, RecordedEvent, StreamAppend } from '../../src/application/ports/eventStore.ts';

/** An event that some process was told is durable. */
export type Acknowledged = { readonly eventId: string; readonly position: number };

/** The database as it stands, behind every process's line to it. */
export class Database {
  store: InMemoryEventStore;
  /** unix milliseconds until which it takes no write */
  readOnlyUntil = 0;
  /** how many servers there have been: what is on its way to an older one never lands */
  server = 1;
  /** how many events failovers have lost */
  lostEvents = 0;
  /** the last position of every commit: a replica has all of one, or nothing */
  readonly commits: number[] = [];
  /** all that was acknowledged to a process that still lived */
  readonly acknowledged: Acknowledged[] = [];
  readonly #now: () => number;
  #isHealed = false;

  constructor(now: () => number) {
    this.#now = now;
    this.store = new InMemoryEventStore({ now });
  }

  get isReadOnly(): boolean {
    return !this.#isHealed && this.#now() < this.readOnlyUntil;
  }

  /** From now on it takes every write. */
  heal(): void {
    this.#isHealed = true;
  }

  /** Commits, if the store takes it. */
  async append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    const result = await this.store.append(appends);
    this.commits.push((await this.store.readHead()).position);
    return result;
  }

  /** Everything that is recorded. */
  async events(after = 0): Promise<readonly RecordedEvent[]> {
    const events: RecordedEvent[] = [];
    for await (const event of this.store.readTrail({ after })) events.push(event);
    return events;
  }

  /** A standby takes over that has not got the last commits: so many are lost, whatever was said of them. */
  async failOver(lostCommits: number): Promise<readonly RecordedEvent[]> {
    const events = await this.events();
    const ends = [...new Set([0, ...this.commits])];
    const kept = events.slice(0, ends.at(-1 - Math.min(lostCommits, ends.length - 1)));
    let replayedAt: number | null = null;
    const standby = new InMemoryEventStore({ now: () => replayedAt ?? this.#now() });
    for (const { stream, version, eventId, type, data, metadata, recordedAt } of kept) {
      replayedAt = Date.parse(recordedAt);
      await standby.append([{ stream, expectedVersion: version - 1, events: [{ eventId, type, data, metadata }] }]);
    }
    replayedAt = null;
    this.store = standby;
    this.server += 1;
    this.commits.splice(0, Infinity, ...ends.filter((end) => end <= kept.length));
    this.lostEvents += events.length - kept.length;
    return events.slice(kept.length);
  }
}
