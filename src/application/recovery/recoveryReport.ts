import type { OpenRequestNote } from '../readModels/openAttempts.ts';

/** How a request ended; `gone` where a failover took it from the trail, so that nothing is open any more. */
export type SettledOutcome =
  | 'attached'
  | 'rejected'
  | 'detached'
  | 'set'
  | 'superseded'
  | 'customerDeleted'
  | 'begun'
  | 'succeeded'
  | 'gone';

/** A request that was open when the pass began, as the trail had it then. */
export type ReportedRequest = OpenRequestNote & { readonly stream: string };

/** What one pass of recovery did. */
export type RecoveryReport = {
  /** how many requests it looked after */
  readonly looked: number;
  /** those that are not open any more, and how they ended */
  readonly settled: readonly (ReportedRequest & { readonly outcome: SettledOutcome })[];
  /** those it looked after that are open still */
  readonly stillOpen: readonly ReportedRequest[];
  /** how many it left alone: another process is at them, or they were looked after a short while ago */
  readonly putOff: number;
  /** the oldest of all that are open still, looked after or put off */
  readonly stuck: readonly (ReportedRequest & { readonly needsHuman: boolean })[];
  /** what went wrong; the request stays open, and the next pass tries again */
  readonly errors: readonly { readonly stream: string; readonly error: unknown }[];
};
