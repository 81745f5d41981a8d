import { parseArgs } from 'node:util';
import { benchAppend } from './append.ts';
import { benchAttach } from './attach.ts';
import { benchGrowth } from './growth.ts';
import type { Row } from './harness.ts';
import { benchTrails } from './trails.ts';
import { benchVerify } from './verify.ts';

type Options = { readonly rounds: number; readonly isSlowFlush: boolean };

/** Each prints as it goes and answers its rows. */
const benches: Readonly<Record<string, (options: Options, print: (line: string) => void) => Promise<Row[]>>> = {
  append: benchAppend,
  attach: ({ rounds }, print) => benchAttach(rounds, print),
  growth: ({ rounds }, print) => benchGrowth(rounds, print),
  trails: ({ rounds }, print) => benchTrails(rounds, print),
  verify: ({ rounds }, print) => benchVerify(rounds, print),
};

const usage = `Usage: npm run bench -- ${Object.keys(benches).join('|')} [--rounds N] [--json] [--slow-flush (append)]`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    'slow-flush': { type: 'boolean', default: false },
  },
});
const [name = ''] = positionals;
const isKnown = Object.keys(values).every((option) => ['json', 'rounds', 'slow-flush'].includes(option));
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
const rounds = Number(values.rounds);

if (!isKnown || bench === undefined || positionals.length !== 1 || !Number.isInteger(rounds) || rounds < 1) {
  console.error(usage);
  process.exitCode = 2;
} else {
  // The official SDK warns of every request that its telemetry cannot keep up with.
  process.removeAllListeners('warning');
  const rows = await bench({ rounds, isSlowFlush: values['slow-flush'] === true }, (line) => console.log(line));
  if (values.json) console.log(JSON.stringify({ bench: name, rows }));
}
