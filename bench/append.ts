import pg from 'pg';
import { startLocalPostgres } from '../src/adapters/localPostgres/index.ts';
import type { Appender } from './appenders/appender.ts';
import { startBareInsert } from './appenders/bareInsert.ts';
import { startEmmett } from './appenders/emmett.ts';
import { startMessageDbShape } from './appenders/messageDb.ts';
import { startOurs } from './appenders/ours.ts';
import type { Contender, Row } from './harness.ts';
import { compare } from './harness.ts';

const existingStreams = 1000;
const callers = [1, 8, 32, 128];

/** A disk that takes a millisecond longer: whoever flushes the log waits that long first, and takes along what came. */
const slowFlush = { commit_delay: '1000', commit_siblings: '0' };

/**
 * Appends per second of one event of 1 KB, with the expected version checked: to new streams, and to streams that exist.
 * All contenders work on one fully durable server, in turn, each on a pool of its own.
 */
export async function benchAppend(
  { rounds, isSlowFlush }: { readonly rounds: number; readonly isSlowFlush: boolean },
  print: (line: string) => void,
): Promise<Row[]> {
  const server = await startLocalPostgres({ settings: isSlowFlush ? slowFlush : {} });
  const appenders: Appender[] = [];
  try {
    await printSettings(server.url, print);
    appenders.push(await startBareInsert(server.url));
    appenders.push(await startOurs(server.url));
    appenders.push(await startMessageDbShape(server.url));
    appenders.push(await startEmmett(server.url, print));
    const contenders = appenders.map(toNewStreams);
    for (const appender of appenders) contenders.push(await toExistingStreams(appender));
    const callsPerSample = (count: number) => ({ 1: 600, 8: 2000 })[count] ?? 4000;
    return await compare({ contenders, floor: 'bare INSERT', callers, rounds, callsPerSample, print });
  } finally {
    for (const { close } of appenders) await close();
    await server.stop();
  }
}

async function printSettings(url: string, print: (line: string) => void): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const name of ['server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'commit_delay']) {
    const { rows } = await client.query<Record<string, string>>(`show ${name}`);
    print(`${name}: ${rows[0]?.[name]}`);
  }
  await client.end();
}

function toNewStreams({ name, append }: Appender): Contender {
  return { name, once: (index) => append(`paymentMethod-pm_1NewStream${index}`, 0) };
}

/** Each stream in turn, so that no two callers have the same one; each is made beforehand. */
async function toExistingStreams({ name, append }: Appender): Promise<Contender> {
  const streams = Array.from({ length: existingStreams }, (_, index) => `paymentMethod-pm_1Existing${index}`);
  for (const stream of streams) await append(stream, 0);
  const idle = streams.map((stream) => ({ stream, version: 1 }));
  const once = async () => {
    const next = idle.shift();
    if (next === undefined) throw new RangeError('more callers than streams');
    await append(next.stream, next.version);
    idle.push({ stream: next.stream, version: next.version + 1 });
  };
  return { name: `${name} (existing streams)`, floor: 'bare INSERT (existing streams)', once };
}
