import pg from 'pg';
import { PostgresEventStore } from '../../src/adapters/postgres/index.ts';

/** A transaction of the host's own, on a connection of its own; what the store appends is part of it. */
export type HeldTransaction = {
  readonly store: PostgresEventStore;
  query(sql: string): Promise<unknown>;
  /** Ends it with `commit` or `rollback`, and closes the connection. */
  end(how: 'commit' | 'rollback'): Promise<void>;
};

export async function beginTransaction(url: string, trail?: string): Promise<HeldTransaction> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('begin');
  const connection = Object.assign(client, { release: () => {} });
  return {
    store: new PostgresEventStore({ pool: { connect: () => Promise.resolve(connection) }, trail }),
    query: (sql) => client.query(sql),
    async end(how) {
      await client.query(how);
      await client.end();
    },
  };
}
