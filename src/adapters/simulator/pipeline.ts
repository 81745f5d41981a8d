import type { KeyRules } from './authentication.ts';
import { authenticate, authorize } from './authentication.ts';
import type { Failure } from './failures.ts';
import { failures, StripeFailure } from './failures.ts';
import type { Fault } from './faults.ts';
import { canonicalForm, decodeForm } from './form.ts';
import type { Replay } from './idempotency.ts';
import { IdempotencyKeys } from './idempotency.ts';
import type { Ids } from './ids.ts';
import { checkParameters } from './parameters.ts';
import type { Exchange } from './responses.ts';
import { failureResponse, replayResponse, successResponse } from './responses.ts';
import type { Route } from './routes.ts';
import { findRoute } from './routes.ts';
import type { Vault } from './vault.ts';
import type { StripeRequest, StripeResponse } from './wire.ts';

export type PipelineOptions = {
  readonly vault: Vault;
  readonly ids: Ids;
  /** unix milliseconds */
  readonly now: () => number;
  readonly keyRules: KeyRules;
  /** for requests that name none */
  readonly apiVersion: string;
  readonly maxPaymentMethodsPerCustomer: number;
};

type Admitted = { readonly route: Route; readonly pathId: string; readonly replay: Replay | null };

const versionPattern = /^\d{4}-\d{2}-\d{2}(?:\.[a-z0-9_]+)?$/;

/** What every request passes through: authentication, limits, idempotency, the endpoint, the headers. */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #keys = new IdempotencyKeys();

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /**
   * Lets a request in and puts its idempotency key in flight. The function that comes back executes it, to be called
   * once; until then a second request under the key is refused with 409.
   */
  admit(request: StripeRequest, fault?: Fault): () => StripeResponse {
    const exchange = this.#exchangeOf(request);
    try {
      const admitted = this.#check(request, exchange, fault);
      const { replay } = admitted;
      if (replay === null) return () => this.#execute(request, exchange, admitted, fault);
      return () => replayResponse(exchange, replay);
    } catch (error) {
      const response = failureResponse(exchange, failureIn(error));
      return () => response;
    }
  }

  #exchangeOf({ method, headers = {} }: StripeRequest): Exchange {
    const version = headers['stripe-version'] ?? '';
    const key = method === 'POST' ? (headers['idempotency-key'] ?? '') : '';
    return {
      requestId: this.#options.ids.request(),
      version: versionPattern.test(version) ? version : this.#options.apiVersion,
      stripeAccount: headers['stripe-account'],
      idempotencyKey: key === '' ? null : key,
      at: this.#options.now(),
    };
  }

  #check(request: StripeRequest, exchange: Exchange, fault: Fault | undefined): Admitted {
    const { method, path, headers = {}, body = '' } = request;
    const apiKey = authenticate(headers['authorization'], this.#options.keyRules);
    const version = headers['stripe-version'];
    if (version !== undefined && !versionPattern.test(version)) throw failures.invalidVersion(version);
    const found = findRoute(method, path);
    if (found === undefined) throw failures.unrecognizedUrl(method, path);
    authorize(apiKey, method, found.route.permission, this.#options.keyRules);
    if (body !== '' && !isForm(headers['content-type'])) throw failures.notForm();
    if (fault?.fault === 'rateLimit') throw failures.rateLimit(fault.reason ?? 'global-rate');
    const { idempotencyKey: key, requestId, at } = exchange;
    const use = { path, parameters: canonicalForm(body), requestId, firstUsedAt: at };
    return { ...found, replay: key === null ? null : this.#keys.begin(key, use) };
  }

  #execute(
    request: StripeRequest,
    exchange: Exchange,
    { route, pathId }: Admitted,
    fault: Fault | undefined,
  ): StripeResponse {
    try {
      if (fault?.fault === 'lockTimeout') throw failures.lockTimeout();
      if (fault?.fault === 'serverError' && !fault.effect) throw failures.serverError();
      const object = this.#run(request, exchange, route, pathId);
      if (fault?.fault === 'serverError') throw failures.serverError();
      const response = successResponse(exchange, object);
      this.#settle(exchange, response, true);
      return response;
    } catch (error) {
      const failure = fault?.fault === 'serverError' ? failures.serverError().failure : failureIn(error);
      const response = failureResponse(exchange, failure);
      this.#settle(exchange, response, failure.saved === true);
      return response;
    }
  }

  #run(request: StripeRequest, exchange: Exchange, route: Route, pathId: string) {
    const { vault, ids, maxPaymentMethodsPerCustomer, now } = this.#options;
    const parameters = decodeForm((request.method === 'POST' ? request.body : request.query) ?? '');
    checkParameters(parameters, route.parameters);
    return route.run({ ...exchange, vault, ids, maxPaymentMethodsPerCustomer, parameters, pathId, at: now() });
  }

  #settle({ idempotencyKey }: Exchange, { status, body }: StripeResponse, saved: boolean): void {
    if (idempotencyKey === null) return;
    if (saved) this.#keys.save(idempotencyKey, { status, body });
    else this.#keys.release(idempotencyKey);
  }
}

function isForm(contentType: string | undefined): boolean {
  return contentType === undefined || contentType.startsWith('application/x-www-form-urlencoded');
}

function failureIn(error: unknown): Failure {
  if (error instanceof StripeFailure) return error.failure;
  throw error;
}
