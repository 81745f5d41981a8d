/** A query as `pg` takes it, prepared under its name if it has one. */
export type PgQuery = { name?: string; text: string; values?: PgValue[] };

export type PgValue = string | number | null;

/** Every column comes back as text: queries cast, so that the host's type parsers do not matter. */
export type PgRow = Readonly<Record<string, string | null>>;

/** What the server, or the socket, says besides an answer. */
export type PgMessage = {
  readonly message?: string | undefined;
  readonly code?: string | undefined;
  /** the server's function that it comes from */
  readonly routine?: string | undefined;
};

/** A connection checked out of the host's pool. */
export type PgConnection = {
  /** `command`: which one the server says it did, as `pg` tells it */
  query(query: PgQuery): Promise<{ rows: PgRow[]; command?: string | undefined }>;
  on(event: 'error' | 'notice' | 'notification' | 'end', listener: (message: PgMessage) => void): unknown;
  off(event: 'error' | 'notice' | 'notification' | 'end', listener: (message: PgMessage) => void): unknown;
  /** Gives it back; with an error, the pool discards it. */
  release(error?: Error): void;
};

/** The part of `pg.Pool` that is used. The host makes it, configures it and closes it. */
export type PgPool = { connect(): Promise<PgConnection> };
