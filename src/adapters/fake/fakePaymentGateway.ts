import type {
  AttachRequest,
  CallOptions,
  DetachRequest,
  EventPage,
  EventsRequest,
  ListRequest,
  LookUpOptions,
  PaymentMethodGateway,
  SetDefaultRequest,
  SetupRequest,
} from '../../application/ports/paymentMethodGateway.ts';
import type { Answer, LookUp } from '../../domain/answers.ts';
import type { Evidence, EvidenceSource } from '../../domain/evidence.ts';
import type {
  CustomerLookUp,
  DetachAnswer,
  PaymentMethodPage,
  SetDefaultAnswer,
  SetupAnswer,
  SetupLookUp,
} from '../../domain/gatewayAnswers.ts';
import type { CustomerId, CustomerReference, PaymentMethodId, SetupIntentId } from '../../domain/identifiers.ts';
import { isTestAlias } from '../../domain/identifiers.ts';
import type { Fault, StripeResponse } from '../simulator/index.ts';
import { StripeAccount } from '../simulator/index.ts';
import { AccountLine } from './accountLine.ts';
import { attachAnswer, detachAnswer, setDefaultAnswer, setupAnswer } from './answers.ts';
import { customerLookUpIn, lookUpIn, pageIn, setupLookUpIn } from './looks.ts';
import { eventPageIn } from './listedEvents.ts';
import type { FakeFaultOptions, FakePaymentGatewayOptions } from './options.ts';
import { passingFaults } from './options.ts';
import type { FakeRequest } from './requests.ts';
import { requestsOf, toStripeRequest } from './requests.ts';
import { unknown, unknownLook } from './responses.ts';
import { realWaits } from './waiting.ts';

type Evidenced<Result> = Promise<Result & { readonly evidence: Evidence }>;

/**
 * Stripe in process, for a host's own tests: the simulator's rules without HTTP. One try per call, at once, with no timer
 * unless a delay is scripted on `account.faults`.
 */
export class FakePaymentGateway implements PaymentMethodGateway {
  readonly apiVersion: string;
  /** The account behind it: what it holds, what really happened (`effects`), what is to go wrong (`faults`). */
  readonly account: StripeAccount;
  readonly #strict: boolean;
  readonly #line: AccountLine;
  readonly #requests: FakeRequest[] = [];

  constructor(options: FakePaymentGatewayOptions = {}) {
    this.account = options.account ?? new StripeAccount();
    this.#strict = options.strict ?? false;
    this.#line = new AccountLine(this.account, options.apiKey ?? 'sk_test_fake', options.timers ?? realWaits);
    this.apiVersion = options.apiVersion ?? '2025-10-29.clover';
  }

  /** What it was asked, in order, with the ids and keys. */
  get requests(): readonly FakeRequest[] {
    return this.#requests;
  }

  async attach(request: AttachRequest, options: CallOptions = {}): Evidenced<Answer> {
    this.#meet(request.paymentMethodId, request.customer);
    return this.#change({ method: 'attach', ...request }, options, (response) => attachAnswer(request, response));
  }

  async detach(request: DetachRequest, options: CallOptions = {}): Evidenced<DetachAnswer> {
    this.#meet(request.paymentMethodId);
    return this.#change({ method: 'detach', ...request }, options, (response) => detachAnswer(request, response));
  }

  async setDefault(request: SetDefaultRequest, options: CallOptions = {}): Evidenced<SetDefaultAnswer> {
    this.#meet(request.paymentMethodId, { kind: 'customer', id: request.customer });
    const read = (response: StripeResponse) => setDefaultAnswer(request, response);
    return this.#change({ method: 'setDefault', ...request }, options, read);
  }

  async createSetupIntent(request: SetupRequest, options: CallOptions = {}): Evidenced<SetupAnswer> {
    this.#meet(null, request.customer);
    const read = (response: StripeResponse) => setupAnswer(request, response);
    return this.#change({ method: 'createSetupIntent', ...request }, options, read);
  }

  async lookUp(paymentMethodId: PaymentMethodId, options: LookUpOptions = {}): Evidenced<LookUp> {
    this.#meet(paymentMethodId);
    const read = (response: StripeResponse) => lookUpIn(paymentMethodId, options.expected, response);
    return this.#look({ method: 'lookUp', paymentMethodId }, options, read);
  }

  async lookUpCustomer(customer: CustomerId, options: CallOptions = {}): Evidenced<CustomerLookUp> {
    this.#meet(null, { kind: 'customer', id: customer });
    const read = (response: StripeResponse) => customerLookUpIn(customer, response);
    return this.#look({ method: 'lookUpCustomer', customer }, options, read);
  }

  async lookUpSetupIntent(setupIntentId: SetupIntentId, options: LookUpOptions = {}): Evidenced<SetupLookUp> {
    const read = (response: StripeResponse) => setupLookUpIn(setupIntentId, options.expected, response);
    return this.#look({ method: 'lookUpSetupIntent', setupIntentId }, options, read);
  }

  async listPaymentMethods(request: ListRequest, options: CallOptions = {}): Evidenced<PaymentMethodPage> {
    this.#meet(null, request.customer);
    const read = (response: StripeResponse) => pageIn(request.customer, response);
    return this.#look({ method: 'listPaymentMethods', ...request }, options, read, 'sweep');
  }

  async listEvents(request: EventsRequest, options: CallOptions = {}): Evidenced<EventPage> {
    return this.#look({ method: 'listEvents', ...request }, options, eventPageIn, 'sweep');
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

  /**
   * The next attach takes effect this many milliseconds later, and its answer comes then; another is told to wait meanwhile.
   * They go by on the fake's `timers`: of `testPaymentMethods`, where the test lets them.
   */
  isSlow(ms: number, options: FakeFaultOptions = {}): void {
    this.#script({ fault: 'delay', ms }, { of: 'attach', ...options });
  }

  /** The next attaches, `times` of them, fail, each in another way and without effect; those behind them do not. */
  isFlaky(times: number, { of = 'attach' }: Pick<FakeFaultOptions, 'of'> = {}): void {
    for (let count = 0; count < times; count += 1) {
      this.#script(passingFaults[count % passingFaults.length] ?? { fault: 'unreachable' }, { of });
    }
  }

  #script(fault: Fault, { times = 1, of }: FakeFaultOptions): void {
    this.account.faults.next({ ...fault, times, ...(of === undefined ? {} : { match: requestsOf[of] }) });
  }

  #meet(paymentMethodId: PaymentMethodId | null, customer?: CustomerReference): void {
    if (this.#strict) return;
    const { account } = this;
    if (paymentMethodId !== null && !isTestAlias(paymentMethodId) && !account.has(paymentMethodId))
      account.addPaymentMethod({ id: paymentMethodId });
    if (customer === undefined || account.has(customer.id)) return;
    if (customer.kind === 'customer') account.addCustomer(customer.id);
    else account.addCustomerAccount(customer.id);
  }

  async #change<Result>(request: FakeRequest, options: CallOptions, read: (response: StripeResponse) => Result) {
    const { response, cause, evidence } = await this.#ask(request, options, 'response');
    return { ...(response === undefined ? unknown(cause) : read(response)), evidence };
  }

  async #look<Result>(
    request: FakeRequest,
    options: CallOptions,
    read: (response: StripeResponse) => Result,
    source: EvidenceSource = 'readBack',
  ) {
    const { response, cause, evidence } = await this.#ask(request, options, source);
    return { ...(response === undefined ? unknownLook(cause) : read(response)), evidence };
  }

  #ask(request: FakeRequest, options: CallOptions, source: EvidenceSource) {
    this.#requests.push(request);
    return this.#line.send(source, toStripeRequest(request, this.apiVersion), options);
  }
}
