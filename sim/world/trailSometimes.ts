import type { PaymentMethodRecorded, View } from '../checker/view.ts';
import type { Sometimes } from '../engine/sometimes.ts';

const day = 24 * 60 * 60 * 1000;

/** Counts what there was to be learnt from the trail of a run. */
export function noteTrail(sometimes: Sometimes, { streams }: View): void {
  for (const { records } of streams.values()) {
    for (const [index, record] of records.entries()) noteRecord(sometimes, record, records.slice(0, index));
  }
}

function noteRecord(
  sometimes: Sometimes,
  { event }: PaymentMethodRecorded,
  before: readonly PaymentMethodRecorded[],
): void {
  if (event.type === 'PaymentMethodCloned') sometimes.met('aliasCloned');
  if (event.type === 'PaymentMethodDetached') sometimes.met('detached');
  if (event.type === 'PaymentMethodAttached') {
    const ending = before.findLast((one) => one.event.type !== 'AttachmentRefused');
    if (ending?.event.type === 'AttachmentRejected') sometimes.met('rejectionOverruled');
  }
  if (event.type !== 'IdempotencyKeyRenewed') return;
  sometimes.met('keyRenewed');
  const asked = before.findLast((one) => one.event.type === 'AttachmentRequested');
  if (asked?.event.type !== 'AttachmentRequested') return;
  const age = Date.parse(event.data.renewedAt) - Date.parse(asked.event.data.requestedAt);
  if (age >= day) sometimes.met('keyOlderThanADay');
}
