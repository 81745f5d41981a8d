import { setTimeout as sleep } from 'node:timers/promises';
import { startSimulator } from 'attach-payment-method/testing';
import pg from 'pg';
import { startLocalPostgres } from '../../src/adapters/localPostgres/index.ts';

const postgres = await startLocalPostgres({ durable: false });
const simulator = await startSimulator();

// Set where a host would set them, so that an example reads them as a host's program does.
process.env['DATABASE_URL'] = postgres.url;
process.env['STRIPE_API_KEY'] = 'sk_test_example';
process.env['STRIPE_API_BASE'] = simulator.url;

/** Ends the Postgres server and the Stripe simulator that importing this module started. */
export async function closeSurroundings(): Promise<void> {
  await simulator.close();
  await connectionsClosed();
  await postgres.stop();
}

/** `pool.end()` does not wait for its connections to close; a server that stops first would make them fail. */
async function connectionsClosed(): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  for (let looks = 0; looks < 100; looks += 1) {
    const { rowCount } = await client.query(
      "select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    if (rowCount === 0) break;
    await sleep(20);
  }
  await client.end();
}
