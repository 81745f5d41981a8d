/** What a set of runs must have met at least once: where one of these never happened, nothing was proved about it. */
export const sometimesNames = [
  'answerLostAfterEffect',
  'deadProcessRequestTookEffect',
  'lateRequestTookEffect',
  'bodyCutAfterEffect',
  'keyOlderThanADay',
  'keyRenewed',
  'storedServerErrorReplayed',
  'keyInUse',
  'lockTimeout',
  'rateLimited',
  'cardDeclined',
  'alreadyOurs',
  'alreadyAnothers',
  'attachedByAnother',
  'detachedByAnother',
  'twoProcessesOnOneAttempt',
  'leaseHeldByTwo',
  'callersJoined',
  'conflictOnAppend',
  'storeUnavailable',
  'storeReadOnly',
  'commitUnknownButDone',
  'commitUnknownNotDone',
  'commitLandedLate',
  'failoverLostEvent',
  'appendRepeated',
  'staleRead',
  'crashBeforeSending',
  'crashBeforeRecording',
  'webhookBeforeAnswer',
  'webhookTwice',
  'webhookLate',
  'webhookOfAnother',
  'rejectionOverruled',
  'aliasCloned',
  'clocksApart',
  'recoveredByRecovery',
  'repeatedAttempt',
  'detached',
  'attachHeldByDetachment',
  'detachmentFoundAttached',
  'updated',
  'sweepFoundAttachment',
  'sweepFoundDetachment',
  'sweepStopped',
  'defaultSet',
  'defaultInDoubt',
  'defaultAskedByRecovery',
  'defaultSuperseded',
  'setupBegun',
  'setupConfirmed',
  'setupInDoubt',
  'sweepFoundSetup',
  'keyUnreadable',
  'keyDestroyed',
  'recordedRedacted',
] as const;

export type SometimesName = (typeof sometimesNames)[number];

/** Counts what was met. */
export class Sometimes {
  readonly counts = new Map<SometimesName, number>();

  met(name: SometimesName): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }

  add(other: Iterable<readonly [SometimesName, number]>): void {
    for (const [name, count] of other) this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }

  /** What was never met. */
  get missing(): readonly SometimesName[] {
    return sometimesNames.filter((name) => !this.counts.has(name));
  }
}
