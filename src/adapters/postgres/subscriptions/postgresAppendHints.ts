import { setTimeout as sleep } from 'node:timers/promises';
import type { AppendHints } from '../../../application/ports/appendHints.ts';
import { checkPool, checkTrail, defaultSchema, quoteSchema } from '../options.ts';
import type { PgConnection, PgPool } from '../pool.ts';
import { backoffMs } from '../retry.ts';
import { appendChannel } from './appendChannel.ts';

/** Which trail is listened to, and over which pool. */
export type PostgresAppendHintsOptions = {
  /** Holds one connection of it while anybody listens; a pooler in transaction mode cannot serve it. */
  readonly pool: PgPool;
  /** Where `migrate` made the tables; `payment_trail` if absent. */
  readonly schema?: string | undefined;
  /** `default` if absent */
  readonly trail?: string | undefined;
};

const maxDelayTries = 6;

/**
 * Hints by LISTEN, from stores that were made with `notify: true`. A connection that is lost is replaced, and then whoever
 * listens is hinted, for what it may have missed; where none is to be had, there are no hints, and nothing else happens.
 */
export class PostgresAppendHints implements AppendHints {
  readonly #pool: PgPool;
  readonly #channel: string;
  readonly #listeners = new Set<() => void>();
  #stop = new AbortController();
  #running: Promise<void> | null = null;

  /** Throws `INVALID_OPTIONS`. */
  constructor({ pool, schema = defaultSchema, trail = 'default' }: PostgresAppendHintsOptions) {
    quoteSchema(schema);
    this.#pool = checkPool(pool);
    this.#channel = appendChannel(schema, checkTrail(trail));
  }

  listen(listener: () => void): () => void {
    // A function of its own, so that one listener given twice counts twice.
    const own = () => listener();
    this.#listeners.add(own);
    this.#running ??= this.#run();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#stop.abort();
    };
  }

  /** Stops listening; resolves once the connection is given back. */
  async close(): Promise<void> {
    this.#listeners.clear();
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    for (let tries = 1; this.#listeners.size > 0; tries = Math.min(tries + 1, maxDelayTries)) {
      this.#stop = new AbortController();
      const { signal } = this.#stop;
      if (await this.#listenOnce(signal)) tries = 1;
      if (!signal.aborted) await sleep(backoffMs(tries, Math.random), undefined, { signal }).catch(() => {});
    }
    this.#running = null;
  }

  /** Listens until the connection is lost, or nobody wants to; answers whether it came to listen at all. */
  async #listenOnce(signal: AbortSignal): Promise<boolean> {
    const connection = await this.#connect(signal);
    if (connection === null) return false;
    const hint = () => this.#hintAll();
    connection.on('notification', hint);
    try {
      const lost = whenLost(connection, signal);
      await Promise.race([connection.query({ text: `listen ${this.#channel}` }), lost]);
      this.#hintAll();
      await lost;
      return true;
    } catch {
      return false;
    } finally {
      connection.off('notification', hint);
      // It listens still: nobody else may have it.
      connection.release(new Error('it was listening'));
    }
  }

  async #connect(signal: AbortSignal): Promise<PgConnection | null> {
    const connecting = this.#pool.connect().catch(() => null);
    const connection = await Promise.race([connecting, whenAborted(signal)]);
    // It may still come, when nobody listens any more.
    if (connection === null) void connecting.then((late) => late?.release());
    return connection;
  }

  #hintAll(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Resolves when the connection breaks or ends, or the signal says that it is wanted no more. */
function whenLost(connection: PgConnection, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve) => {
    // It keeps a listener to its errors: one without would end the process.
    connection.on('error', () => resolve());
    connection.on('end', () => resolve());
    void whenAborted(signal).then(() => resolve());
  });
}

function whenAborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}
