import type { Delivery, StripeRequest } from '../../src/adapters/simulator/index.ts';
import type { Sometimes } from '../engine/sometimes.ts';
import type { RequestFault } from '../faults/faultPlan.ts';

type Answered = {
  readonly request: StripeRequest;
  readonly fault: RequestFault | null;
  readonly isOwnerDead: boolean;
};

/** Counts what there was to be learnt from one request: what it did, what was answered, who was still there to hear. */
export function noteAnswer(
  sometimes: Sometimes,
  { request, fault, isOwnerDead }: Answered,
  delivery: Delivery,
  hadEffect: boolean,
): void {
  if (hadEffect) {
    if (isOwnerDead) sometimes.met('deadProcessRequestTookEffect');
    if (fault === 'arrivesLate' || fault === 'crashArrivesLate') sometimes.met('lateRequestTookEffect');
    if (fault === 'cutBody') sometimes.met('bodyCutAfterEffect');
    if (isOwnerDead || delivery.delivery !== 'whole') sometimes.met('answerLostAfterEffect');
  }
  if (delivery.delivery !== 'whole') return;
  const { status, headers, body } = delivery.response;
  const isReplay = headers['idempotent-replayed'] === 'true';
  if (isReplay && status === 500) sometimes.met('storedServerErrorReplayed');
  if (status === 409) sometimes.met('keyInUse');
  if (status === 402) sometimes.met('cardDeclined');
  if (status === 429) sometimes.met(body.includes('lock_timeout') ? 'lockTimeout' : 'rateLimited');
  if (!request.path.endsWith('/attach')) return;
  if (status === 200 && !hadEffect && !isReplay) sometimes.met('alreadyOurs');
  if (status === 400 && body.includes('already been attached')) sometimes.met('alreadyAnothers');
}
