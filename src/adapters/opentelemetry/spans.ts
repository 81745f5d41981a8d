import type { Attributes, Context, Link, Span, Tracer } from '@opentelemetry/api';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { isPaymentMethodsError } from '../../application/errors.ts';
import { causeCodeOf } from '../../application/observing/causeCode.ts';

const traceparentPattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A span under what is active now, and the context in which it is active itself. */
export type Started = { readonly span: Span; readonly inside: Context };

export type StartOptions = { readonly kind?: SpanKind; readonly links?: Link[] };

export function startSpan(
  tracer: Tracer,
  name: string,
  attributes: Attributes,
  { kind = SpanKind.INTERNAL, links = [] }: StartOptions = {},
): Started {
  const outside = context.active();
  const span = tracer.startSpan(name, { kind, attributes, links }, outside);
  return { span, inside: trace.setSpan(outside, span) };
}

/** With a status of error for what `errorType` names; null leaves it unset, as the conventions want of what went well. */
export function endSpan(span: Span, attributes: Attributes, errorType: string | null): void {
  span.setAttributes(attributes);
  if (errorType !== null) {
    span.setAttribute('error.type', errorType);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

/**
 * An error as one of a few words: our own literal, and `_OTHER` for what is not ours. Neither message, nor stack, nor cause:
 * a driver's may quote anything.
 */
export function errorTypeOf(error: unknown): string {
  if (isPaymentMethodsError(error)) return error.code;
  return error instanceof Error && error.name === 'AbortError' ? 'aborted' : '_OTHER';
}

/** What an error was caused by, in one word, where that is an error of ours too. */
export function causeOf(error: unknown): Attributes {
  return { 'payment_methods.cause.code': causeCodeOf(error) ?? undefined };
}

export function linksTo(traceparents: readonly string[]): Link[] {
  return traceparents.flatMap((traceparent) => {
    const [, traceId, spanId, flags = '00'] = traceparentPattern.exec(traceparent) ?? [];
    if (traceId === undefined || spanId === undefined) return [];
    return [{ context: { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true } }];
  });
}
