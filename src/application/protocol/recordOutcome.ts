import type { Conclusion } from '../../domain/answers.ts';
import { decideOutcome } from '../../domain/decisions.ts';
import { isTestAlias } from '../../domain/identifiers.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import { isOpen } from '../../domain/paymentMethod.ts';
import type { PaymentMethodEvent } from '../../domain/paymentMethodEvents.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import { PaymentMethodsError } from '../errors.ts';
import type { Change } from '../events/eventStreams.ts';
import type { CustomerStreams, PaymentMethodStreams, SeenPaymentMethod } from '../events/streams.ts';
import { streamName } from '../events/streams.ts';
import { requestAgain } from './requestAgain.ts';
import { contention, maxRounds } from './rounds.ts';

type Parts = { readonly streams: PaymentMethodStreams; readonly customers: CustomerStreams };

/**
 * Records an outcome, unless one that stands is recorded already; of a test alias, in the clone's own stream too. Where a
 * failover took the request for it from the trail, the request is recorded again first. Throws `OUTCOME_NOT_RECORDED`.
 */
export async function recordOutcome(
  parts: Parts,
  asked: SeenPaymentMethod,
  conclusion: Conclusion,
  context: KnownContext,
): Promise<SeenPaymentMethod> {
  const { streams } = parts;
  const ofClone = aboutClone(conclusion);
  let seen = asked;
  let clone = ofClone === null ? null : streams.unseen(streamName(ofClone.paymentMethodId, undefined));
  try {
    for (let round = 1; round <= maxRounds; round += 1) {
      if (isOpen(asked.state)) seen = await requestAgain(parts, asked.state.attempt, seen, context);
      const changes: Change<PaymentMethodState, PaymentMethodEvent>[] = [
        { seen, events: decideOutcome(conclusion, seen.state).events },
      ];
      if (clone !== null && ofClone !== null) {
        changes.push({ seen: clone, events: decideOutcome(ofClone, clone.state).events });
      }
      const real = changes.filter(({ events }) => events.length > 0);
      if (real.length === 0) return seen;
      const { saved, streams: now } = await streams.save(real, context);
      const newest = new Map(now.map((stream) => [stream.name, stream]));
      seen = newest.get(seen.name) ?? seen;
      clone = clone && (newest.get(clone.name) ?? clone);
      if (saved) return seen;
    }
    throw contention(asked.name);
  } catch (error) {
    throw notRecorded(conclusion, error);
  }
}

/** The same conclusion as the payment method sees it that Stripe made of a test alias; null where it made none. */
function aboutClone(conclusion: Conclusion): Conclusion | null {
  const { answer, paymentMethodId } = conclusion;
  if (answer.answer !== 'attached' || !isTestAlias(paymentMethodId)) return null;
  return { ...conclusion, paymentMethodId: answer.paymentMethod.paymentMethodId, clonedFrom: paymentMethodId };
}

function notRecorded({ paymentMethodId, attemptId, answer, evidence }: Conclusion, cause: unknown) {
  const did = evidence.source === 'response' ? 'Stripe was asked to attach' : 'Stripe was looked at for';
  return new PaymentMethodsError(
    'OUTCOME_NOT_RECORDED',
    `${did} ${paymentMethodId} (attempt ${attemptId}) and the outcome (${answer.answer}) could not be recorded; the trail stands as it was before. Attach again with the same attempt id, or reconcile, to finish it.`,
    { details: { paymentMethodId, attemptId, answer: answer.answer, evidence: evidence.source }, cause },
  );
}
