import type { Answer, LookUp } from '../../domain/answers.ts';
import type {
  CustomerLookUp,
  DetachAnswer,
  PaymentMethodPage,
  SetDefaultAnswer,
  SetupAnswer,
  SetupLookUp,
} from '../../domain/gatewayAnswers.ts';
import type {
  AttemptId,
  CustomerId,
  CustomerReference,
  PaymentMethodId,
  SetupIntentId,
} from '../../domain/identifiers.ts';
import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import type { Notification } from '../commands/notifications.ts';

/** What Stripe is asked to attach, to whom, and under which key. */
export type AttachRequest = {
  readonly paymentMethodId: PaymentMethodId;
  readonly customer: CustomerReference;
  /** Sent as `Idempotency-Key`, the same on every try. */
  readonly idempotencyKey: string;
  /** Sent as `Stripe-Version`: the version the key was first used with. */
  readonly apiVersion: string;
};

/** What every request that changes something is sent with. */
type Keyed = {
  /** Sent as `Idempotency-Key`, the same on every try. */
  readonly idempotencyKey: string;
  /** Sent as `Stripe-Version`: the version the key was first used with. */
  readonly apiVersion: string;
};

export type DetachRequest = Keyed & { readonly paymentMethodId: PaymentMethodId };

export type SetDefaultRequest = Keyed & {
  readonly customer: CustomerId;
  readonly paymentMethodId: PaymentMethodId;
};

export type SetupRequest = Keyed & {
  readonly attemptId: AttemptId;
  readonly customer: CustomerReference;
  readonly usage: 'off_session' | 'on_session';
  /** which types the front end offers; null lets Stripe choose (automatic payment methods) */
  readonly paymentMethodTypes: readonly string[] | null;
};

export type ListRequest = {
  readonly customer: CustomerReference;
  /** the last id of the page before */
  readonly after?: PaymentMethodId | undefined;
  /** 1 to 100 */
  readonly limit?: number | undefined;
};

/** Which page of events to list, newest first. */
export type EventsRequest = {
  /** unix seconds: none from before it. Stripe keeps events for 30 days. */
  readonly createdFrom: number;
  /** unix seconds: none from after it; to now if absent */
  readonly createdTo?: number | undefined;
  /** the last event's id of the page before */
  readonly after?: string | undefined;
  /** 1 to 100 */
  readonly limit?: number | undefined;
};

/** An event as Stripe lists it. */
export type ListedEvent = {
  /** `evt_…` */
  readonly eventId: string;
  /** unix seconds, by Stripe's clock */
  readonly created: number;
  /** what it tells the trail; null where it cannot be read */
  readonly notification: Notification | null;
};

/** What a look at a page of events found. */
export type EventPage =
  | { readonly look: 'found'; readonly events: readonly ListedEvent[]; readonly hasMore: boolean }
  /** the event to go on after is not there any more */
  | { readonly look: 'notFound' }
  | { readonly look: 'unknown'; readonly cause: UnknownCause };

type Evidenced<Result> = Promise<Result & { readonly evidence: Evidence }>;

/** How a caller of the gateway gives up. */
export type CallOptions = {
  /** Gives up waiting. What was already sent may still take effect, so the answer is then `unknown`. */
  readonly signal?: AbortSignal | undefined;
};

export type LookUpOptions = CallOptions & {
  /** Whose it may be: from 2025-12-15.clover on Stripe may name a customer and an account, and this is the one to keep. */
  readonly expected?: CustomerReference | undefined;
};

/** What Stripe can be asked about payment methods. */
export interface PaymentMethodGateway {
  /** The Stripe API version that new requests are made with, for example `2025-10-29.clover`. */
  readonly apiVersion: string;

  /**
   * Asks Stripe to attach. Answers within one total deadline, in one of three ways: attached, rejected or unknown;
   * anything it does not recognise, the echo of another payment method or customer among it, is unknown. Every try goes
   * out under the same key with the same bytes. Throws only a fault that no repeat would mend (`GATEWAY_UNAUTHORIZED`,
   * `GATEWAY_FORBIDDEN`, `GATEWAY_MISCONFIGURED`); a fault means that nothing was attached by this call.
   * https://docs.stripe.com/api/payment_methods/attach
   */
  attach(request: AttachRequest, options?: CallOptions): Promise<Answer & { readonly evidence: Evidence }>;

  /**
   * Looks a payment method up; changes nothing. Answers found, not found or unknown within one total deadline. Where
   * Stripe names a customer and an account, the one expected is answered, and else the customer. Throws the same faults as
   * `attach`. https://docs.stripe.com/api/payment_methods/retrieve
   */
  lookUp(paymentMethodId: PaymentMethodId, options?: LookUpOptions): Promise<LookUp & { readonly evidence: Evidence }>;

  /**
   * Asks Stripe to detach, for good: a detached payment method can never be attached again. Promises and faults as those
   * of `attach`. https://docs.stripe.com/api/payment_methods/detach
   */
  detach(request: DetachRequest, options?: CallOptions): Evidenced<DetachAnswer>;

  /**
   * Asks Stripe to make this the customer's default for invoices (`invoice_settings.default_payment_method`). Promises
   * and faults as those of `attach`; an echo that names another default is unknown. https://docs.stripe.com/api/customers/update
   */
  setDefault(request: SetDefaultRequest, options?: CallOptions): Evidenced<SetDefaultAnswer>;

  /** Looks a customer up; promises as those of `lookUp`. https://docs.stripe.com/api/customers/retrieve */
  lookUpCustomer(customer: CustomerId, options?: CallOptions): Evidenced<CustomerLookUp>;

  /**
   * One page of a customer's payment methods, newest first, as evidence from a `sweep`; promises as those of `lookUp`. A
   * page of which one cannot be read is unknown. https://docs.stripe.com/api/payment_methods/customer_list
   */
  listPaymentMethods(request: ListRequest, options?: CallOptions): Evidenced<PaymentMethodPage>;

  /**
   * Asks Stripe for a SetupIntent, by which a front end saves a payment method: the way Stripe recommends for cards that
   * are kept for later. Its metadata carries our attempt id, as `attach_payment_method_attempt_id`. Promises and faults as those of `attach`; an
   * echo without our attempt or customer is unknown. https://docs.stripe.com/api/setup_intents/create
   */
  createSetupIntent(request: SetupRequest, options?: CallOptions): Evidenced<SetupAnswer>;

  /** Looks a SetupIntent up; promises as those of `lookUp`. https://docs.stripe.com/api/setup_intents/retrieve */
  lookUpSetupIntent(setupIntentId: SetupIntentId, options?: LookUpOptions): Evidenced<SetupLookUp>;

  /**
   * One page of what Stripe tells of payment methods, setups and deleted customers, as `ingest` takes it; newest first, as
   * evidence from a `sweep`. Promises as those of `lookUp`. https://docs.stripe.com/api/events/list
   */
  listEvents(request: EventsRequest, options?: CallOptions): Evidenced<EventPage>;
}
