/** One way of doing the job, ready to be called. */
export type Contender = {
  readonly name: string;
  /** the contender its ratio is to; the comparison's floor if absent */
  readonly floor?: string;
  /** the contender its CPU time is compared with; its floor if absent */
  readonly cpuFloor?: string;
  /** Does the job once. `index` never comes twice in a run. */
  readonly once: (index: number) => Promise<void>;
  /** does the job and measures itself, where that is to be in a process of its own */
  readonly measure?: () => Promise<Sample>;
};

/** What one contender did in one round with so many callers at once. */
export type Sample = {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** this process' CPU time, user and system, per call or per thing it does */
  readonly cpuMicros: number;
  readonly rssMb: number;
};

export type Row = {
  readonly contender: string;
  readonly callers: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** median over the rounds of this contender's rate to the floor's in the same round */
  readonly ratio: number;
  /** median over the rounds of this process' CPU time, user and system, per call */
  readonly cpuMicros: number;
  /** median over the rounds of this contender's CPU time to that of its `cpuFloor` in the same round */
  readonly cpuRatio: number;
  readonly rssMb: number;
};

export type Comparison = {
  readonly contenders: readonly Contender[];
  /** the contender that ratios are to, where a contender names no other */
  readonly floor: string;
  readonly callers: readonly number[];
  readonly rounds: number;
  /** how many calls one sample takes with this many callers */
  readonly callsPerSample: (callers: number) => number;
  /** how many things one call does; rates and CPU time are per thing. 1 if absent */
  readonly thingsPerCall?: number;
  readonly print: (line: string) => void;
};

type Cell = {
  readonly contender: string;
  readonly floor: string;
  readonly cpuFloor: string;
  readonly callers: number;
  readonly samples: Sample[];
};

/**
 * Measures all contenders in turn, round by round, in an order that changes with every round, after a round that is not
 * counted. Prints the medians and the spread of the ratios.
 */
export async function compare(comparison: Comparison): Promise<Row[]> {
  const { contenders, callers, rounds, callsPerSample, thingsPerCall = 1, print } = comparison;
  const cells: Cell[] = callers.flatMap((count) =>
    contenders.map(({ name, floor = comparison.floor, cpuFloor = floor }) => {
      return { contender: name, floor, cpuFloor, callers: count, samples: [] };
    }),
  );
  let index = 0;
  for (let round = 0; round <= rounds; round += 1) {
    for (const count of callers) {
      const order = round % 2 === 0 ? contenders : [...contenders].reverse();
      for (const contender of order) {
        const calls = callsPerSample(count);
        const sample = await measure(contender, { callers: count, calls, from: index, things: calls * thingsPerCall });
        index += calls;
        if (round > 0) cellOf(cells, contender.name, count).samples.push(sample);
      }
    }
    print(round === 0 ? 'warmed up' : `round ${round} of ${rounds}`);
  }
  return cells.map((cell) => {
    const [floor, cpuFloor] = [cell.floor, cell.cpuFloor].map((name) => cellOf(cells, name, cell.callers));
    return summarise(cell, ratios(cell, floor, 'perSecond'), ratios(cell, cpuFloor, 'cpuMicros'), print);
  });
}

type Run = { readonly callers: number; readonly calls: number; readonly from: number; readonly things: number };

async function measure({ once, measure: own }: Contender, { callers, calls, from, things }: Run): Promise<Sample> {
  if (own !== undefined) return own();
  const latencies: number[] = [];
  let next = from;
  const caller = async () => {
    while (next < from + calls) {
      const index = next;
      next += 1;
      const begun = performance.now();
      await once(index);
      latencies.push(performance.now() - begun);
    }
  };
  const cpu = process.cpuUsage();
  const begun = performance.now();
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = latencies.sort((one, other) => one - other);
  return {
    perSecond: things / seconds,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    cpuMicros: (user + system) / things,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
  };
}

/** The figure to that of the other in the same round, the smallest first. */
function ratios(cell: Cell, other: Cell | undefined, figure: keyof Sample): readonly number[] {
  return cell.samples
    .map((sample, round) => sample[figure] / (other?.samples[round]?.[figure] ?? Number.NaN))
    .sort((one, another) => one - another);
}

function summarise(
  cell: Cell,
  sorted: readonly number[],
  cpuRatios: readonly number[],
  print: (line: string) => void,
): Row {
  const row = {
    contender: cell.contender,
    callers: cell.callers,
    perSecond: Math.round(median(cell, 'perSecond')),
    p50Ms: rounded(median(cell, 'p50Ms')),
    p99Ms: rounded(median(cell, 'p99Ms')),
    ratio: rounded(quantile(sorted, 0.5)),
    cpuMicros: rounded(median(cell, 'cpuMicros')),
    cpuRatio: rounded(quantile(cpuRatios, 0.5)),
    rssMb: Math.round(median(cell, 'rssMb')),
  };
  const spread = `${rounded(sorted[0] ?? Number.NaN)}–${rounded(sorted.at(-1) ?? Number.NaN)}`;
  print(
    [
      cell.contender.padEnd(28),
      `${cell.callers} callers`.padStart(12),
      `${row.perSecond}/s`.padStart(9),
      `p50 ${row.p50Ms.toFixed(2)} ms`.padStart(14),
      `p99 ${row.p99Ms.toFixed(2)} ms`.padStart(15),
      `ratio ${row.ratio.toFixed(2)} (${spread})`.padEnd(24),
      `client CPU ${row.cpuMicros} µs${cell.contender === cell.cpuFloor ? '' : `, ${row.cpuRatio} of ${cell.cpuFloor}`}`,
    ].join('  '),
  );
  return row;
}

function median({ samples }: Cell, figure: keyof Sample): number {
  return quantile(
    samples.map((sample) => sample[figure]).sort((one, other) => one - other),
    0.5,
  );
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

function cellOf(cells: readonly Cell[], contender: string, callers: number): Cell {
  const found = cells.find((cell) => cell.contender === contender && cell.callers === callers);
  if (found === undefined) throw new TypeError(`no contender ${contender} with ${callers} callers`);
  return found;
}
