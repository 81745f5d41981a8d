import type { Dispatcher } from 'undici';
import { Pool } from 'undici';
import type {
  AttachRequest,
  CallOptions,
  DetachRequest,
  ListRequest,
  LookUpOptions,
  PaymentMethodGateway,
  SetDefaultRequest,
  SetupRequest,
} from '../../application/ports/paymentMethodGateway.ts';
import type { Answer, LookUp } from '../../domain/answers.ts';
import type { Evidence } from '../../domain/evidence.ts';
import type { CustomerLookUp, DetachAnswer, PaymentMethodPage, SetDefaultAnswer, SetupAnswer, SetupLookUp } from '../../domain/gatewayAnswers.ts';
import type { CustomerId, PaymentMethodId, SetupIntentId } from '../../domain/identifiers.ts';
import { ask } from './call.ts';
import { faultError, misconfigured } from './faults.ts';
import { attach } from './operations/attach.ts';
import { createSetupIntent } from './operations/createSetupIntent.ts';
import { detach } from './operations/detach.ts';
import { listPaymentMethods } from './operations/listPaymentMethods.ts';
import { lookUp } from './operations/lookUp.ts';
import { lookUpCustomer } from './operations/lookUpCustomer.ts';
import { lookUpSetupIntent } from './operations/lookUpSetupIntent.ts';
import type { Operation } from './operations/operation.ts';
import { setDefault } from './operations/setDefault.ts';
import type { Settings, StripeGatewayOptions } from './options.ts';
import { checkOptions } from './options.ts';

type Evidenced<Result> = Result & { readonly evidence: Evidence };

const maxConnectMs = 5_000;

/**
 * Stripe over HTTP, on a pool of kept-alive connections of its own or on the host's dispatcher. Follows no redirect.
 * The constructor throws `GATEWAY_MISCONFIGURED`. https://docs.stripe.com/api
 */
export class StripeGateway implements PaymentMethodGateway {
  readonly apiVersion: string;
  readonly #settings: Settings;
  readonly #dispatcher: Dispatcher;
  readonly #calls = new Set<Promise<unknown>>();
  #closing: Promise<void> | null = null;

  constructor(options: StripeGatewayOptions) {
    this.#settings = checkOptions(options);
    this.apiVersion = this.#settings.apiVersion;
    this.#dispatcher = this.#settings.dispatcher ?? makePool(this.#settings);
  }

  async attach(request: AttachRequest, options: CallOptions = {}): Promise<Evidenced<Answer>> {
    return this.#change(attach(request), options);
  }

  async detach(request: DetachRequest, options: CallOptions = {}): Promise<Evidenced<DetachAnswer>> {
    return this.#change(detach(request), options);
  }

  async setDefault(request: SetDefaultRequest, options: CallOptions = {}): Promise<Evidenced<SetDefaultAnswer>> {
    return this.#change(setDefault(request), options);
  }

  async createSetupIntent(request: SetupRequest, options: CallOptions = {}): Promise<Evidenced<SetupAnswer>> {
    return this.#change(createSetupIntent(request), options);
  }

  async lookUp(paymentMethodId: PaymentMethodId, options: LookUpOptions = {}): Promise<Evidenced<LookUp>> {
    return this.#look(lookUp(this.apiVersion, paymentMethodId, options.expected), options);
  }

  async lookUpCustomer(customer: CustomerId, options: CallOptions = {}): Promise<Evidenced<CustomerLookUp>> {
    return this.#look(lookUpCustomer(this.apiVersion, customer), options);
  }

  async lookUpSetupIntent(setupIntentId: SetupIntentId, options: LookUpOptions = {}): Promise<Evidenced<SetupLookUp>> {
    return this.#look(lookUpSetupIntent(this.apiVersion, setupIntentId, options.expected), options);
  }

  async listPaymentMethods(request: ListRequest, options: CallOptions = {}): Promise<Evidenced<PaymentMethodPage>> {
    return this.#look(listPaymentMethods(this.apiVersion, request), options);
  }

  /** Lets calls in flight finish, then closes the pool; later calls throw. A host's dispatcher is left open. */
  close(): Promise<void> {
    this.#closing ??= this.#drain();
    return this.#closing;
  }

  async #drain(): Promise<void> {
    await Promise.allSettled(this.#calls);
    // With every call over, all that is left are idle connections and requests nobody waits for.
    if (this.#settings.dispatcher === null) await this.#dispatcher.destroy();
  }

  async #change<Known extends { readonly answer: string }>(operation: Operation<Known>, options: CallOptions) {
    const { verdict, evidence } = await this.#run(operation, options);
    if (verdict.verdict === 'known') return { ...verdict.known, evidence };
    return { answer: 'unknown' as const, cause: verdict.cause, evidence };
  }

  async #look<Known extends { readonly look: string }>(operation: Operation<Known>, options: CallOptions) {
    const { verdict, evidence } = await this.#run(operation, options);
    if (verdict.verdict === 'known') return { ...verdict.known, evidence };
    return { look: 'unknown' as const, cause: verdict.cause, evidence };
  }

  async #run<Known>(operation: Operation<Known>, { signal }: CallOptions) {
    if (this.#closing !== null) throw misconfigured('it is closed; nothing was sent. Make a new one.');
    const asking = ask(this.#dispatcher, this.#settings, operation, signal);
    this.#calls.add(asking);
    try {
      const { decided, tries } = await asking;
      const { verdict, requestId } = decided;
      if (verdict.verdict === 'fault') throw faultError(verdict.code, requestId);
      const evidence: Evidence = { source: operation.source, requestId, tries };
      return { verdict, evidence };
    } finally {
      this.#calls.delete(asking);
    }
  }
}

function makePool({ origin, connections, deadlineMs }: Settings): Pool {
  return new Pool(origin, { connections, connect: { timeout: Math.min(maxConnectMs, deadlineMs) } });
}
