import type { Observer } from '../ports/observer.ts';
import { quietly } from './observe.ts';

/** Version 00 of https://www.w3.org/TR/trace-context/#traceparent-header: hex digits alone, so that no secret can be in it. */
const traceparentPattern = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The traceparent of what runs now, as an event may keep it; undefined where nothing is traced. */
export function traceparentOf(observer: Observer | undefined): string | undefined {
  const traceparent = quietly(() => observer?.traceparent?.());
  return typeof traceparent === 'string' && traceparentPattern.test(traceparent) ? traceparent : undefined;
}
