import type { UseCaseEnded, UseCaseName } from '../../application/ports/observer.ts';
import type { SweepFinding } from '../../application/sweep/sweepReport.ts';
import type { Instruments } from './instruments.ts';

/** What becomes of the requests that a pass of recovery meets. */
const recoveryResults = ['settled', 'stillOpen', 'putOff', 'errors'] as const;

/** Every finding that there is: one that is missing here, or is none, does not compile. */
const sweepFindings: Readonly<Record<SweepFinding['finding'], true>> = {
  attachmentMissed: true,
  detachmentMissed: true,
  updateMissed: true,
  setupMissed: true,
  customerDeletionMissed: true,
  attachedToAnotherCustomer: true,
  attachedThoughDetached: true,
  notAtStripe: true,
  customerNotAtStripe: true,
  eventUnreadable: true,
};

/** The numbers of a pass of recovery, and the findings of a sweep. */
export function recordReport(instruments: Instruments, useCase: UseCaseName, { counts, findings }: UseCaseEnded): void {
  if (useCase === 'recover') recordRecovery(instruments, counts ?? {});
  if (useCase === 'sweep') recordFindings(instruments, findings ?? {});
}

/**
 * All of them, with 0 for what was not found: what is not there before it is found for the first time rises by nothing then, to
 * whoever asks by how much it rose.
 */
export function recordFindings(instruments: Instruments, findings: Readonly<Record<string, number>>): void {
  for (const finding of Object.keys(sweepFindings)) {
    instruments.findings(findings[finding] ?? 0, { 'payment_methods.sweep.finding': finding });
  }
}

function recordRecovery({ recovered, stuck, lastPass }: Instruments, counts: UseCaseEnded['counts'] & {}): void {
  for (const result of recoveryResults) {
    recovered(counts[result] ?? 0, { 'payment_methods.recovery.result': result });
  }
  const needHuman = counts['needsHuman'] ?? 0;
  stuck((counts['stuck'] ?? 0) - needHuman, { 'payment_methods.recovery.needs_human': false });
  stuck(needHuman, { 'payment_methods.recovery.needs_human': true });
  lastPass(Date.now() / 1000);
}
