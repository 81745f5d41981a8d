/** What the command ends with. */
export const exitCodes = {
  /** all is as it should be */
  fine: 0,
  /** it ran, and found a problem: a rejection, an outcome that is unknown, a trail that is not intact */
  problem: 1,
  /** what was typed, or set in the environment, makes no sense: nothing was done */
  badUsage: 2,
  /** what it needs was not there: the database, the trail, Stripe */
  couldNotRun: 3,
  /** stopped by Ctrl-C, or because nobody reads the output any more */
  stopped: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
