import { applicationMutants } from './applicationMutants.ts';
import { attachmentDecisionMutants } from './attachmentDecisions.ts';
import { customerMutants } from './customerMutants.ts';
import { detachmentMutants } from './detachmentMutants.ts';
import type { Mutant } from './mutant.ts';
import { otherDecisionMutants } from './otherDecisions.ts';
import { privacyMutants } from './privacyMutants.ts';
import { recoveryMutants } from './recoveryMutants.ts';

/** Every deliberate fault that the simulation has to find. */
export const mutants: readonly Mutant[] = [
  ...attachmentDecisionMutants,
  ...otherDecisionMutants,
  ...applicationMutants,
  ...detachmentMutants,
  ...recoveryMutants,
  ...customerMutants,
  ...privacyMutants,
];
