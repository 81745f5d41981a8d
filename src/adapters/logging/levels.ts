import type { StripeRequestEnded, UseCaseEnded, UseCaseName } from '../../application/ports/observer.ts';
import type { Level } from './logger.ts';

/** Who is on duty reads `error` now, `warn` today, `info` when something is looked into; `debug` is off in production. */
export function levelOfUseCase(useCase: UseCaseName, ended: UseCaseEnded): Level {
  if (useCase === 'recover') return levelOfRecovery(ended.counts ?? {});
  if (useCase === 'sweep') return levelOfSweep(ended.counts ?? {});
  if (useCase === 'ingest') return ended.outcome === 'recorded' ? 'info' : 'debug';
  // Another call is at it, and logs how it ends.
  if (ended.reason === 'attemptInProgress') return 'info';
  return [ended.outcome, ended.setAsDefault].some((one) => one === 'unknown' || one === 'failed') ? 'warn' : 'info';
}

export function levelOfRequest({ status, failure }: StripeRequestEnded): Level {
  if (failure !== null || status === null || status === 409 || status === 429 || status >= 500) return 'warn';
  if (status === 401 || status === 403) return 'warn';
  return status >= 400 ? 'info' : 'debug';
}

function levelOfRecovery({ looked = 0, stuck = 0, needsHuman = 0, errors = 0 }: UseCaseEnded['counts'] & {}): Level {
  if (needsHuman > 0) return 'error';
  if (stuck > 0 || errors > 0) return 'warn';
  return looked > 0 ? 'info' : 'debug';
}

function levelOfSweep({ findings = 0, errors = 0 }: UseCaseEnded['counts'] & {}): Level {
  return findings > 0 || errors > 0 ? 'warn' : 'info';
}
