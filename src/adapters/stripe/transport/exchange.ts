import { isUtf8 } from 'node:buffer';
import type { Dispatcher } from 'undici';
import type { UnknownCause, WireTry } from '../../../domain/evidence.ts';
import { isRequestId } from '../texts.ts';
import type { Deadline } from './deadline.ts';

/** One request, the same on every try of a call. */
export type WireRequest = {
  readonly origin: string;
  /** with its query */
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** names and values in turn */
  readonly headers: string[];
  readonly body: string | null;
  /** 0, for none: the deadline is the only clock. undici's own start again with every chunk, so a slow drip outlives them. */
  readonly headersTimeout: 0;
  readonly bodyTimeout: 0;
};

type Head = {
  readonly status: number;
  /** null where Stripe sent none, as with every 401 */
  readonly requestId: string | null;
  /** `Stripe-Should-Retry`; null when absent */
  readonly shouldRetry: boolean | null;
};

/** A whole response. `body` is the parsed JSON, `undefined` when it is not JSON in UTF-8. */
type WholeResponse = Head & { readonly failure: null; readonly body: unknown };

/** No whole response. `status` is null when not even its head arrived. */
type Failure = Omit<Head, 'status'> & {
  readonly status: number | null;
  readonly failure: string;
  readonly cause: Extract<UnknownCause, 'unreachable' | 'connectionLost' | 'timeout' | 'aborted' | 'unexpectedAnswer'>;
};

export type Reply = WholeResponse | Failure;

const noHead = { status: null, requestId: null, shouldRetry: null };

const maxResponseBytes = 1024 * 1024;

const errorCodePattern = /^[A-Z][A-Z0-9_]{1,99}$/;

class ResponseTooLarge extends Error {
  readonly code = 'RESPONSE_TOO_LARGE';
}

/** Sends a request once and reads its whole response, within the call's deadline. Never rejects. */
export function send(dispatcher: Dispatcher, request: WireRequest, deadline: Deadline): Promise<Reply> {
  return new Promise((resolve) => {
    const exchange = new Exchange(deadline, resolve);
    deadline.onEnd(() => exchange.giveUp());
    try {
      dispatcher.dispatch(request, exchange);
    } catch (error) {
      exchange.onResponseError(null, error);
    }
  });
}

/** The try as the trail keeps it. */
export function toWireTry(reply: Reply): WireTry {
  return { status: reply.status, requestId: reply.requestId, failure: reply.failure };
}

/** One request on its way and the response to it, as undici reports them. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #deadline: Deadline;
  readonly #settle: (reply: Reply) => void;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | null = null;
  #head: Head | null = null;
  #size = 0;

  constructor(deadline: Deadline, settle: (reply: Reply) => void) {
    this.#deadline = deadline;
    this.#settle = settle;
  }

  giveUp(): void {
    const error = new Error('The call has ended.');
    this.#controller?.abort(error);
    this.onResponseError(null, error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // A request that was given up while it waited for a connection is not sent.
    if (this.#deadline.ended !== null) controller.abort(new Error('The call has ended.'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Record<string, unknown>): void {
    const isInformational = status < 200;
    if (!isInformational) this.#head = headOf(status, headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.byteLength;
    if (this.#size > maxResponseBytes) controller.abort(new ResponseTooLarge());
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [only] = this.#chunks;
    const bytes = only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.#size);
    if (this.#head === null) return;
    // Spelled out, as is every object here that each call makes: to spread one costs more than to parse a small body.
    const { status, requestId, shouldRetry } = this.#head;
    this.#settle({ status, requestId, shouldRetry, failure: null, body: parseJson(bytes) });
  }

  onResponseError(_: unknown, error: unknown): void {
    this.#settle({ ...(this.#head ?? noHead), ...whatFailed(error, this.#deadline) });
  }
}

function headOf(status: number, headers: Record<string, unknown>): Head {
  const requestId = headers['request-id'];
  const shouldRetry = headers['stripe-should-retry'];
  return {
    status,
    requestId: isRequestId(requestId) ? requestId : null,
    shouldRetry: shouldRetry === 'true' ? true : shouldRetry === 'false' ? false : null,
  };
}

function parseJson(bytes: Buffer): unknown {
  // Decoding would silently replace what is not UTF-8, and an id with a replaced character is another id.
  if (!isUtf8(bytes)) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function whatFailed(error: unknown, deadline: Deadline): Pick<Failure, 'failure' | 'cause'> {
  if (deadline.ended !== null) return { failure: deadline.ended, cause: deadline.ended };
  const cause =
    error instanceof ResponseTooLarge ? 'unexpectedAnswer' : wasNeverSent(error) ? 'unreachable' : 'connectionLost';
  const code = property(error, 'code');
  return { failure: typeof code === 'string' && errorCodePattern.test(code) ? code : cause, cause };
}

/** True only for errors that arise before a connection exists; whatever is in doubt may have reached Stripe. */
function wasNeverSent(error: unknown): boolean {
  const causes = property(error, 'errors');
  if (Array.isArray(causes) && causes.length > 0) return causes.every(wasNeverSent);
  const syscall = property(error, 'syscall');
  return syscall === 'connect' || syscall === 'getaddrinfo' || property(error, 'code') === 'UND_ERR_CONNECT_TIMEOUT';
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
