/** What can be wrong with a trail, or with its seals. */
export type TrailProblem =
  /** an event is missing, added or moved */
  | 'positionOutOfOrder'
  | 'versionOutOfOrder'
  /** a field of the event, or its hash, is not as it was recorded */
  | 'hashMismatch'
  /** the trail does not end where its head says */
  | 'headMismatch'
  /** another event stands where this seal was made: the trail was rewritten before it */
  | 'sealMismatch'
  /** the trail ends before its last seal: its tail was cut off */
  | 'sealBeyondEnd'
  /** there is no seal, though there are keys to check some with */
  | 'sealMissing'
  /** not a seal, or of a format that this version does not know */
  | 'sealInvalid'
  | 'sealOfAnotherTrail'
  /** no public key was given under the key id it names */
  | 'sealKeyUnknown'
  | 'sealSignatureInvalid';

/** The first thing found wrong. */
export type Finding = {
  /** where the bad event stands or should stand; of a bad seal, the position it names */
  readonly position: number;
  readonly problem: TrailProblem;
  readonly expected: string;
  readonly actual: string;
};
