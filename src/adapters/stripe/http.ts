import { isUtf8 } from 'node:buffer';
import type { Dispatcher } from 'undici';
import type { WireTry } from '../../domain/evidence.ts';
import type { UnknownCause } from '../../domain/evidence.ts';
import type { Deadline } from './deadline.ts';

/** One request, the same on every try of a call. */
export type WireRequest = {
  readonly origin: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
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

const requestIdPattern = /^[A-Za-z0-9_-]{1,255}$/;
const errorCodePattern = /^[A-Z][A-Z0-9_]{1,99}$/;

class ResponseTooLarge extends Error {
  readonly code = 'RESPONSE_TOO_LARGE';
}

/** Sends a request once and reads its whole response, within the call's deadline. Never throws. */
export async function send(dispatcher: Dispatcher, request: WireRequest, deadline: Deadline): Promise<Reply> {
  const arrived: { head?: Head } = {};
  const exchange = async (): Promise<WholeResponse> => {
    // The deadline is the only clock: undici's own start again with every chunk, so a slow drip outlives them.
    const options = { signal: deadline.signal, headersTimeout: 0, bodyTimeout: 0 };
    const response = await dispatcher.request({ ...request, ...options });
    arrived.head = headOf(response);
    return { ...arrived.head, failure: null, body: parseJson(await readBytes(response.body)) };
  };
  try {
    // undici hears a signal only once it has a connection, so the wait for one is cut off here.
    return await deadline.until(exchange());
  } catch (error) {
    return { ...noHead, ...arrived.head, ...whatFailed(error, deadline) };
  }
}

/** The try as the trail keeps it. */
export function toWireTry({ status, requestId, failure }: Reply): WireTry {
  return { status, requestId, failure };
}

function headOf({ statusCode, headers }: Dispatcher.ResponseData): Head {
  const requestId = headers['request-id'];
  const shouldRetry = headers['stripe-should-retry'];
  return {
    status: statusCode,
    requestId: typeof requestId === 'string' && requestIdPattern.test(requestId) ? requestId : null,
    shouldRetry: shouldRetry === 'true' ? true : shouldRetry === 'false' ? false : null,
  };
}

async function readBytes(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxResponseBytes) throw new ResponseTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
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
