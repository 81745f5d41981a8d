import type { History } from '../../application/useCases/results.ts';
import type { PaymentMethodState } from '../../domain/paymentMethod.ts';
import type { Field } from './fields.ts';
import { cardWords, description, identifier, timeOf } from './fields.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import type { ReportParts } from './page.ts';
import { page } from './page.ts';
import { timeline } from './timeline.ts';
import type { Tone } from './words.ts';
import { spelled } from './words.ts';

/** A payment method's story as a page: see `page`. */
export function paymentMethodReport({ history, ...parts }: ReportParts & { readonly history: History }): string {
  const { paymentMethodId: id, state, events } = history;
  return page({ ...parts, kind: 'Payment method', id, standing: standingOf(state), timeline: timeline(events, id) });
}

type Standing = { readonly words: string; readonly tone: Tone; readonly fields: readonly Field[] };

function standingOf(state: PaymentMethodState): Html {
  const { words, tone, fields } = standing(state);
  const detachment: Field[] =
    state.detachment === null ? [] : [['A detachment is open since', timeOf(state.detachment.requestedAt)]];
  return html`<p class="badge ${tone}">${words}</p>${description([...fields, ...detachment])}`;
}

function standing(state: PaymentMethodState): Standing {
  switch (state.status) {
    case 'unattached':
      return { words: 'Not attached', tone: 'asked', fields: [] };
    case 'attaching':
    case 'outcomeUnknown': {
      const { customer, attemptId, requestedAt } = state.attempt;
      const why: Field[] = state.status === 'outcomeUnknown' ? [['Why it is unknown', spelled(state.cause)]] : [];
      const fields: Field[] = [...attemptFields(customer.id, attemptId), ['Asked for', timeOf(requestedAt)], ...why];
      const words = state.status === 'attaching' ? 'Being attached' : 'Outcome unknown: it may be attached';
      return { words, tone: 'open', fields };
    }
    case 'attached': {
      const card: Field[] = state.card === null ? [] : [['Card', cardWords(state.card)]];
      const fields: Field[] = [
        ...attemptFields(state.customer.id, state.attemptId),
        ['Type', spelled(state.type)],
        ...card,
      ];
      return { words: 'Attached', tone: 'done', fields };
    }
    case 'rejected': {
      const { customer, attemptId, reason, declineCode } = state.last;
      const code: Field[] = declineCode === null ? [] : [['Decline code', identifier(declineCode)]];
      const fields: Field[] = [...attemptFields(customer.id, attemptId), ['Reason', spelled(reason)], ...code];
      return { words: 'Rejected', tone: 'refused', fields };
    }
    case 'cloned': {
      const made: Field = ['Payment method made', identifier(state.cloneId)];
      return {
        words: 'Used as a recipe',
        tone: 'done',
        fields: [...attemptFields(state.customer.id, state.attemptId), made],
      };
    }
    case 'detached':
      return {
        words: 'Detached, for good',
        tone: 'changed',
        fields: attemptFields(state.customer?.id ?? null, state.attemptId),
      };
    default:
      return state satisfies never;
  }
}

function attemptFields(customer: string | null, attemptId: string | null): readonly Field[] {
  const who: Field[] = customer === null ? [] : [['Customer', identifier(customer)]];
  const attempt: Field = ['Attempt', attemptId === null ? 'nobody here asked for it' : identifier(attemptId)];
  return [...who, attempt];
}
