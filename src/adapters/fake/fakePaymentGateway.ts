import type { Answer, LookUp } from '../../domain/answers.ts';
import type { CustomerReference, PaymentMethodId } from '../../domain/identifiers.ts';
import { isTestAlias } from '../../domain/identifiers.ts';
import type { Evidence, EvidenceSource } from '../../domain/evidence.ts';
import type { UnknownCause } from '../../domain/paymentMethod.ts';
import type { AttachRequest, CallOptions, PaymentMethodGateway } from '../../application/ports/paymentMethodGateway.ts';
import type { Delivery, Fault, StripeRequest, StripeResponse } from '../simulator/index.ts';
import { StripeAccount } from '../simulator/index.ts';
import { answerTo, lookUpFrom } from './answers.ts';
import { deliveryTo } from './waiting.ts';

export type FakePaymentGatewayOptions = {
  /** a new, empty account where absent */
  readonly account?: StripeAccount;
  /** true: only what was added to the account exists. False, the default: a well-formed id exists once it is named. */
  readonly strict?: boolean;
  /** `sk_test_fake` where absent */
  readonly apiKey?: string;
  /** `2025-10-29.clover` where absent */
  readonly apiVersion?: string;
};

/** One call the fake was asked for. */
export type FakeRequest =
  | ({ readonly method: 'attach' } & AttachRequest)
  | { readonly method: 'lookUp'; readonly paymentMethodId: PaymentMethodId };

export type FakeFaultOptions = {
  /** how many calls; 1 where absent */
  readonly times?: number;
  /** calls of this method only */
  readonly of?: FakeRequest['method'];
};

type Received<Result> = Result & { readonly evidence: Evidence };

/**
 * Stripe in process, for a host's own tests: the simulator's rules without HTTP. One try per call, at once, with no timer
 * unless a delay is scripted on `account.faults`.
 */
export class FakePaymentGateway implements PaymentMethodGateway {
  readonly apiVersion: string;
  /** The account behind it: what it holds, what really happened (`effects`), what is to go wrong (`faults`). */
  readonly account: StripeAccount;
  readonly #strict: boolean;
  readonly #apiKey: string;
  readonly #requests: FakeRequest[] = [];

  constructor(options: FakePaymentGatewayOptions = {}) {
    this.account = options.account ?? new StripeAccount();
    this.#strict = options.strict ?? false;
    this.#apiKey = options.apiKey ?? 'sk_test_fake';
    this.apiVersion = options.apiVersion ?? '2025-10-29.clover';
  }

  /** What it was asked, in order, with the ids and keys. */
  get requests(): readonly FakeRequest[] {
    return this.#requests;
  }

  async attach(request: AttachRequest, options: CallOptions = {}): Promise<Received<Answer>> {
    const { paymentMethodId, customer, idempotencyKey, apiVersion } = request;
    this.#requests.push({ method: 'attach', ...request });
    this.#meet(paymentMethodId, customer);
    const received = await this.#send('response', options, {
      method: 'POST',
      path: `/v1/payment_methods/${paymentMethodId}/attach`,
      headers: { 'stripe-version': apiVersion, 'idempotency-key': idempotencyKey },
      body: `${customer.kind === 'customer' ? 'customer' : 'customer_account'}=${customer.id}`,
    });
    const { evidence } = received;
    if ('cause' in received) return { answer: 'unknown', cause: received.cause, evidence };
    return { ...answerTo(request, received.response), evidence };
  }

  async lookUp(paymentMethodId: PaymentMethodId, options: CallOptions = {}): Promise<Received<LookUp>> {
    this.#requests.push({ method: 'lookUp', paymentMethodId });
    this.#meet(paymentMethodId);
    const received = await this.#send('readBack', options, {
      method: 'GET',
      path: `/v1/payment_methods/${paymentMethodId}`,
      headers: { 'stripe-version': this.apiVersion },
    });
    const { evidence } = received;
    if ('cause' in received) return { look: 'unknown', cause: received.cause, evidence };
    return { ...lookUpFrom(paymentMethodId, received.response), evidence };
  }

  /** Every attach of this payment method is declined: with a decline code, or an error code such as `expired_card`. */
  declines(paymentMethodId: string, declineCode = 'generic_decline'): void {
    this.account.addPaymentMethod({ id: paymentMethodId, decline: declineCode });
  }

  /** This payment method belongs to somebody else already, whose customer id is answered. */
  attachedElsewhere(paymentMethodId: string): string {
    const id = this.account.addCustomer();
    this.account.addPaymentMethod({ id: paymentMethodId, owner: { kind: 'customer', id } });
    return id;
  }

  /** The next attach takes effect, and its answer is lost. */
  losesResponse(options: FakeFaultOptions = {}): void {
    this.#script({ fault: 'loseResponse' }, { of: 'attach', ...options });
  }

  /** The next attach is lost on its way: no effect, and no answer. */
  losesRequest(options: FakeFaultOptions = {}): void {
    this.#script({ fault: 'loseRequest' }, { of: 'attach', ...options });
  }

  /** The next call, whichever it is, finds nobody listening. */
  isUnreachable(options: FakeFaultOptions = {}): void {
    this.#script({ fault: 'unreachable' }, options);
  }

  #script(fault: Fault, { times = 1, of }: FakeFaultOptions): void {
    this.account.faults.next({
      ...fault,
      times,
      ...(of === undefined ? {} : { match: of === 'attach' ? { path: /\/attach$/ } : { method: 'GET' } }),
    });
  }

  #meet(paymentMethodId: PaymentMethodId, customer?: CustomerReference): void {
    if (this.#strict) return;
    const { account } = this;
    if (!isTestAlias(paymentMethodId) && !account.has(paymentMethodId))
      account.addPaymentMethod({ id: paymentMethodId });
    if (customer === undefined || account.has(customer.id)) return;
    if (customer.kind === 'customer') account.addCustomer(customer.id);
    else account.addCustomerAccount(customer.id);
  }

  async #send(source: EvidenceSource, { signal }: CallOptions, request: StripeRequest): Promise<Sent> {
    if (signal?.aborted === true) return { cause: 'aborted', evidence: { source, requestId: null, tries: [] } };
    const headers = { ...request.headers, authorization: `Bearer ${this.#apiKey}` };
    const delivery = await deliveryTo(this.account.receive({ ...request, headers }), signal);
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

type Sent = { readonly evidence: Evidence } & (
  | { readonly response: StripeResponse }
  | { readonly cause: UnknownCause }
);

const causes: Readonly<Record<Exclude<Delivery['delivery'], 'whole'>, UnknownCause>> = {
  cut: 'connectionLost',
  lost: 'connectionLost',
  stalled: 'timeout',
  unreachable: 'unreachable',
};
