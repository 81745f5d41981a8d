import { cpus } from 'node:os';
import { parseArgs } from 'node:util';

export type Options = {
  readonly seeds: number;
  readonly start: number;
  readonly json: boolean;
  readonly workers: number;
  /** one placement of faults to be lived again; null for none */
  readonly placement: string | null;
};

const defaultSeeds = 2_000;

/** What the command line asks for. Throws a RangeError that says what is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seeds: { type: 'string' },
      start: { type: 'string' },
      workers: { type: 'string' },
      placement: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    seeds: wholeNumber('seeds', values.seeds, defaultSeeds),
    start: wholeNumber('start', values.start, 1),
    workers: wholeNumber('workers', values.workers, Math.min(2, cpus().length)),
    placement: values.placement ?? null,
    json: values.json,
  };
}

function wholeNumber(name: string, given: string | undefined, usual: number): number {
  const value = given === undefined ? usual : Number(given);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`--${name} is ${given}; it must be a whole number from 1.`);
}
