import type { UseCaseEnded, UseCaseName } from '../../application/ports/observer.ts';
import type { Instruments } from './instruments.ts';

/** What becomes of the requests that a pass of recovery meets. */
const recoveryResults = ['settled', 'stillOpen', 'putOff', 'errors'] as const;

/** The numbers of a pass of recovery, and the findings of a sweep. */
export function recordReport(instruments: Instruments, useCase: UseCaseName, { counts, findings }: UseCaseEnded): void {
  if (useCase === 'recover') recordRecovery(instruments, counts ?? {});
  for (const [finding, count] of Object.entries(findings ?? {})) {
    instruments.findings.add(count, { 'payment_methods.sweep.finding': finding });
  }
}

function recordRecovery({ recovered, stuck }: Instruments, counts: UseCaseEnded['counts'] & {}): void {
  for (const result of recoveryResults) {
    recovered.add(counts[result] ?? 0, { 'payment_methods.recovery.result': result });
  }
  const needHuman = counts['needsHuman'] ?? 0;
  stuck.record((counts['stuck'] ?? 0) - needHuman, { 'payment_methods.recovery.needs_human': false });
  stuck.record(needHuman, { 'payment_methods.recovery.needs_human': true });
}
