import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
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
import type { Evidence, UnknownCause } from '../../domain/evidence.ts';
import type {
  CustomerLookUp,
  DetachAnswer,
  PaymentMethodPage,
  SetDefaultAnswer,
  SetupAnswer,
  SetupLookUp,
} from '../../domain/gatewayAnswers.ts';
import type { CustomerId, PaymentMethodId, SetupIntentId } from '../../domain/identifiers.ts';
import { ask } from './call.ts';
import { faultError, misconfigured } from './faults.ts';
import { attach } from './operations/attach.ts';
import { createSetupIntent } from './operations/createSetupIntent.ts';
import { detach } from './operations/detach.ts';
import { listEvents } from './operations/listEvents.ts';
import { listPaymentMethods } from './operations/listPaymentMethods.ts';
import { lookUp } from './operations/lookUp.ts';
import { lookUpCustomer } from './operations/lookUpCustomer.ts';
import { lookUpSetupIntent } from './operations/lookUpSetupIntent.ts';
import type { Operation } from './operations/operation.ts';
import { setDefault } from './operations/setDefault.ts';
import type { Settings, StripeGatewayOptions } from './options.ts';
import { checkOptions } from './options.ts';

type Evidenced<Result> = Promise<Result & { readonly evidence: Evidence }>;

const maxConnectMs = 5_000;

/**
 * Stripe over HTTP, on a pool of kept-alive connections of its own or on the host's dispatcher. Follows no redirect.
 * The constructor throws `GATEWAY_MISCONFIGURED`. https://docs.stripe.com/api
 */
export class StripeGateway implements PaymentMethodGateway {
  readonly apiVersion: string;
  readonly #settings: Settings;
  readonly #dispatcher: Dispatcher;
  #callsInFlight = 0;
  #onIdle: (() => void) | null = null;
  #closing: Promise<void> | null = null;

  constructor(options: StripeGatewayOptions) {
    this.#settings = checkOptions(options);
    this.apiVersion = this.#settings.apiVersion;
    this.#dispatcher = this.#settings.dispatcher ?? makePool(this.#settings);
  }

  attach(request: AttachRequest, options: CallOptions = {}): Evidenced<Answer> {
    return this.#ask(() => attach(request, this.#settings.reads), unknownAnswer, options);
  }

  detach(request: DetachRequest, options: CallOptions = {}): Evidenced<DetachAnswer> {
    return this.#ask(() => detach(request), unknownAnswer, options);
  }

  setDefault(request: SetDefaultRequest, options: CallOptions = {}): Evidenced<SetDefaultAnswer> {
    return this.#ask(() => setDefault(request), unknownAnswer, options);
  }

  createSetupIntent(request: SetupRequest, options: CallOptions = {}): Evidenced<SetupAnswer> {
    return this.#ask(() => createSetupIntent(request), unknownAnswer, options);
  }

  lookUp(paymentMethodId: PaymentMethodId, options: LookUpOptions = {}): Evidenced<LookUp> {
    const { reads } = this.#settings;
    return this.#ask(() => lookUp(this.apiVersion, paymentMethodId, options.expected, reads), unknownLook, options);
  }

  lookUpCustomer(customer: CustomerId, options: CallOptions = {}): Evidenced<CustomerLookUp> {
    return this.#ask(() => lookUpCustomer(this.apiVersion, customer), unknownLook, options);
  }

  lookUpSetupIntent(setupIntentId: SetupIntentId, options: LookUpOptions = {}): Evidenced<SetupLookUp> {
    return this.#ask(() => lookUpSetupIntent(this.apiVersion, setupIntentId, options.expected), unknownLook, options);
  }

  listPaymentMethods(request: ListRequest, options: CallOptions = {}): Evidenced<PaymentMethodPage> {
    return this.#ask(() => listPaymentMethods(this.apiVersion, request, this.#settings.reads), unknownLook, options);
  }

  listEvents(request: EventsRequest, options: CallOptions = {}): Evidenced<EventPage> {
    return this.#ask(() => listEvents(this.apiVersion, request, this.#settings.reads), unknownLook, options);
  }

  /** Lets calls in flight finish, then closes the pool; later calls throw. A host's dispatcher is left open. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    if (this.#callsInFlight > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    // With every call over, all that is left are idle connections and requests nobody waits for.
    if (this.#settings.dispatcher === null) await this.#dispatcher.destroy();
  }

  async #ask<Known extends object, Unknown extends object>(
    operationOf: () => Operation<Known>,
    unknown: (cause: UnknownCause) => Unknown,
    { signal }: CallOptions,
  ): Evidenced<Known | Unknown> {
    if (this.#closing !== null) throw misconfigured('it is closed; nothing was sent. Make a new one.');
    this.#callsInFlight += 1;
    try {
      const operation = operationOf();
      const { decided, tries } = await ask(this.#dispatcher, this.#settings, operation, signal);
      const { verdict, requestId } = decided;
      if (verdict.verdict === 'fault') throw faultError(verdict.code, requestId);
      const evidence: Evidence = { source: operation.source, requestId, tries };
      return { ...(verdict.verdict === 'known' ? verdict.known : unknown(verdict.cause)), evidence };
    } finally {
      this.#callsInFlight -= 1;
      if (this.#callsInFlight === 0) this.#onIdle?.();
    }
  }
}

function unknownAnswer(cause: UnknownCause) {
  return { answer: 'unknown', cause } as const;
}

function unknownLook(cause: UnknownCause) {
  return { look: 'unknown', cause } as const;
}

function makePool({ origin, connections, deadlineMs }: Settings): Pool {
  return new Pool(origin, { connections, connect: { timeout: Math.min(maxConnectMs, deadlineMs) } });
}
