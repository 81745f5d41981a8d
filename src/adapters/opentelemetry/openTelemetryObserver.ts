import type { Attributes, MeterProvider, TracerProvider } from '@opentelemetry/api';
import { context, isSpanContextValid, metrics, SpanKind, trace } from '@opentelemetry/api';
import { quietly } from '../../application/observing/observe.ts';
import { requestLogUrl } from '../../application/observing/requestLog.ts';
import type {
  AppendBatch,
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
import { countsOf, doubtOf, idsOf } from './callAttributes.ts';
import type { Instruments } from './instruments.ts';
import { makeInstruments } from './instruments.ts';
import { recordFindings, recordReport } from './reports.ts';
import type { Started, StartOptions } from './spans.ts';
import { causeOf, endSpan, errorTypeOf, linksTo, startSpan } from './spans.ts';

/** The name of the tracer and the meter. */
export const instrumentationName = 'attach-payment-method';

/** Where spans and metrics go. */
export type OpenTelemetryObserverOptions = {
  /** the trail that it watches, an attribute of all its spans and metrics: one observer for each; `default` if absent */
  readonly trail?: string | undefined;
  /** the global one if absent */
  readonly tracerProvider?: TracerProvider | undefined;
  /** the global one if absent: the API has no meter before the SDK is started, so start that first */
  readonly meterProvider?: MeterProvider | undefined;
};

/** What a span is given when it ends, and what it is an error of. */
type SpanEnd = { readonly attributes: Attributes; readonly errorType: string | null };

/**
 * Makes spans and metrics of what the module does, by the OpenTelemetry API: `docs/observability.md` names them. Ids are
 * attributes of spans alone, so that the metrics stay few. Without an SDK in the process the API does nothing.
 */
export class OpenTelemetryObserver implements Observer {
  readonly #start: (name: string, attributes: Attributes, options?: StartOptions) => Started;
  readonly #instruments: Instruments;

  constructor({ trail = 'default', tracerProvider, meterProvider }: OpenTelemetryObserverOptions = {}) {
    const tracer = (tracerProvider ?? trace).getTracer(instrumentationName);
    const common = { 'payment_methods.trail': trail };
    this.#start = (name, attributes, options) => startSpan(tracer, name, { ...common, ...attributes }, options);
    this.#instruments = makeInstruments((meterProvider ?? metrics).getMeter(instrumentationName), common);
    quietly(() => recordFindings(this.#instruments, {}));
  }

  useCase({ useCase, ...ids }: UseCaseBegun): Observation<UseCaseEnded> {
    const seconds = stopwatch();
    const count = (attributes: Attributes) => {
      const { operations, operationDuration } = this.#instruments;
      const counted = { 'payment_methods.operation': useCase, ...attributes };
      operations(1, counted);
      operationDuration(seconds(), counted);
    };
    return watch(this.#start(`payment_methods.${useCase}`, idsOf(ids)), {
      ended: (how) => {
        const { outcome, reason } = how;
        const ending = { 'payment_methods.outcome': outcome, 'payment_methods.reason': reason ?? undefined };
        count(ending);
        recordReport(this.#instruments, useCase, how);
        const attributes = {
          ...ending,
          'payment_methods.set_as_default': how.setAsDefault,
          ...idsOf(how),
          ...countsOf(how),
        };
        return { attributes, errorType: doubtOf(how) };
      },
      failed: (error) => {
        const failure = { 'payment_methods.outcome': 'failed', ...causeOf(error) };
        count({ ...failure, 'error.type': errorTypeOf(error) });
        return { attributes: failure, errorType: errorTypeOf(error) };
      },
    });
  }

  settling({ sort, attemptIds, traceparents }: SettlingBegun): Observation<SettlingEnded> {
    const about = { 'payment_methods.request.sort': sort, 'payment_methods.attempt.id': attemptIds.join(' ') };
    const started = this.#start('payment_methods.settle', about, { links: linksTo(traceparents) });
    return watch(started, {
      ended: ({ outcome, reason }) => ({
        attributes: { 'payment_methods.outcome': outcome, 'payment_methods.reason': reason ?? undefined },
        errorType: outcome === 'stillOpen' ? (reason ?? 'stillOpen') : null,
      }),
      failed: (error) => ({ attributes: causeOf(error), errorType: errorTypeOf(error) }),
    });
  }

  append({ streams, events }: AppendBegun): Observation<AppendEnded> {
    const seconds = stopwatch();
    const about = { 'payment_methods.append.streams': streams, 'payment_methods.append.events': events };
    return watch(this.#start('payment_methods.append', about), {
      ended: ({ result }) => {
        const attributes = { 'payment_methods.append.result': result };
        this.#instruments.appendDuration(seconds(), attributes);
        return { attributes, errorType: null };
      },
      failed: (error) => {
        const errorType = errorTypeOf(error);
        this.#instruments.appendDuration(seconds(), { 'error.type': errorType });
        return { attributes: {}, errorType };
      },
    });
  }

  /** https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span */
  stripeRequest(begun: StripeRequestBegun): Observation<StripeRequestEnded> {
    const { method, route, tryNumber } = begun;
    const seconds = stopwatch();
    const { hostname, port, protocol } = new URL(begun.origin);
    const where = {
      'http.request.method': method,
      'server.address': hostname,
      'server.port': Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port),
      'url.template': route,
    };
    const about = {
      ...where,
      'url.full': `${begun.origin}${begun.path}`,
      'http.request.resend_count': tryNumber > 1 ? tryNumber - 1 : undefined,
      'stripe.api_version': begun.apiVersion,
    };
    if (tryNumber > 1) this.#instruments.retries(1, { 'http.request.method': method, 'url.template': route });
    const finish = (attributes: Attributes, errorType: string | null): void => {
      const measured = errorType === null ? attributes : { ...attributes, 'error.type': errorType };
      this.#instruments.requestDuration(seconds(), { ...where, ...measured });
    };
    return watch(this.#start(`${method} ${route}`, about, { kind: SpanKind.CLIENT }), {
      ended: ({ status, requestId, failure }) => {
        const answered = { 'http.response.status_code': status ?? undefined };
        const errorType = failure ?? (status !== null && status >= 400 ? String(status) : null);
        finish(answered, errorType);
        const log = requestId === null ? null : requestLogUrl(requestId, begun.isLive);
        const request = { 'stripe.request_id': requestId ?? undefined, 'stripe.request_log_url': log ?? undefined };
        return { attributes: { ...answered, ...request }, errorType };
      },
      failed: (error) => {
        finish({}, errorTypeOf(error));
        return { attributes: {}, errorType: errorTypeOf(error) };
      },
    });
  }

  appendBatch({ waitedMs, tookMs }: AppendBatch): void {
    const { batchSize, batchDuration, appendWait } = this.#instruments;
    batchSize(waitedMs.length);
    batchDuration(tookMs / 1000);
    for (const waited of waitedMs) appendWait(waited / 1000);
  }

  traceparent(): string | null {
    const span = trace.getSpanContext(context.active());
    if (span === undefined || !isSpanContextValid(span)) return null;
    return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
  }
}

function watch<Ended>(
  { span, inside }: Started,
  { ended, failed }: { readonly ended: (how: Ended) => SpanEnd; readonly failed: (error: unknown) => SpanEnd },
): Observation<Ended> {
  // Whatever a meter of the host's throws, the span ends: one that does not is never sent.
  const end = (finish: () => SpanEnd) => {
    let how: SpanEnd = { attributes: {}, errorType: null };
    try {
      how = finish();
    } finally {
      endSpan(span, how.attributes, how.errorType);
    }
  };
  return {
    within: (work) => context.with(inside, work),
    ended: (how) => end(() => ended(how)),
    failed: (error) => end(() => failed(error)),
  };
}

function stopwatch(): () => number {
  const startedAt = performance.now();
  return () => (performance.now() - startedAt) / 1000;
}
