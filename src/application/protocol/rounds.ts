import { PaymentMethodsError } from '../errors.ts';

/** How often a step decides anew after losing a race, before it gives up: more than callers ever race on one stream. */
export const maxRounds = 100;

export function contention(stream: string): PaymentMethodsError {
  return new PaymentMethodsError(
    'CONTENTION',
    `Others changed stream ${stream} ${maxRounds} times while this call was deciding. Call again with the same attempt id.`,
    { details: { stream, rounds: maxRounds } },
  );
}
