import pg from 'pg';

/** A pool for a test whose server, or database, may go away before its connections are closed: that is no error. */
export function newPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
