import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { startLocalPostgres } from '../../../src/adapters/localPostgres/index.ts';

const run = promisify(execFile);
const systemFolder = '/usr/lib/postgresql';

/** A folder with pg_dump beside a server of its version, if the machine has one. */
function toolsFolder(): string | undefined {
  const versions = existsSync(systemFolder) ? readdirSync(systemFolder) : [];
  const folders = versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(systemFolder, version, 'bin'));
  return [process.env['POSTGRES_BINARIES'] ?? '', ...folders].find((folder) =>
    ['initdb', 'postgres', 'pg_dump'].every((program) => existsSync(join(folder, program))),
  );
}

/** A server whose dump, if there is pg_dump, and every file, with the log of its writes, can be read. */
export async function startReadableServer() {
  const folder = await mkdtemp(join(tmpdir(), 'privacy-postgres-'));
  const tools = toolsFolder();
  const places = tools === undefined ? undefined : { folder: tools, npmPackage: '', systemFolder };
  const server = await startLocalPostgres({ folder, durable: false, places });
  return {
    url: server.url,
    /** Of the database, as text; null where there is no pg_dump for it. */
    async dump(): Promise<string | null> {
      if (tools === undefined) return null;
      const { stdout } = await run(join(tools, 'pg_dump'), ['--dbname', server.url], { maxBuffer: 1 << 28 });
      return stdout;
    },
    /** Stops it, and answers where one of these texts stands: tables, indexes, write-ahead log and server log. */
    async filesWith(texts: readonly string[]): Promise<readonly string[]> {
      await server.stop();
      const found: string[] = [];
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = await readFile(path);
        for (const text of texts) if (bytes.includes(text)) found.push(`${relative(folder, path)}: ${text}`);
      }
      return found;
    },
    async remove() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
