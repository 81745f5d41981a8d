import { execFileSync, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import type pg from 'pg';
import * as z from 'zod';
import type { Appender } from './appender.ts';
import { makePool, sample } from './appender.ts';

/** The part of Emmett's Postgres store that is measured. */
type EmmettStore = {
  readonly schema: { migrate(): Promise<unknown> };
  appendToStream(
    stream: string,
    events: readonly { type: string; data: unknown; metadata: unknown }[],
    options: { expectedStreamVersion: bigint | 'STREAM_DOES_NOT_EXIST' },
  ): Promise<unknown>;
  close(): Promise<void>;
};

type EmmettPackage = {
  readonly getPostgreSQLEventStore: (url: string, options?: { connectionOptions: { pool: pg.Pool } }) => EmmettStore;
};

const emmettPackage = z.object({
  getPostgreSQLEventStore: z.custom<EmmettPackage['getPostgreSQLEventStore']>((value) => typeof value === 'function'),
});

const folder = new URL('../peers/', import.meta.url);

/** `@event-driven-io/emmett-postgresql`, as published. Installs it first if need be. */
export async function importEmmett(print: (line: string) => void): Promise<z.infer<typeof emmettPackage>> {
  if (!isInstalled()) {
    print('installing what is compared with (npm ci in bench/peers)');
    execFileSync('npm', ['ci'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const entry = createRequire(folder).resolve('@event-driven-io/emmett-postgresql');
  return emmettPackage.parse(await import(pathToFileURL(entry).href));
}

/** As its lock file says, and not as that of an older version said. */
function isInstalled(): boolean {
  return spawnSync('npm', ['ls', '--all'], { cwd: folder, stdio: 'ignore' }).status === 0;
}

/** Emmett on a pool like the others'. */
export async function startEmmett(url: string, print: (line: string) => void): Promise<Appender> {
  const { getPostgreSQLEventStore } = await importEmmett(print);
  const pool = makePool(url);
  const store = getPostgreSQLEventStore(url, { connectionOptions: { pool } });
  await store.schema.migrate();
  const { type } = sample;
  const data: unknown = JSON.parse(sample.data);
  const metadata: unknown = JSON.parse(sample.metadata);
  return {
    name: 'emmett',
    append: async (stream, version) => {
      await store.appendToStream(stream, [{ type, data, metadata }], {
        expectedStreamVersion: version === 0 ? 'STREAM_DOES_NOT_EXIST' : BigInt(version),
      });
    },
    close: async () => {
      await store.close();
      await pool.end();
    },
  };
}
