import { isPaymentMethodsError } from '../errors.ts';
import type { UnknownCause } from '../../domain/evidence.ts';
import type { PaymentMethodId } from '../../domain/identifiers.ts';
import type { KnownContext } from '../commands/commandParts.ts';
import { unanswered } from './unreadable.ts';
import type { SweepFinding, SweepProgress, SweepReport } from './sweepReport.ts';

type Subject = Partial<Omit<SweepFinding, 'finding'>> & { readonly paymentMethodId?: PaymentMethodId };

type Outage = UnknownCause | 'storeUnavailable';

/** What a sweep has done so far, and whether it goes on. */
export class SweepPass {
  readonly context: KnownContext;
  readonly signal: AbortSignal | undefined;
  events = 0;
  customers = 0;
  paymentMethods = 0;
  requests = 0;
  eventsMissed = false;
  isFullReadOpen = false;
  customersUnread = 0;
  #stopped: SweepReport['stopped'] = null;
  readonly #findings: SweepFinding[] = [];
  readonly #errors: { readonly subject: string; readonly error: unknown }[] = [];

  readonly #onFinding: ((finding: SweepFinding) => void) | undefined;

  constructor(
    context: KnownContext,
    signal: AbortSignal | undefined,
    onFinding: ((finding: SweepFinding) => void) | undefined,
  ) {
    this.#onFinding = onFinding;
    this.context = context;
    this.signal = signal;
  }

  /** True once there is a reason to end early; an aborted signal is one from the moment that it is seen here. */
  mustStop(): boolean {
    if (this.signal?.aborted === true) this.stop('signal');
    return this.#stopped !== null;
  }

  /** What did not answer, where that ended the pass; null where something else did, or nothing. */
  get outage(): Outage | null {
    return this.#stopped === 'signal' || this.#stopped === 'elsewhere' ? null : this.#stopped;
  }

  get progress(): SweepProgress {
    const { requests, events, customers, paymentMethods } = this;
    return { requests, events, customers, paymentMethods, findings: this.#findings.length };
  }

  get report(): SweepReport {
    const { eventsMissed, isFullReadOpen, customersUnread } = this;
    const found = { findings: this.#findings, errors: this.#errors, stopped: this.#stopped };
    return { ...this.progress, ...found, eventsMissed, isFullReadOpen, customersUnread };
  }

  /** The first reason is the one that counts. */
  stop(reason: 'elsewhere' | 'signal' | Outage): void {
    this.#stopped ??= reason === 'aborted' ? 'signal' : reason;
  }

  found(finding: SweepFinding['finding'], subject: Subject): void {
    const found = { finding, paymentMethodId: null, customerId: null, eventId: null, ...subject };
    this.#findings.push(found);
    this.#onFinding?.(found);
  }

  failed(subject: string, error: unknown): void {
    this.#errors.push({ subject, error });
  }

  /** Takes note of what was tried last, because it failed before, and ended this pass as well. */
  unansweredAgain(subject: string, cause: Outage): void {
    this.failed(subject, unanswered(subject, cause));
  }

  /** Takes note of what went wrong with one stream, and stops for what others will meet as well; throws all else. */
  take(subject: string, error: unknown): void {
    const isAway = isPaymentMethodsError(error, 'STORE_UNAVAILABLE');
    if (!isAway && !isOfOne(error)) throw error;
    // What stopped the pass before is why this was not done.
    if (!this.mustStop()) this.failed(subject, error);
    if (isAway) this.stop('storeUnavailable');
  }
}

/** True of what goes wrong with one stream, and says nothing of the others. */
function isOfOne(error: unknown): boolean {
  return (['EVENT_INVALID', 'CONTENTION', 'NOT_LOOKED_UP', 'KEY_UNREADABLE'] as const).some((code) =>
    isPaymentMethodsError(error, code),
  );
}
