/** What goes wrong with an append. A crash before it is sent, or after: then it lands and nobody hears of it. */
export const appendFaults = [
  'crashBefore',
  'crashAfter',
  'unavailable',
  'unknownNotDone',
  'unknownDone',
  'unknownDoneLater',
  /** it lands, its answer is lost, and the adapter repeats it, as it does with whatever it cannot tell */
  'repeated',
  'slow',
] as const;

export const readFaults = ['crashBefore', 'unavailable', 'stale', 'slow'] as const;

/** What goes wrong with a request to Stripe. */
export const requestFaults = [
  'crashBefore',
  /** the process dies; its request arrives all the same */
  'crashAfter',
  /** the process dies; its request arrives much later */
  'crashArrivesLate',
  'unreachable',
  'loseRequest',
  'loseResponse',
  'cutBody',
  /** the connection is reset; the request arrives much later */
  'arrivesLate',
  /** no answer comes: the caller's deadline ends it */
  'stall',
  /** it takes effect at once, and the answer takes its time */
  'lateAnswer',
  'slow',
  'serverError',
  'serverErrorAfterEffect',
  'badGateway',
  'badGatewayAfterEffect',
  'dependencyFailed',
  'rateLimit',
  'lockTimeout',
] as const;

/** What goes wrong where a customer's key is asked for, made or destroyed. */
export const keyFaults = ['crashBefore', 'crashAfter', 'unavailable', 'unknownDone', 'slow'] as const;

export type AppendFault = (typeof appendFaults)[number];
export type ReadFault = (typeof readFaults)[number];
export type RequestFault = (typeof requestFaults)[number];
export type KeyFault = (typeof keyFaults)[number];

/** Decides, at every I/O boundary in the order they are come to, what goes wrong there; null for nothing. */
export interface FaultPlan {
  onAppend(): AppendFault | null;
  onRead(what: 'stream' | 'trail'): ReadFault | null;
  onRequest(method: string): RequestFault | null;
  onKeys(): KeyFault | null;
  /** True where a lease is granted although another holds it. */
  onLease(): boolean;
  /** From now on nothing goes wrong. */
  heal(): void;
}
