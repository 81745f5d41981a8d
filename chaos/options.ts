import { parseArgs } from 'node:util';

export type Options = {
  readonly cycles: number;
  readonly seed: number;
  readonly json: boolean;
  /** the name of a fault that is planted in a copy of the code, to see that it is found; null for none */
  readonly mutant: string | null;
};

const usualCycles = 100;

/** What the command line asks for. Throws a RangeError that says what is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      cycles: { type: 'string' },
      seed: { type: 'string' },
      mutant: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  return {
    cycles: wholeNumber('cycles', values.cycles, usualCycles),
    seed: wholeNumber('seed', values.seed, 1),
    json: values.json,
    mutant: values.mutant ?? null,
  };
}

function wholeNumber(name: string, given: string | undefined, usual: number): number {
  const value = given === undefined ? usual : Number(given);
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new RangeError(`--${name} is ${given}; it must be a whole number from 1.`);
}
