import type { CustomerRecorded, PaymentMethodRecorded } from '../checker/streams.ts';
import type { View } from '../checker/view.ts';
import type { Sometimes } from '../engine/sometimes.ts';

const day = 24 * 60 * 60 * 1000;

/** Counts what there was to be learnt from the trail of a run. */
export function noteTrail(sometimes: Sometimes, { streams, customers, setups, trail }: View): void {
  if (trail.some(({ data }) => data.includes('"redacted"'))) sometimes.met('recordedRedacted');
  for (const { records } of setups.values()) {
    for (const { event } of records) {
      if (event.type === 'SetupBegun') sometimes.met('setupBegun');
      if (event.type === 'SetupOutcomeUnknown') sometimes.met('setupInDoubt');
    }
  }
  for (const { records, state } of customers.values()) {
    if (state.superseded.length > 0) sometimes.met('defaultSuperseded');
    for (const record of records) noteDefault(sometimes, record);
  }
  for (const { records } of streams.values()) {
    for (const [index, record] of records.entries()) noteRecord(sometimes, record, records.slice(0, index));
  }
}

function noteDefault(sometimes: Sometimes, { event, metadata }: CustomerRecorded): void {
  if (event.type === 'DefaultPaymentMethodSet') sometimes.met('defaultSet');
  if (event.type === 'DefaultPaymentMethodOutcomeUnknown') sometimes.met('defaultInDoubt');
  if (event.type === 'DefaultPaymentMethodRequested' && metadata.actor === 'recovery') {
    sometimes.met('defaultAskedByRecovery');
  }
}

function noteRecord(
  sometimes: Sometimes,
  { event }: PaymentMethodRecorded,
  before: readonly PaymentMethodRecorded[],
): void {
  if (event.type === 'PaymentMethodCloned') sometimes.met('aliasCloned');
  if (event.type === 'PaymentMethodDetached') sometimes.met('detached');
  if (event.type === 'PaymentMethodUpdated') sometimes.met('updated');
  if (event.type === 'PaymentMethodAttached') {
    const ending = before.findLast((one) => one.event.type !== 'AttachmentRefused');
    if (ending?.event.type === 'AttachmentRejected') sometimes.met('rejectionOverruled');
    const isLookedAt = event.data.evidence.source === 'readBack';
    if (isLookedAt && ending?.event.type.startsWith('Detachment')) sometimes.met('detachmentFoundAttached');
  }
  if (event.type !== 'IdempotencyKeyRenewed') return;
  sometimes.met('keyRenewed');
  const asked = before.findLast((one) => one.event.type === 'AttachmentRequested');
  if (asked?.event.type !== 'AttachmentRequested') return;
  const age = Date.parse(event.data.renewedAt) - Date.parse(asked.event.data.requestedAt);
  if (age >= day) sometimes.met('keyOlderThanADay');
}
