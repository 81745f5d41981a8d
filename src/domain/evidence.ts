/** How we know an outcome: the answer itself, a later look at Stripe, Stripe telling us, or a sweep of the account. */
export type EvidenceSource = 'response' | 'readBack' | 'webhook' | 'sweep';

/** One request as it went over the wire. `failure` names what went wrong where no answer arrived. */
export type WireTry = {
  readonly status: number | null;
  readonly requestId: string | null;
  readonly failure: string | null;
};

/** What an outcome rests on. `requestId` is Stripe's, and leads to its request log. */
export type Evidence = {
  readonly source: EvidenceSource;
  readonly requestId: string | null;
  readonly tries: readonly WireTry[];
};

/** Why an outcome is not known. None of them says that the attach did not happen. */
export type UnknownCause =
  | 'timeout'
  | 'connectionLost'
  | 'unreachable'
  | 'serverError'
  | 'rateLimited'
  | 'stillProcessing'
  | 'unexpectedAnswer'
  | 'unexpectedEcho'
  | 'refusedWithoutCode'
  | 'aborted'
  | 'gatewayFault';

/** True of a doubt that asking again may end: Stripe, or the way to it, failed; it did not say what cannot be read. */
export function mayPass(cause: UnknownCause): boolean {
  return !['unexpectedAnswer', 'unexpectedEcho', 'refusedWithoutCode', 'gatewayFault'].includes(cause);
}
