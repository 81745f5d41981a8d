/** A prepared query, as `pg` takes it. Every value goes out, and every column comes back, as text. */
export type PgQuery = { readonly name?: string; readonly text: string; readonly values?: readonly (string | number)[] };

export type PgRow = Readonly<Record<string, string | null>>;

/** A connection checked out of the host's pool. */
export type PgConnection = {
  query(query: { name?: string; text: string; values?: (string | number)[] }): Promise<{ rows: PgRow[] }>;
  /** Gives it back; with an error, the pool discards it. */
  release(error?: Error): void;
};

/** The part of `pg.Pool` that is used. The host makes it, configures it and closes it. */
export type PgPool = {
  query(query: { name?: string; text: string; values?: (string | number)[] }): Promise<{ rows: PgRow[] }>;
  connect(): Promise<PgConnection>;
};
