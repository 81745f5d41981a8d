import type { CallOptions } from '../../application/ports/paymentMethodGateway.ts';
import type { Timers } from '../../application/ports/timers.ts';
import type { Evidence, EvidenceSource, UnknownCause } from '../../domain/evidence.ts';
import type { Delivery, StripeAccount, StripeRequest, StripeResponse } from '../simulator/index.ts';
import { deliveryTo } from './waiting.ts';

/** What came back over the line: a response, or the reason why there is none. */
export type Received = { readonly evidence: Evidence } & (
  | { readonly response: StripeResponse; readonly cause?: undefined }
  | { readonly response?: undefined; readonly cause: UnknownCause }
);

const causes: Readonly<Record<Exclude<Delivery['delivery'], 'whole'>, UnknownCause>> = {
  cut: 'connectionLost',
  lost: 'connectionLost',
  stalled: 'timeout',
  unreachable: 'unreachable',
};

/** The way to a simulated account with one API key: one try per request, as it is scripted on `account.faults`. */
export class AccountLine {
  readonly #account: StripeAccount;
  readonly #apiKey: string;
  readonly #timers: Pick<Timers, 'sleep'>;

  constructor(account: StripeAccount, apiKey: string, timers: Pick<Timers, 'sleep'>) {
    this.#account = account;
    this.#apiKey = apiKey;
    this.#timers = timers;
  }

  async send(source: EvidenceSource, request: StripeRequest, { signal }: CallOptions): Promise<Received> {
    if (signal?.aborted === true) return { cause: 'aborted', evidence: { source, requestId: null, tries: [] } };
    const headers = { ...request.headers, authorization: `Bearer ${this.#apiKey}` };
    const delivery = await deliveryTo(this.#account.receive({ ...request, headers }), signal, this.#timers);
    if (delivery === 'aborted') return { cause: 'aborted', evidence: evidenceOf(source, null, 'aborted') };
    if (delivery.delivery === 'whole') {
      return { response: delivery.response, evidence: evidenceOf(source, delivery.response, null) };
    }
    const cause = causes[delivery.delivery];
    return { cause, evidence: evidenceOf(source, delivery.delivery === 'cut' ? delivery.response : null, cause) };
  }
}

/** The evidence of one try; the head of a response that was cut off had arrived. */
function evidenceOf(source: EvidenceSource, head: StripeResponse | null, failure: UnknownCause | null): Evidence {
  const requestId = head?.headers['request-id'] ?? null;
  return { source, requestId, tries: [{ status: head?.status ?? null, requestId, failure }] };
}
