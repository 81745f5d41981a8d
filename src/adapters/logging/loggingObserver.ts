import { AsyncLocalStorage } from 'node:async_hooks';
import { isPaymentMethodsError } from '../../application/errors.ts';
import { causeCodeOf } from '../../application/observing/causeCode.ts';
import { quietly } from '../../application/observing/observe.ts';
import { requestLogUrl } from '../../application/observing/requestLog.ts';
import type {
  AppendBegun,
  AppendEnded,
  Observation,
  Observer,
  SettlingBegun,
  SettlingEnded,
  StripeRequestBegun,
  StripeRequestEnded,
  UseCaseBegun,
  UseCaseEnded,
} from '../../application/ports/observer.ts';
import { levelOfRequest, levelOfUseCase } from './levels.ts';
import type { Level, LogFields, Logger } from './logger.ts';

/** A field that is undefined is left out of the line. */
type Fields = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What a call's own line says of the requests that it made: of the last one that Stripe gave an id. */
type Trace = { ids: Fields; lastRequest: Fields };

/**
 * Writes a line for every call, request and append: `docs/observability.md` says at which level. A line holds ids, literals and
 * numbers; never a key, a client secret, or what a payment method holds.
 */
export class LoggingObserver implements Observer {
  readonly #logger: Logger;
  readonly #traces = new AsyncLocalStorage<Trace>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  useCase({ useCase, ...ids }: UseCaseBegun): Observation<UseCaseEnded> {
    const trace: Trace = { ids, lastRequest: {} };
    const durationMs = stopwatch();
    return {
      within: (work) => this.#traces.run(trace, work),
      ended: (how) => {
        const { counts, findings, outcome, reason, ...known } = how;
        const fields = { useCase, outcome, reason, ...ids, ...defined(known), ...counts, ...findings };
        const line = { ...fields, ...trace.lastRequest, durationMs: durationMs() };
        this.#write(levelOfUseCase(useCase, how), line, `${useCase}: ${outcome}`);
      },
      failed: (error) => {
        const line = { useCase, ...ids, ...errorFields(error), ...trace.lastRequest, durationMs: durationMs() };
        this.#write('error', line, `${useCase} failed`);
      },
    };
  }

  settling({ sort, attemptIds }: SettlingBegun): Observation<SettlingEnded> {
    const trace: Trace = { ids: { sort, attemptId: attemptIds[0] }, lastRequest: {} };
    const about = { sort, attemptId: attemptIds.join(' ') };
    return {
      within: (work) => this.#traces.run(trace, work),
      ended: ({ outcome, reason }) =>
        this.#write('info', { ...about, outcome, reason, ...trace.lastRequest }, `recovery of ${sort}: ${outcome}`),
      failed: (error) =>
        this.#write('warn', { ...about, ...errorFields(error), ...trace.lastRequest }, `recovery of ${sort} failed`),
    };
  }

  append({ events }: AppendBegun): Observation<AppendEnded> {
    const ids = this.#traces.getStore()?.ids;
    const durationMs = stopwatch();
    return {
      ended: ({ result }) =>
        this.#write('debug', { ...ids, events, result, durationMs: durationMs() }, `append: ${result}`),
      failed: (error) =>
        this.#write('warn', { ...ids, events, ...errorFields(error), durationMs: durationMs() }, 'append failed'),
    };
  }

  stripeRequest(begun: StripeRequestBegun): Observation<StripeRequestEnded> {
    const { method, route, tryNumber, isLive } = begun;
    const trace = this.#traces.getStore();
    const durationMs = stopwatch();
    return {
      ended: ({ status, requestId, failure }) => {
        const url = requestId === null ? null : requestLogUrl(requestId, isLive);
        const request = requestId === null ? {} : { stripeRequestId: requestId, stripeRequestLog: url ?? undefined };
        if (trace !== undefined && requestId !== null) trace.lastRequest = request;
        const line = { ...trace?.ids, method, route, tryNumber, status, failure, ...request, durationMs: durationMs() };
        this.#write(levelOfRequest({ status, requestId, failure }), line, `Stripe request: ${status ?? failure}`);
      },
      failed: (error) =>
        this.#write('warn', { method, route, tryNumber, ...errorFields(error) }, 'Stripe request failed'),
    };
  }

  #write(level: Level, fields: Fields, message: string): void {
    quietly(() => this.#logger[level](defined(fields), message));
  }
}

function defined(fields: Fields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).filter(
      (entry): entry is [string, string | number | boolean | null] => entry[1] !== undefined,
    ),
  );
}

/**
 * Of an error that is not ours, its name alone: its message may quote anything, and so may any error's cause, of which there
 * is no more than the code.
 */
function errorFields(error: unknown): Fields {
  if (!isPaymentMethodsError(error))
    return { errorCode: error instanceof Error ? error.name.slice(0, 100) : 'unknown' };
  return {
    errorCode: error.code,
    causeCode: causeCodeOf(error) ?? undefined,
    sqlState: sqlStateOf(error) ?? sqlStateOf(error.cause),
    errorMessage: error.message,
  };
}

function sqlStateOf(error: unknown): string | undefined {
  const state = isPaymentMethodsError(error) ? error.details['sqlState'] : undefined;
  return typeof state === 'string' ? state : undefined;
}

function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => Math.round((performance.now() - startedAt) * 10) / 10;
}
