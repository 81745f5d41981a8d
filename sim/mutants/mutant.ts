import type { Patch } from '../cli/bundle.ts';

/** A deliberate fault in the protocol, which the simulation has to find. */
export type Mutant = Patch & {
  /** in a few words, what the faulty code does */
  readonly name: string;
  /** why that is wrong */
  readonly why: string;
};
