import type { SetupLookUp } from '../../../domain/gatewayAnswers.ts';
import type { CustomerReference, SetupIntentId } from '../../../domain/identifiers.ts';
import { readSetupIntent } from '../objects/setupIntent.ts';
import type { Verdict } from '../verdict.ts';
import { known, unknown } from '../verdict.ts';
import { readNotFound } from './answers.ts';
import { segment } from './form.ts';
import type { Answered, Operation } from './operation.ts';
import { get } from './operation.ts';

type KnownLook = Exclude<SetupLookUp, { look: 'unknown' }>;

/** https://docs.stripe.com/api/setup_intents/retrieve */
export function lookUpSetupIntent(
  apiVersion: string,
  asked: SetupIntentId,
  expected: CustomerReference | undefined,
): Operation<KnownLook> {
  const read = (answered: Answered) => readLookUp(asked, expected, answered);
  return get(apiVersion, `/v1/setup_intents/${segment(asked)}`, read);
}

function readLookUp(
  asked: SetupIntentId,
  expected: CustomerReference | undefined,
  answered: Answered,
): Verdict<KnownLook> {
  if (answered.status !== 200) return readNotFound(answered, []);
  const setupIntent = readSetupIntent(answered.body, expected);
  if (setupIntent === undefined) return unknown('unexpectedAnswer');
  return setupIntent.setupIntentId === asked ? known({ look: 'found', setupIntent }) : unknown('unexpectedEcho');
}
