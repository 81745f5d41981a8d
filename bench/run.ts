import { parseArgs } from 'node:util';
import { benchAppend } from './append.ts';
import { benchAttach } from './attach.ts';
import { benchGateway } from './gateway.ts';
import type { Row } from './harness.ts';
import { benchGrowth } from './growth.ts';
import { benchRebuild } from './rebuild.ts';
import { benchReplay } from './replay.ts';
import { benchTrails } from './trails.ts';
import { benchVerify } from './verify.ts';

type Options = { readonly rounds: number; readonly isSlowFlush: boolean; readonly events: number };

/** Each prints as it goes and answers its rows. */
const benches: Readonly<Record<string, (options: Options, print: (line: string) => void) => Promise<Row[]>>> = {
  append: benchAppend,
  attach: ({ rounds }, print) => benchAttach(rounds, print),
  gateway: ({ rounds }, print) => benchGateway(rounds, print),
  growth: ({ rounds }, print) => benchGrowth(rounds, print),
  rebuild: ({ rounds, events }, print) => benchRebuild({ rounds, events }, print),
  replay: ({ rounds, events }, print) => benchReplay({ rounds, events }, print),
  trails: ({ rounds }, print) => benchTrails(rounds, print),
  verify: ({ rounds }, print) => benchVerify(rounds, print),
};

const usage = `Usage: npm run bench -- ${Object.keys(benches).join('|')} [--rounds N] [--json] [--slow-flush (append)] [--events N (rebuild, replay)]`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    'slow-flush': { type: 'boolean', default: false },
    events: { type: 'string', default: '1000000' },
  },
});
const [name = ''] = positionals;
const isKnown = Object.keys(values).every((option) => ['json', 'rounds', 'slow-flush', 'events'].includes(option));
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
const rounds = Number(values.rounds);
const events = Number(values.events);

if (!isKnown || bench === undefined || positionals.length !== 1 || !(rounds >= 1 && events >= 1)) {
  console.error(usage);
  process.exitCode = 2;
} else {
  // The official SDK warns of every request that its telemetry cannot keep up with.
  process.removeAllListeners('warning');
  const rows = await bench({ rounds, isSlowFlush: values['slow-flush'] === true, events }, (line) => console.log(line));
  if (values.json) console.log(JSON.stringify({ bench: name, rows }));
}
