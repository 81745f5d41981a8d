import { PostgreSqlContainer } from '@testcontainers/postgresql';
import { startLocalPostgres } from '../../../src/adapters/localPostgres/index.ts';

export type TestServer = {
  /** A user who may create databases, in a database that stays. */
  readonly url: string;
  /** For the log: where this server came from. */
  readonly origin: string;
  stop(): Promise<void>;
};

/**
 * A real Postgres server: the one that TEST_DATABASE_URL or DATABASE_URL names; with POSTGRES_VIA=docker a container of
 * PG_IMAGE; else one started here. Throws if there is none: a suite that needs Postgres is never skipped.
 */
export async function startTestServer(environment: NodeJS.ProcessEnv): Promise<TestServer> {
  const given = environment['TEST_DATABASE_URL'] ?? environment['DATABASE_URL'];
  if (given !== undefined) return { url: given, origin: 'the given URL', stop: async () => {} };
  if (environment['POSTGRES_VIA'] === 'docker') return startContainer(environment['PG_IMAGE'] ?? 'postgres:17-alpine');
  const server = await startLocalPostgres({ durable: false });
  return { url: server.url, origin: `local ${server.binaries}`, stop: () => server.stop() };
}

async function startContainer(image: string): Promise<TestServer> {
  const careless = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];
  const container = await new PostgreSqlContainer(image)
    .withCommand(['postgres', '-c', 'max_connections=200', ...careless])
    .start();
  const stop = async () => {
    await container.stop();
  };
  return { url: container.getConnectionUri(), origin: `container ${image}`, stop };
}
