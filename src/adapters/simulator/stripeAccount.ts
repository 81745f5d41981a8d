import { newCustomer } from './customers.ts';
import { loadDocumentedExample } from './documentedExample.ts';
import type { Fault } from './faults.ts';
import { FaultScript } from './faults.ts';
import { Ids } from './ids.ts';
import { instrumentNamed } from './instruments.ts';
import { cardOf, newPaymentMethod } from './newPaymentMethod.ts';
import { Pipeline } from './pipeline.ts';
import { badGatewayResponse } from './responses.ts';
import type { Effect, Owner } from './vault.ts';
import { Vault } from './vault.ts';
import type { StripeRequest, StripeResponse } from './wire.ts';

export type StripeAccountOptions = {
  /** unix milliseconds; the machine's clock where absent */
  readonly now?: () => number;
  /** at least 0, under 1; `Math.random` where absent */
  readonly random?: () => number;
  /** loads `documentedExample`; false where absent */
  readonly documentedExample?: boolean;
  /** the only API keys that are good; any `sk_test_…` or `rk_test_…` where absent */
  readonly apiKeys?: readonly string[];
  /** API keys that may read and not write (403) */
  readonly readOnlyApiKeys?: readonly string[];
  /** the version of requests that name none; `2025-10-29.clover` where absent */
  readonly apiVersion?: string;
  /** no limit where absent: Stripe's own is not published */
  readonly maxPaymentMethodsPerCustomer?: number;
};

export type NewPaymentMethod = {
  /** a new id where absent; what has this id already is replaced */
  readonly id?: string;
  /** `card` where absent */
  readonly type?: string;
  /** the test card, by what follows `pm_card_`; `visa` where absent */
  readonly instrument?: string;
  /** the decline code, or error code, that attaching answers; the card's own where absent */
  readonly decline?: string;
  /** whom it belongs to already */
  readonly owner?: Owner;
  /** true for one that was detached before, and so can never be attached again */
  readonly spent?: boolean;
};

/** How an answer travels: whole, cut off half-way through its body, or not at all. */
export type Delivery =
  | { readonly delivery: 'whole'; readonly response: StripeResponse }
  | { readonly delivery: 'cut'; readonly response: StripeResponse }
  | { readonly delivery: 'lost' | 'stalled' | 'unreachable' };

/** A request that has arrived. */
export type Call = {
  /** when to finish it, after it arrived; 0 unless a delay is scripted */
  readonly delayMs: number;
  /** Executes it, with its effects. To be called once, whether or not the caller still waits. */
  readonly finish: () => Delivery;
};

/**
 * A Stripe test account: customers, payment methods, idempotency keys, faults. Pure of I/O: the same requests, instants
 * and random numbers give the same answers. Written from https://docs.stripe.com/api and recorded responses.
 */
export class StripeAccount {
  /** What is to go wrong with coming requests, for the faces that use `receive`. */
  readonly faults = new FaultScript();
  readonly #vault = new Vault();
  readonly #ids: Ids;
  readonly #now: () => number;
  readonly #pipeline: Pipeline;

  constructor(options: StripeAccountOptions = {}) {
    this.#now = options.now ?? Date.now;
    this.#ids = new Ids(options.random ?? Math.random);
    const { apiKeys, readOnlyApiKeys } = options;
    this.#pipeline = new Pipeline({
      vault: this.#vault,
      ids: this.#ids,
      now: this.#now,
      keyRules: { apiKeys, readOnlyApiKeys, accountId: this.#ids.account() },
      apiVersion: options.apiVersion ?? '2025-10-29.clover',
      maxPaymentMethodsPerCustomer: options.maxPaymentMethodsPerCustomer ?? Infinity,
    });
    if (options.documentedExample === true) loadDocumentedExample(this.#vault, this.#ids);
  }

  /** What really happened through requests, in order, whatever their callers were told. */
  get effects(): readonly Effect[] {
    return this.#vault.effects;
  }

  /** Answers at once by the plain rules; scripted faults are left for `receive`. */
  handle(request: StripeRequest): StripeResponse {
    return this.#pipeline.admit(request)();
  }

  /** Takes a request in, with the fault scripted for it; the caller acts out the delay and the delivery. */
  receive(request: StripeRequest): Call {
    const fault = this.faults.take(request);
    const undelivered = deliveryWithoutEffect(fault);
    if (undelivered !== undefined) return { delayMs: 0, finish: () => undelivered };
    const execute = this.#pipeline.admit(request, fault);
    return {
      delayMs: fault?.fault === 'delay' ? fault.ms : 0,
      finish: () => deliveryOf(execute(), fault),
    };
  }

  /** Adds a customer and answers its id. */
  addCustomer(id: string = this.#ids.customer()): string {
    const created = Math.floor(this.#now() / 1000);
    this.#vault.customers.set(id, newCustomer(id, this.#ids.invoicePrefix(), created));
    return id;
  }

  /** Adds an account that acts as a customer (`customer_account`) and answers its id. */
  addCustomerAccount(id: string = this.#ids.account()): string {
    this.#vault.customerAccounts.add(id);
    return id;
  }

  /** Adds a payment method and answers its id. It is no effect: nobody asked for it. */
  addPaymentMethod(added: NewPaymentMethod = {}): string {
    const { id = this.#ids.paymentMethod(), type = 'card', instrument: name = 'visa', owner = null } = added;
    const instrument = instrumentNamed(name);
    if (instrument === undefined) throw new TypeError(`There is no test card named ${name}.`);
    const card = cardOf(instrument, this.#now(), owner === null ? {} : { cvcCheck: instrument.cvcCheck });
    const parts = { type, owner, spent: added.spent ?? false };
    this.#vault.paymentMethods.set(
      id,
      type === 'card'
        ? newPaymentMethod(id, this.#now(), { ...parts, card, decline: added.decline ?? instrument.decline })
        : newPaymentMethod(id, this.#now(), { ...parts, decline: added.decline ?? null }),
    );
    return id;
  }

  /** True for the id of a customer, an account that acts as one, or a payment method of this account. */
  has(id: string): boolean {
    return this.#vault.customers.has(id) || this.#vault.customerAccounts.has(id) || this.#vault.paymentMethods.has(id);
  }
}

function deliveryWithoutEffect(fault: Fault | undefined): Delivery | undefined {
  if (fault?.fault === 'unreachable') return { delivery: 'unreachable' };
  if (fault?.fault === 'loseRequest') return { delivery: 'lost' };
  if (fault?.fault === 'stall' && fault.effect === false) return { delivery: 'stalled' };
  if (fault?.fault === 'badGateway' && fault.effect !== true)
    return { delivery: 'whole', response: badGatewayResponse };
  return undefined;
}

function deliveryOf(response: StripeResponse, fault: Fault | undefined): Delivery {
  if (fault?.fault === 'loseResponse') return { delivery: 'lost' };
  if (fault?.fault === 'stall') return { delivery: 'stalled' };
  if (fault?.fault === 'cutBody') return { delivery: 'cut', response };
  if (fault?.fault === 'badGateway') return { delivery: 'whole', response: badGatewayResponse };
  return { delivery: 'whole', response };
}
