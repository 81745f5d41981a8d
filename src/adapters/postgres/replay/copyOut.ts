import type { PgConnection } from '../pool.ts';

/** The part of `pg`'s protocol connection that a copy needs. */
export type PgWire = {
  query(text: string): void;
  readonly stream: { pause(): unknown; resume(): unknown };
};

/** What `pg` calls of a query that speaks the protocol itself, as pg-cursor does. */
export type PgSubmittable = { submit(wire: PgWire): void };

/** A connection of `pg.Pool`: only `pg` itself, not what merely looks like it, takes a query of this kind. */
export type PgCopyConnection = PgConnection & { query(copy: PgSubmittable): unknown };

/**
 * A `COPY … TO STDOUT` on a connection of `pg`. Gives each message to `onMessage`, which must be done with its bytes when it
 * returns; when that throws, no more are given. `done` settles when the server has ended the copy, or the connection broke.
 */
export class CopyOut implements PgSubmittable {
  readonly done: Promise<void>;
  /** `pg` sets it where the host's pool has a query_timeout, and wants it called at the end. */
  callback: ((error?: unknown) => void) | undefined;
  readonly #text: string;
  readonly #onMessage: (message: Buffer) => void;
  #hasThrown = false;
  #wire: PgWire | undefined;
  #settle: { readonly resolve: () => void; readonly reject: (error: unknown) => void } | undefined;

  constructor(text: string, onMessage: (message: Buffer) => void) {
    this.#text = text;
    this.#onMessage = onMessage;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever awaits it is told; until then nobody may be listening.
    this.done.catch(() => {});
  }

  /** True when it was `onMessage` that threw what `done` rejects with. */
  get hasThrown(): boolean {
    return this.#hasThrown;
  }

  get isSubmitted(): boolean {
    return this.#wire !== undefined;
  }

  /** The server waits, once what is on its way fills the socket. */
  pause(): void {
    this.#wire?.stream.pause();
  }

  resume(): void {
    this.#wire?.stream.resume();
  }

  submit(wire: PgWire): void {
    this.#wire = wire;
    wire.query(this.#text);
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    if (this.#settle === undefined) return;
    try {
      this.#onMessage(chunk);
    } catch (error) {
      this.#hasThrown = true;
      this.#end(error);
    }
  }

  handleError(error: unknown): void {
    this.#end(error);
    this.callback?.(error);
  }

  handleReadyForQuery(): void {
    this.#end();
    this.callback?.();
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  #end(error?: unknown): void {
    if (error === undefined) this.#settle?.resolve();
    else this.#settle?.reject(error);
    this.#settle = undefined;
  }
}
