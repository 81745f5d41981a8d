import type { UnknownCause } from '../../domain/evidence.ts';
import type { FaultCode } from './faults.ts';

/** What a response comes to: something known, something unknown, or a fault of ours. */
export type Verdict<Known> =
  | { readonly verdict: 'known'; readonly known: Known }
  | { readonly verdict: 'unknown'; readonly cause: UnknownCause }
  | { readonly verdict: 'fault'; readonly code: FaultCode };

export function known<Known>(value: Known): Verdict<Known> {
  return { verdict: 'known', known: value };
}

export function unknown(cause: UnknownCause): Verdict<never> {
  return { verdict: 'unknown', cause };
}

export function fault(code: FaultCode): Verdict<never> {
  return { verdict: 'fault', code };
}
