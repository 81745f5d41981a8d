import { Dispatcher } from 'undici';
import type { Call, Delivery, Fault, StripeRequest, StripeResponse } from '../../src/adapters/simulator/index.ts';
import type { RequestFault } from '../faults/faultPlan.ts';
import type { Mortal } from './mortal.ts';
import type { Surroundings } from './surroundings.ts';
import { noteAnswer } from './stripeSometimes.ts';

/** What the account itself does of a fault; the others happen on the way. */
const accountFaults: Partial<Record<RequestFault, Fault>> = {
  loseResponse: { fault: 'loseResponse' },
  cutBody: { fault: 'cutBody' },
  stall: { fault: 'stall' },
  serverError: { fault: 'serverError', effect: false },
  serverErrorAfterEffect: { fault: 'serverError', effect: true },
  badGateway: { fault: 'badGateway' },
  badGatewayAfterEffect: { fault: 'badGateway', effect: true, status: 504 },
  dependencyFailed: { fault: 'dependencyFailed', effect: true },
  rateLimit: { fault: 'rateLimit' },
  lockTimeout: { fault: 'lockTimeout' },
};

type Sent = {
  readonly request: StripeRequest;
  readonly fault: RequestFault | null;
  readonly handler: Handler | null;
  /** when its sender last looked at what it is about, or sent it where that is none of this request's */
  readonly seenUntil: number;
};
type Handler = Dispatcher.DispatchHandler;

/** A look, and the request after it, with all that the gateway repeats of them. */
const longestCallsMs = 45_000;

/** One process's line to Stripe: what undici is to the gateway. The account at its other end is everybody's. */
export class StripeLine extends Dispatcher {
  readonly #around: Surroundings;
  readonly #owner: Mortal;
  readonly #lookedAt = new Map<string, number>();

  constructor(around: Surroundings, owner: Mortal) {
    super();
    this.#around = around;
    this.#owner = owner;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Handler): boolean {
    const { faults, chance, timeline } = this.#around;
    const request = requestOf(options);
    const fault = faults.onRequest(request.method);
    timeline?.note(
      this.#owner.name,
      `${request.method} ${request.path} ${wordsOf(request)}${fault ? `  ! ${fault}` : ''}`,
    );
    const leg = chance.between(5, 40);
    this.#noteKey(request);
    if (fault === 'crashBefore' && request.method === 'POST') this.#around.sometimes.met('crashBeforeSending');
    this.#send({ request, fault, handler, seenUntil: this.#seenUntil(request) }, leg);
    return true;
  }

  /** Puts a request on its way; it may arrive without its sender, and the sender may hear of it before it arrives. */
  #send(sent: Sent & { readonly handler: Handler }, leg: number): void {
    const { fault, handler } = sent;
    if (fault?.startsWith('crash') === true) this.#owner.crash();
    if (fault === 'crashBefore') return;
    if (fault === 'unreachable') this.#fails(handler, leg, { code: 'ECONNREFUSED', syscall: 'connect' });
    else if (fault === 'loseRequest') this.#fails(handler, leg, { code: 'ECONNRESET' });
    else if (fault === 'crashAfter') this.#arriveLater(leg, { ...sent, handler: null });
    else if (fault === 'crashArrivesLate') this.#arriveLater(this.#late(), { ...sent, handler: null });
    else if (fault === 'arrivesLate') {
      this.#fails(handler, leg, { code: 'ECONNRESET' });
      this.#arriveLater(this.#late(), { ...sent, handler: null });
    } else {
      handler.onRequestStart?.(controller, {});
      this.#arriveLater(leg, sent);
    }
  }

  #seenUntil({ method, path }: StripeRequest): number {
    const { now } = this.#around.scheduler;
    const id = path.split('/')[3] ?? '';
    if (method === 'GET') this.#lookedAt.set(id, now);
    const lookedAt = this.#lookedAt.get(id) ?? 0;
    return now - lookedAt < longestCallsMs ? lookedAt : now;
  }

  #noteKey({ headers }: StripeRequest): void {
    const key = headers?.['idempotency-key'];
    if (key === undefined) return;
    const { keyUsers, sometimes } = this.#around;
    const other = keyUsers.get(key);
    if (other !== undefined && other !== this.#owner && other.isAlive) sometimes.met('twoProcessesOnOneAttempt');
    keyUsers.set(key, this.#owner);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  /** Seconds as a rule, minutes now and then: longer than any deadline of the caller's. */
  #late(): number {
    const { chance } = this.#around;
    return chance.hits(0.3) ? chance.between(60_000, 15 * 60_000) : chance.between(100, 45_000);
  }

  #arriveLater(ms: number, sent: Sent): void {
    this.#around.transit.count += 1;
    this.#around.scheduler.after(ms, () => this.#arrive(sent));
  }

  #arrive(sent: Sent): void {
    const { account, scheduler, chance } = this.#around;
    const fault = sent.fault === null ? undefined : accountFaults[sent.fault];
    if (fault !== undefined) account.faults.next(fault);
    const call = account.receive(sent.request);
    const isSlow = sent.fault === 'slow' || (sent.handler === null && chance.hits(0.6));
    const work = isSlow ? chance.between(1_000, 18_000) : chance.between(20, 400);
    scheduler.after(work, () => this.#finish(sent, call));
  }

  #finish(sent: Sent, call: Call): void {
    const { account, timeline, transit, chance, scheduler } = this.#around;
    const before = account.effects.length;
    const delivery = call.finish();
    const effect = account.effects[before];
    if (effect !== undefined) {
      this.#around.seenUntil.set(effect, sent.seenUntil);
      this.#around.onEffect.call?.(effect);
      const { paymentMethodId, owner } = effect;
      timeline?.note('Stripe', `*** ${effect.effect} ${paymentMethodId} ${owner.id}  key ${keyWord(sent.request)}`);
    }
    noteAnswer(this.#around.sometimes, { ...sent, isOwnerDead: !this.#owner.isAlive }, delivery, effect !== undefined);
    const { handler } = sent;
    if (handler === null) {
      transit.count -= 1;
      return;
    }
    const back = sent.fault === 'lateAnswer' ? chance.between(500, 15_000) : chance.between(5, 40);
    scheduler.after(back, () => {
      transit.count -= 1;
      this.#deliver(handler, delivery);
    });
  }

  #deliver(handler: Handler, delivery: Delivery): void {
    if (!this.#owner.isAlive || delivery.delivery === 'stalled') return;
    const { timeline } = this.#around;
    if (delivery.delivery !== 'whole' && delivery.delivery !== 'cut') {
      handler.onResponseError?.(controller, failure({ code: 'ECONNRESET' }));
      return;
    }
    const { response } = delivery;
    timeline?.note(this.#owner.name, `answered ${response.status} ${response.headers['request-id'] ?? ''}`);
    this.#respond(handler, response, delivery.delivery === 'cut');
  }

  #respond(handler: Handler, { status, headers, body }: StripeResponse, isCut: boolean): void {
    handler.onResponseStart?.(controller, status, headers, '');
    const bytes = Buffer.from(isCut ? body.slice(0, body.length >> 1) : body);
    handler.onResponseData?.(controller, bytes);
    if (isCut) handler.onResponseError?.(controller, failure({ code: 'UND_ERR_SOCKET' }));
    else handler.onResponseEnd?.(controller, {});
  }

  #fails(handler: Handler, afterMs: number, error: { readonly code: string; readonly syscall?: string }): void {
    this.#around.scheduler.after(afterMs, () => {
      if (this.#owner.isAlive) handler.onResponseError?.(controller, failure(error));
    });
  }
}

/** Nothing that it controls is to be stopped here: what was sent is sent. */
const controller: Dispatcher.DispatchController = {
  aborted: false,
  paused: false,
  reason: null,
  rawHeaders: null,
  rawTrailers: null,
  abort: () => {},
  pause: () => {},
  resume: () => {},
};

function failure(error: { readonly code: string; readonly syscall?: string }): Error {
  return Object.assign(new Error(error.code), error);
}

function requestOf({ method, path, headers, body }: Dispatcher.DispatchOptions): StripeRequest {
  const [route = '', query] = path.split('?');
  const fields: Record<string, string> = {};
  const list = Array.isArray(headers) ? (headers as readonly string[]) : [];
  for (let index = 0; index + 1 < list.length; index += 2) fields[list[index] ?? ''] = list[index + 1] ?? '';
  return { method, path: route, query, headers: fields, body: typeof body === 'string' ? body : undefined };
}

function keyWord({ headers }: StripeRequest): string {
  return (headers?.['idempotency-key'] ?? '-').slice(-6);
}

function wordsOf(request: StripeRequest): string {
  return request.method === 'POST' ? `${request.body ?? ''} key ${keyWord(request)}` : '';
}
