import type {
  AppendResult,
  EventStore,
  ReadStreamOptions,
  ReadTrailOptions,
  RecordedEvent,
  StreamAppend,
  TrailHead,
} from '../../src/application/ports/eventStore.ts';
import type { SometimesName } from '../engine/sometimes.ts';
import type { AppendFault, ReadFault } from '../faults/faultPlan.ts';
import { commitUnknown, recordsOutcome, unavailable, wordsOf } from './databaseWords.ts';
import type { Mortal, Settle } from './mortal.ts';
import type { Surroundings } from './surroundings.ts';

/** One process's line to the database, which loses, delays and cuts off what goes over it. Keeps the port's promises. */
export class DatabaseLine implements EventStore {
  readonly #around: Surroundings;
  readonly #owner: Mortal;
  /** the last position this process has heard of: a replica it reads from is at least as far */
  #seenPosition = 0;

  constructor(around: Surroundings, owner: Mortal) {
    this.#around = around;
    this.#owner = owner;
  }

  append(appends: readonly StreamAppend[]): Promise<AppendResult> {
    const { faults, chance, scheduler, timeline } = this.#around;
    const fault = faults.onAppend();
    const what = timeline && `append ${wordsOf(appends)}${fault === null ? '' : `  ! ${fault}`}`;
    timeline?.note(this.#owner.name, what ?? '');
    return this.#owner.waits<AppendResult>((settle) => {
      if (fault === 'crashBefore') {
        if (recordsOutcome(appends)) this.#around.sometimes.met('crashBeforeRecording');
        this.#owner.crash();
        return;
      }
      const travel = fault === 'slow' ? chance.between(500, 15_000) : chance.between(1, 6);
      const { database, transit } = this.#around;
      const { server } = database;
      transit.count += 1;
      scheduler.after(travel, () => {
        transit.count -= 1;
        this.#arrive(appends, server === database.server ? fault : 'cut', settle);
      });
      if (fault === 'crashAfter') this.#owner.crash();
    });
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    return this.#read(`read ${stream}`, async (upToPosition) => {
      const { store } = this.#around.database;
      return store.readStream(stream, upToPosition === undefined ? options : { upToPosition, ...options });
    });
  }

  async *readTrail({
    after = 0,
    upTo = Infinity,
  }: ReadTrailOptions = {}): AsyncGenerator<RecordedEvent, void, undefined> {
    yield* await this.#read(`read trail after ${after}`, async (upToPosition = Infinity) => {
      const events = await this.#around.database.events(after);
      return events.filter(({ position }) => position <= Math.min(upTo, upToPosition));
    });
  }

  async readHead(): Promise<TrailHead> {
    return this.#read('read head', () => this.#around.database.store.readHead());
  }

  async close(): Promise<void> {}

  #arrive(appends: readonly StreamAppend[], fault: AppendFault | 'cut' | null, settle: Settle<AppendResult>): void {
    const { chance, scheduler, database, sometimes, transit } = this.#around;
    if (fault === 'cut') {
      this.#answer(() => settle.reject(commitUnknown()));
      return;
    }
    if (fault === 'unavailable') {
      sometimes.met('storeUnavailable');
      this.#answer(() => settle.reject(unavailable('the connection was refused')));
      return;
    }
    if (database.isReadOnly) {
      sometimes.met('storeReadOnly');
      this.#answer(() => settle.reject(unavailable('cannot execute in a read-only transaction')));
      return;
    }
    if (fault === 'unknownNotDone' || fault === 'unknownDoneLater') {
      sometimes.met('commitUnknownNotDone');
      this.#answer(() => settle.reject(commitUnknown()));
      if (fault === 'unknownNotDone') return;
      const later = chance.hits(0.1) ? chance.between(1, 2 * 60_000) : chance.between(1, 2_000);
      const { server } = database;
      transit.count += 1;
      scheduler.after(later, () => {
        transit.count -= 1;
        if (database.isReadOnly || database.server !== server) return;
        this.#land(appends, 'commitLandedLate');
      });
      return;
    }
    if (fault === 'unknownDone') {
      this.#land(appends, 'commitUnknownButDone');
      this.#answer(() => settle.reject(commitUnknown()));
      return;
    }
    if (fault === 'repeated') {
      this.#land(appends, 'appendRepeated');
      transit.count += 1;
      scheduler.after(chance.between(1, 3_000), () => {
        transit.count -= 1;
        this.#arrive(appends, null, settle);
      });
      return;
    }
    this.#commit(appends, settle);
  }

  /** Commits what nobody hears of; it counts where it was taken. */
  #land(appends: readonly StreamAppend[], name: SometimesName): void {
    const { database, sometimes } = this.#around;
    const note = ({ result }: AppendResult) => {
      if (result === 'appended') sometimes.met(name);
    };
    database.append(appends).then(note, () => {});
  }

  #commit(appends: readonly StreamAppend[], settle: Settle<AppendResult>): void {
    const { database, sometimes } = this.#around;
    database.append(appends).then(
      (result) => {
        if (result.result === 'conflict') sometimes.met('conflictOnAppend');
        this.#answer(() => {
          if (result.result === 'appended' && this.#owner.isAlive) this.#acknowledge(appends, result);
          if (result.result === 'conflict') {
            for (const { missed } of result.conflicts) this.#saw(missed.at(-1)?.position ?? 0);
          }
          settle.resolve(result);
        });
      },
      (error: unknown) => this.#answer(() => settle.reject(error)),
    );
  }

  #acknowledge(appends: readonly StreamAppend[], result: Extract<AppendResult, { result: 'appended' }>): void {
    for (const [index, { position }] of result.streams.entries()) {
      const eventId = appends[index]?.events.at(-1)?.eventId ?? '';
      this.#around.database.acknowledged.push({ eventId, position });
      this.#saw(position);
    }
  }

  #saw(position: number): void {
    this.#seenPosition = Math.max(this.#seenPosition, position);
  }

  #read<Result>(what: string, read: (upToPosition: number | undefined) => Promise<Result>): Promise<Result> {
    const { faults, chance, scheduler, timeline } = this.#around;
    const fault = faults.onRead(what.startsWith('read paymentMethod') ? 'stream' : 'trail');
    timeline?.note(this.#owner.name, `${what}${fault === null ? '' : `  ! ${fault}`}`);
    return this.#owner.waits<Result>((settle) => {
      if (fault === 'crashBefore') {
        this.#owner.crash();
        return;
      }
      scheduler.after(fault === 'slow' ? chance.between(500, 10_000) : chance.between(1, 4), () => {
        if (fault === 'unavailable') {
          this.#answer(() => settle.reject(unavailable('the connection was reset')));
          return;
        }
        this.#position(fault)
          .then(read)
          .then(
            (result) => this.#answer(() => settle.resolve(result)),
            (error: unknown) => this.#answer(() => settle.reject(error)),
          );
      });
    });
  }

  /** Up to where this read sees: all there is, or, of a replica that is behind, less. */
  async #position(fault: ReadFault | null): Promise<number | undefined> {
    if (fault !== 'stale') return undefined;
    const { database, chance, sometimes } = this.#around;
    const { position } = await database.store.readHead();
    const heardOf = Math.min(this.#seenPosition, position);
    const behind = chance.pick([0, ...database.commits, position].filter((commit) => commit >= heardOf));
    if (behind < position) sometimes.met('staleRead');
    return behind;
  }

  #answer(settle: () => void): void {
    this.#around.scheduler.after(this.#around.chance.between(1, 4), settle);
  }
}
