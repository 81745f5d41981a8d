import type { Attributes } from '@opentelemetry/api';
import type { UseCaseBegun, UseCaseEnded } from '../../application/ports/observer.ts';

/** Ids are attributes of spans alone. */
export function idsOf(ids: Partial<Omit<UseCaseBegun, 'useCase'>>): Attributes {
  return {
    'payment_methods.payment_method.id': ids.paymentMethodId,
    'payment_methods.customer.id': ids.customerId,
    'payment_methods.attempt.id': ids.attemptId,
    'payment_methods.notification.id': ids.notificationId,
  };
}

/** How many of what a pass met and found. */
export function countsOf({ counts = {}, findings = {} }: UseCaseEnded): Attributes {
  const all = Object.entries({ ...counts, ...findings });
  return Object.fromEntries(all.map(([name, count]) => [`payment_methods.count.${name}`, count]));
}

/** Why nobody knows how it stands; null of what is known, and of what another call is at, which says so itself. */
export function doubtOf({ outcome, reason, setAsDefault }: UseCaseEnded): string | null {
  if (outcome === 'unknown') return reason === 'attemptInProgress' ? null : (reason ?? 'unknown');
  return setAsDefault === 'failed' ? 'SET_DEFAULT_FAILED' : null;
}
