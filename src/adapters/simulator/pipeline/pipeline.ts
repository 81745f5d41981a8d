import type { AccountRules, Context } from '../endpoints/context.ts';
import type { Fault } from '../faults/fault.ts';
import { checkExpansions, expanded } from '../objects/expansion.ts';
import { viewOf } from '../objects/objects.ts';
import type { Failure } from '../wire/failures.ts';
import { StripeFailure } from '../wire/failures.ts';
import { decodeForm } from '../wire/form.ts';
import type { JsonObject } from '../wire/json.ts';
import type { StripeRequest, StripeResponse } from '../wire/messages.ts';
import { checkParameters, textsOf } from '../wire/parameters.ts';
import { requestFailures } from '../wire/requestFailures.ts';
import { isVersion } from '../wire/versions.ts';
import type { World } from '../world/world.ts';
import type { KeyRules } from './authentication.ts';
import { apiKeyIn, authenticate, authorize, isLiveKey } from './authentication.ts';
import type { Entered } from './gate.ts';
import { Gate } from './gate.ts';
import type { RateLimits } from './rateLimits.ts';
import type { Exchange } from './responses.ts';
import { failureResponse, replayResponse, successResponse } from './responses.ts';
import type { FoundRoute } from './routes.ts';
import { findRoute } from './routes.ts';
import { worldOf } from './worldOf.ts';

export type PipelineOptions = Pick<Context, 'ids' | 'worlds' | 'noteEffect' | 'pendingWebhooks'> & {
  /** unix milliseconds */
  readonly now: () => number;
  readonly keyRules: KeyRules;
  readonly rules: AccountRules;
  /** how many outcomes each world keeps under their keys, at most */
  readonly savedOutcomesKept: number;
};

/** A request that was let in, or turned away: `run`, to be called once, executes it and answers it. */
export type Admission = { readonly requestId: string; readonly run: () => StripeResponse };

type Admitted = FoundRoute & Entered & { readonly world: World; readonly gate: Gate };

/** What every request passes through: authentication, its world, the gate, the endpoint, the headers. */
export class Pipeline {
  /** null, the default: requests are not counted */
  rateLimits: RateLimits | null = null;
  readonly #options: PipelineOptions;
  readonly #gates = new WeakMap<World, Gate>();

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /**
   * Lets a request in and puts its idempotency key in flight, and its objects under lock if it is to hold them. Until it
   * is run a second request under the key is refused with 409, and one for those objects with `lock_timeout`.
   */
  admit(request: StripeRequest, fault?: Fault, holdsLocks = false): Admission {
    const exchange = this.#exchangeOf(request);
    const { requestId } = exchange;
    try {
      const admitted = this.#check(request, exchange, fault, holdsLocks);
      const { replay } = admitted;
      if (replay !== null) return { requestId, run: () => replayResponse(exchange, replay) };
      return { requestId, run: () => this.#execute(request, exchange, admitted, fault) };
    } catch (error) {
      const response = failureResponse(exchange, failureIn(error));
      return { requestId, run: () => response };
    }
  }

  #exchangeOf({ method, headers = {} }: StripeRequest): Exchange {
    const { ids, rules, now, keyRules } = this.#options;
    const version = headers['stripe-version'] ?? '';
    const key = method === 'POST' ? (headers['idempotency-key'] ?? '') : '';
    return {
      requestId: ids.request(),
      version: isVersion(version) ? version : rules.apiVersion,
      stripeAccount: headers['stripe-account'],
      idempotencyKey: key === '' ? null : key,
      at: now(),
      livemode: isLiveKey(apiKeyIn(headers['authorization'])),
      accountId: keyRules.accountId,
    };
  }

  #check(request: StripeRequest, exchange: Exchange, fault: Fault | undefined, holdsLocks: boolean): Admitted {
    const { method, path, headers = {}, body = '' } = request;
    const { keyRules, worlds } = this.#options;
    const apiKey = authenticate(headers['authorization'], keyRules);
    const version = headers['stripe-version'];
    if (version !== undefined && !isVersion(version)) throw requestFailures.invalidVersion(version);
    const world = worldOf(headers, apiKey, worlds);
    const found = findRoute(method, path);
    if (found === undefined) throw requestFailures.unrecognizedUrl(method, path);
    authorize(apiKey, method, found.route.permission, keyRules);
    if (body !== '' && !isForm(headers['content-type'])) throw requestFailures.notForm();
    const gate = this.#gateOf(world);
    const { rateLimits } = this;
    return { ...found, ...gate.enter({ request, exchange, found, fault, rateLimits, holdsLocks }), world, gate };
  }

  #execute(request: StripeRequest, exchange: Exchange, admitted: Admitted, fault: Fault | undefined): StripeResponse {
    const { gate, release } = admitted;
    const broken = brokenBy(fault);
    try {
      if (fault?.fault === 'lockTimeout') throw requestFailures.lockTimeout();
      if (broken?.effect === false) throw broken.failure;
      const object = this.#run(request, exchange, admitted);
      if (broken !== null) throw broken.failure;
      const response = successResponse(exchange, object);
      gate.settle(exchange.idempotencyKey, response, true);
      return response;
    } catch (error) {
      const failure = broken === null ? failureIn(error) : broken.failure.failure;
      const response = failureResponse(exchange, failure);
      gate.settle(exchange.idempotencyKey, response, failure.saved === true);
      return response;
    } finally {
      release();
    }
  }

  #run(request: StripeRequest, exchange: Exchange, { route, pathId, secondPathId, world }: Admitted): JsonObject {
    const { worlds, ids, now, rules, noteEffect, pendingWebhooks } = this.#options;
    const { requestId, idempotencyKey, version } = exchange;
    const parameters = decodeForm((request.method === 'POST' ? request.body : request.query) ?? '');
    checkParameters(parameters, route.parameters);
    const expand = textsOf(parameters, 'expand');
    checkExpansions(expand, route.answers);
    const asked = { requestId, idempotencyKey, version, parameters, pathId, secondPathId, at: now() };
    const object = route.run({ ...asked, world, worlds, ids, rules, noteEffect, pendingWebhooks });
    return expanded(object, expand, { answered: route.answers, world, view: viewOf({ version, world }) });
  }

  #gateOf(world: World): Gate {
    const gate = this.#gates.get(world) ?? new Gate(this.#options.savedOutcomesKept);
    this.#gates.set(world, gate);
    return gate;
  }
}

function brokenBy(fault: Fault | undefined): { readonly effect: boolean; readonly failure: StripeFailure } | null {
  if (fault?.fault === 'serverError') return { effect: fault.effect, failure: requestFailures.serverError() };
  if (fault?.fault !== 'dependencyFailed') return null;
  return { effect: fault.effect === true, failure: requestFailures.dependencyFailed() };
}

function isForm(contentType: string | undefined): boolean {
  return contentType === undefined || contentType.startsWith('application/x-www-form-urlencoded');
}

function failureIn(error: unknown): Failure {
  if (error instanceof StripeFailure) return error.failure;
  throw error;
}
