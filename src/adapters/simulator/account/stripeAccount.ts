import type { AccountRules } from '../endpoints/context.ts';
import type { Fault } from '../faults/fault.ts';
import { FaultScript } from '../faults/faultScript.ts';
import { Pipeline } from '../pipeline/pipeline.ts';
import type { RateLimits } from '../pipeline/rateLimits.ts';
import { documentedRateLimits } from '../pipeline/rateLimits.ts';
import { Webhooks } from '../webhooks/webhooks.ts';
import type { StripeRequest, StripeResponse } from '../wire/messages.ts';
import { defaultVersion } from '../wire/versions.ts';
import { Ids } from '../world/ids.ts';
import { Log } from '../world/log.ts';
import type { Effect } from '../world/records.ts';
import { Worlds } from '../world/worlds.ts';
import type { NewCustomer, NewPaymentMethod } from './accountWorld.ts';
import { AccountWorld } from './accountWorld.ts';
import { deliveryOf, deliveryWithoutEffect } from './deliveries.ts';
import { loadDocumentedExample } from './documentedExample.ts';
import type { Call, RequestEntry, StripeAccountOptions, Where } from './options.ts';

const requestsKept = 1000;

/**
 * A Stripe account: what it holds, in live mode and in test mode, and what the accounts hold that are connected to it;
 * idempotency keys, events, webhooks, faults. Pure of I/O: the same requests, instants and random numbers give the same
 * answers. Written from https://docs.stripe.com/api and recorded responses.
 */
export class StripeAccount {
  readonly id: string;
  /** What is to go wrong with coming requests, for the faces that use `receive`. */
  readonly faults = new FaultScript();
  /** What is to be sent to webhook endpoints; a face sends it. */
  readonly webhooks: Webhooks;
  readonly #options: StripeAccountOptions;
  readonly #rules: AccountRules;
  readonly #ids: Ids;
  readonly #worlds: Worlds;
  readonly #pipeline: Pipeline;
  readonly #effects: Log<Effect>;
  readonly #requests: Log<RequestEntry>;
  #clockOffsetMs = 0;

  constructor(options: StripeAccountOptions = {}) {
    const { keeps = {}, apiVersion = defaultVersion, apiKeys, readOnlyApiKeys, expiredApiKeys } = options;
    const now = () => this.now;
    this.#options = options;
    this.#ids = new Ids(options.random ?? Math.random);
    this.id = options.id ?? this.#ids.account();
    this.#rules = {
      apiVersion,
      maxPaymentMethodsPerCustomer: options.maxPaymentMethodsPerCustomer ?? Infinity,
      takesCardNumbers: options.takesCardNumbers ?? true,
    };
    this.#effects = new Log(keeps.effects ?? Infinity);
    this.#requests = new Log(keeps.requests ?? requestsKept);
    this.webhooks = new Webhooks({ worlds: () => this.#worlds, ids: this.#ids, now, apiVersion });
    this.#worlds = new Worlds(this.id, {
      eventsKept: keeps.events ?? Infinity,
      announce: (event, world) => this.webhooks.announce(event, world),
    });
    this.#pipeline = new Pipeline({
      worlds: this.#worlds,
      ids: this.#ids,
      now,
      keyRules: { apiKeys, readOnlyApiKeys, expiredApiKeys, accountId: this.id },
      rules: this.#rules,
      savedOutcomesKept: keeps.savedOutcomes ?? Infinity,
      noteEffect: (effect) => this.#effects.push(effect),
      pendingWebhooks: (eventId) => this.webhooks.pendingOf(eventId),
    });
    this.limitRates(options.rateLimits ?? false);
    if (options.documentedExample === true) loadDocumentedExample(this.in());
  }

  /** The account's clock, in unix milliseconds. */
  get now(): number {
    return (this.#options.now ?? Date.now)() + this.#clockOffsetMs;
  }

  /** What really happened to payment methods, in order, whatever their callers were told. */
  get effects(): readonly Effect[] {
    return this.#effects.items;
  }

  /** What was asked and answered, in order of the answers. */
  get requests(): readonly RequestEntry[] {
    return this.#requests.items;
  }

  /** Answers at once by the plain rules; scripted faults are left for `receive`. */
  handle(request: StripeRequest): StripeResponse {
    const { requestId, run } = this.#pipeline.admit(request);
    const response = run();
    this.#note(request, requestId, response.status, undefined);
    return response;
  }

  /** Takes a request in, with the fault scripted for it; the caller acts out the delay and the delivery. */
  receive(request: StripeRequest): Call {
    const fault = this.faults.take(request);
    const undelivered = deliveryWithoutEffect(fault);
    if (undelivered !== undefined) {
      this.#note(request, null, null, fault);
      return { delayMs: 0, finish: () => undelivered };
    }
    const delayMs = fault?.fault === 'delay' ? fault.ms : (this.#options.workMs ?? 0);
    const holdsLocks = fault?.fault === 'delay' ? fault.holdsLocks === true : delayMs > 0;
    const { requestId, run } = this.#pipeline.admit(request, fault, holdsLocks);
    const finish = () => {
      const response = run();
      this.#note(request, requestId, response.status, fault);
      return deliveryOf(response, fault);
    };
    return { delayMs, finish };
  }

  /** Moves the account's clock forward. */
  advance(ms: number): void {
    this.#clockOffsetMs += ms;
    this.webhooks.clockMoved();
  }

  /** Counts requests from now on, by the documented limits or by these; false, as at first: no more. */
  limitRates(limits: boolean | RateLimits): void {
    this.#pipeline.rateLimits = limits === true ? documentedRateLimits : limits === false ? null : limits;
  }

  /** Connects an account and answers its id. This account is a platform from then on. */
  connectAccount(id: string = this.#ids.account()): string {
    this.#worlds.connect(id);
    return id;
  }

  /** One account in one mode, to be filled, and changed without a request. Throws for one that is not connected. */
  in({ account = this.id, livemode = false }: Where = {}): AccountWorld {
    const world = this.#worlds.find(account, livemode);
    if (world === undefined) {
      throw new TypeError(`${account} is not connected to ${this.id}. Connect it with connectAccount first.`);
    }
    const noteEffect = (effect: Effect) => this.#effects.push(effect);
    const own = { ids: this.#ids, rules: this.#rules, webhooks: this.webhooks };
    return new AccountWorld({ ...own, world, now: () => this.now, noteEffect });
  }

  /** As `in().addCustomer`. */
  addCustomer(added?: string | NewCustomer): string {
    return this.in().addCustomer(added);
  }

  /** As `in().addCustomerAccount`. */
  addCustomerAccount(id?: string): string {
    return this.in().addCustomerAccount(id);
  }

  /** As `in().addPaymentMethod`. */
  addPaymentMethod(added?: NewPaymentMethod): string {
    return this.in().addPaymentMethod(added);
  }

  /** As `in().has`. */
  has(id: string): boolean {
    return this.in().has(id);
  }

  /** Forgets all that was made, asked and scripted. The clock stays where it is. */
  reset(): void {
    this.#worlds.clear();
    this.#effects.clear();
    this.#requests.clear();
    this.faults.clear();
    this.webhooks.clear();
    if (this.#options.documentedExample === true) loadDocumentedExample(this.in());
  }

  #note(
    { method, path, headers = {} }: StripeRequest,
    requestId: string | null,
    status: number | null,
    fault: Fault | undefined,
  ) {
    const idempotencyKey = headers['idempotency-key'] ?? null;
    this.#requests.push({ requestId, method, path, idempotencyKey, status, fault: fault?.fault ?? null, at: this.now });
  }
}
