import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { migrate } from 'attach-payment-method/postgres';
import * as z from 'zod';
import { startLocalPostgres } from '../src/adapters/localPostgres/index.ts';
import { makePool, sample } from './appenders/appender.ts';
import type { Contender, Row, Sample } from './harness.ts';
import { compare } from './harness.ts';
import { emmettEvents, fillEmmett } from './replayers/emmett.ts';

const filledAtOnce = 10_000;
const child = fileURLToPath(new URL('./replayers/child.mjs', import.meta.url));
const inChildren = ['ours', 'ours, two ranges', 'ours, readTrail by COPY', 'ours, readTrail', 'pg cursor', 'emmett'];

/**
 * Events per second read and folded, each contender in a process of its own, so that its peak memory is its own: events of
 * about 1 KB, whose `data` is parsed. The limit is what psql copies to nowhere, as text, with nothing parsed at all.
 */
export async function benchReplay(
  { rounds, events }: { readonly rounds: number; readonly events: number },
  print: (line: string) => void,
): Promise<Row[]> {
  const server = await startLocalPostgres({ settings: { max_wal_size: '4GB' } });
  const pool = makePool(server.url);
  try {
    await migrate({ pool });
    print(`appending ${events} events`);
    for (let from = 1; from <= events; from += filledAtOnce) {
      await pool.query(
        `select payment_trail.append('default', array_agg(n), array_agg('paymentMethod-pm_1' || n),
           array_agg(0::bigint), array_agg(null::uuid), array_agg(1), array_agg(gen_random_uuid()), array_agg($3::text),
           string_agg($4, e'\\x1f'), string_agg($5, e'\\x1f'), 60000)
         from generate_series($1::integer, $2::integer) n`,
        [from, Math.min(events, from + filledAtOnce - 1), sample.type, sample.data, sample.metadata],
      );
    }
    await fillEmmett(server.url, print);
    await pool.query('vacuum analyze');
    await pool.query('checkpoint');
    const expected = (name: string) => (name === 'emmett' ? emmettEvents : events);
    const contenders = inChildren.map((name) => inChild(name, server.url, expected(name)));
    return await compare({
      contenders: [...contenders, psqlCopy(server.url, events)],
      floor: 'pg cursor',
      callers: [1],
      rounds,
      callsPerSample: () => 1,
      print,
    });
  } finally {
    await pool.end();
    await server.stop();
  }
}

const measured = z.object({ events: z.number(), seconds: z.number(), cpuMicros: z.number(), rssMb: z.number() });

function inChild(name: string, url: string, expected: number): Contender {
  const measure = async (): Promise<Sample> => {
    const { stdout } = await promisify(execFile)(process.execPath, [child, name, url, String(expected)]);
    const { events, seconds, cpuMicros, rssMb } = measured.parse(JSON.parse(stdout));
    if (events !== expected) throw new Error(`${name} read ${events} events; ${expected} are there`);
    return sampleOf(events, seconds, cpuMicros, rssMb);
  };
  return { name, once: async () => void (await measure()), measure };
}

function psqlCopy(url: string, events: number): Contender {
  const command = `copy (select position, version, stream, type, data, metadata, event_id, recorded_at, hash
    from payment_trail.events where trail = 'default' order by position) to stdout`;
  const measure = async (): Promise<Sample> => {
    const begun = performance.now();
    const psql = spawn('psql', ['--dbname', url, '--no-psqlrc', '-c', command], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [code] = (await once(psql, 'exit')) as [number];
    if (code !== 0) throw new Error(`psql ended with ${code}`);
    return sampleOf(events, (performance.now() - begun) / 1000, 0, 0);
  };
  return { name: 'psql copy', once: async () => void (await measure()), measure };
}

function sampleOf(events: number, seconds: number, cpuMicros: number, rssMb: number): Sample {
  return { perSecond: events / seconds, p50Ms: seconds * 1000, p99Ms: seconds * 1000, cpuMicros, rssMb };
}
