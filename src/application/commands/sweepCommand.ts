import * as z from 'zod';
import type { CustomerReference } from '../../domain/identifiers.ts';
import { contextShape, customer, customerAccount, customerReference, parse } from './commandParts.ts';

/** One customer, or, without any, the account. */
export type SweepInput = {
  /** `cus_…` */
  readonly customer?: string | undefined;
  /** `acct_…`, an Account that acts as a customer */
  readonly customerAccount?: string | undefined;
  /** who is named as the actor of what the sweep records; `sweep` if absent */
  readonly actor?: string | undefined;
};

export type ParsedSweep = { readonly customer: CustomerReference | null; readonly actor: string };

const schema = z
  .strictObject({ customer, customerAccount, actor: contextShape.actor.optional() })
  .refine((input) => input.customer === undefined || input.customerAccount === undefined, {
    error: 'give one of customer and customerAccount, or neither of them for the account',
    path: ['customer'],
  });

/** Untrusted input to a command, or `INVALID_COMMAND` naming the field; before any I/O. */
export function parseSweep(input: unknown): ParsedSweep {
  const { actor = 'sweep', ...asked } = parse('sweep', schema, input);
  const id = asked.customer ?? asked.customerAccount;
  return { customer: id === undefined ? null : customerReference(id), actor };
}
