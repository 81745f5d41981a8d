import { parseArgs } from 'node:util';
import { benchAttach } from './attach.ts';
import { benchGateway } from './gateway.ts';
import type { Row } from './harness.ts';

/** Each prints as it goes and answers its rows. */
const benches: Readonly<Record<string, (rounds: number, print: (line: string) => void) => Promise<Row[]>>> = {
  attach: benchAttach,
  gateway: benchGateway,
};

const usage = `Usage: npm run bench -- ${Object.keys(benches).join('|')} [--rounds N] [--json]`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '5' } },
});
const [name = ''] = positionals;
const isKnown = Object.keys(values).every((option) => option === 'json' || option === 'rounds');
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
const rounds = Number(values.rounds);

if (!isKnown || bench === undefined || positionals.length !== 1 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(usage);
  process.exitCode = 2;
} else {
  // The official SDK warns of every request that its telemetry cannot keep up with.
  process.removeAllListeners('warning');
  const rows = await bench(rounds, (line) => console.log(line));
  if (values.json) console.log(JSON.stringify({ bench: name, rows }));
}
