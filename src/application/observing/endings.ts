import type { SettlingEnded, UseCaseEnded } from '../ports/observer.ts';
import type { RecoveryReport } from '../recovery/recoveryReport.ts';
import type { Standing } from '../recovery/settled.ts';
import type { SweepReport } from '../sweep/sweepReport.ts';
import type { IngestResult } from '../useCases/ingest.ts';

/** What the results of calls about one payment method, customer or setup have in common. */
type Outcome = {
  readonly outcome: string;
  readonly reason?: string;
  readonly cause?: string;
  readonly attemptId?: string | null;
  readonly paymentMethodId?: string;
  readonly setAsDefault?: { readonly outcome: string };
};

/** Spelled out: a result may hold what no observer is told, such as a client secret or a card. */
export function endOfCall(result: Outcome): UseCaseEnded {
  return {
    outcome: result.outcome,
    reason: result.reason ?? result.cause ?? null,
    paymentMethodId: result.paymentMethodId,
    attemptId: result.attemptId ?? undefined,
    setAsDefault: result.setAsDefault?.outcome,
  };
}

export function endOfIngest({ recorded }: IngestResult): UseCaseEnded {
  return { outcome: recorded ? 'recorded' : 'known', reason: null };
}

export function endOfRecovery({ looked, settled, stillOpen, putOff, stuck, errors }: RecoveryReport): UseCaseEnded {
  const counts = {
    looked,
    settled: settled.length,
    stillOpen: stillOpen.length,
    putOff,
    stuck: stuck.length,
    needsHuman: stuck.filter(({ needsHuman }) => needsHuman).length,
    errors: errors.length,
  };
  return { outcome: 'done', reason: null, counts };
}

export function endOfSweep(report: SweepReport): UseCaseEnded {
  const { requests, events, customers, paymentMethods, stopped, errors } = report;
  const findings: Record<string, number> = {};
  for (const { finding } of report.findings) findings[finding] = (findings[finding] ?? 0) + 1;
  const counts = {
    requests,
    events,
    customers,
    paymentMethods,
    findings: report.findings.length,
    errors: errors.length,
  };
  return { outcome: stopped === null ? 'done' : 'stopped', reason: stopped, counts, findings };
}

/** Of two requests in one stream, the one that is open still. */
export function endOfSettling(standings: readonly Standing[]): SettlingEnded {
  const standing = standings.find(({ isOpen }) => isOpen) ?? standings[0];
  if (standing === undefined) return { outcome: 'gone', reason: null };
  if (standing.isOpen) return { outcome: 'stillOpen', reason: standing.why };
  return { outcome: standing.outcome, reason: null };
}
