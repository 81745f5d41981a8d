import type { Mutant } from './mutant.ts';

const decisions = 'src/domain/decisions.ts';
const events = 'return { events: [] };';

/** Faults in what is decided about an attachment. */
export const attachmentDecisionMutants: readonly Mutant[] = [
  {
    name: 'another customer is told that it is attached',
    why: 'it is, and not to that customer',
    file: decisions,
    find: "        : refusal(command, 'attachedToAnotherCustomer');",
    replace: '        : { events: [] };',
  },
  {
    name: 'a detached payment method is asked for again',
    why: 'Stripe never attaches it again, and the trail forgets that it was detached',
    file: decisions,
    find: "      return state.attachedBy === command.attemptId ? { events: [] } : refusal(command, 'detached');",
    replace: "      return { events: [{ type: 'AttachmentRequested', data: { ...command } }] };",
  },
  {
    name: 'an attached payment method is asked for again',
    why: 'it is attached twice in the trail',
    file: decisions,
    find: '      return isSameCustomer(state.customer, command.customer)\n        ? { events: [] }',
    replace:
      "      return isSameCustomer(state.customer, command.customer)\n        ? { events: [{ type: 'AttachmentRequested', data: { ...command } }] }",
  },
  {
    name: 'an open attempt is asked for anew',
    why: 'two intents, two keys, for one wish',
    file: decisions,
    find: '      return isSameCustomer(state.attempt.customer, command.customer)\n        ? { events: [] }',
    replace:
      "      return isSameCustomer(state.attempt.customer, command.customer)\n        ? { events: [{ type: 'AttachmentRequested', data: { ...command } }] }",
  },
  {
    name: 'a rejected attempt is asked for anew',
    why: 'the same attempt gets another answer, and another request',
    file: decisions,
    find: `  if (rejectionOf(command.attemptId, state) !== null) ${events}\n  switch`,
    replace: '  switch',
  },
  {
    name: 'a no overrules what is known',
    why: 'a late no ends what has long been attached',
    file: decisions,
    find: `    case 'rejected': {\n      if (!answersOpenAttempt(conclusion, state)) ${events}`,
    replace: "    case 'rejected': {",
  },
  {
    name: 'a doubt is filed as a rejection',
    why: 'it may have been attached all the same',
    file: decisions,
    find: '  const answer = withoutForeignEcho(conclusion);',
    replace: filedAsRejection("echoed.answer === 'unknown'"),
  },
  {
    name: 'a timeout is filed as a rejection',
    why: 'the request may have taken effect, or will',
    file: decisions,
    find: '  const answer = withoutForeignEcho(conclusion);',
    replace: filedAsRejection("echoed.answer === 'unknown' && echoed.cause === 'timeout'"),
  },
  {
    name: 'a lost connection is filed as a rejection',
    why: 'the request may have taken effect, or will',
    file: decisions,
    find: '  const answer = withoutForeignEcho(conclusion);',
    replace: filedAsRejection("echoed.answer === 'unknown' && echoed.cause === 'connectionLost'"),
  },
  {
    name: 'a server error is final',
    why: 'Stripe answers 500 after the effect, too',
    file: decisions,
    find: '  const answer = withoutForeignEcho(conclusion);',
    replace: filedAsRejection("echoed.answer === 'unknown' && echoed.cause === 'serverError'"),
  },
  {
    name: 'a request that is still processed is filed as a rejection',
    why: 'the one that is at it will attach it',
    file: decisions,
    find: '  const answer = withoutForeignEcho(conclusion);',
    replace: filedAsRejection("echoed.answer === 'unknown' && echoed.cause === 'stillProcessing'"),
  },
  {
    name: 'an attachment is recorded as often as it is heard of',
    why: 'the answer and the notification are one attachment',
    file: decisions,
    find: "  if (state.status === 'attached' || state.status === 'detached' || state.status === 'cloned') {",
    replace: "  if (state.status === 'detached' || state.status === 'cloned') {",
  },
  {
    name: 'an attachment is recorded after it was detached',
    why: 'a late answer brings back what is gone for good',
    file: decisions,
    find: "  if (state.status === 'attached' || state.status === 'detached' || state.status === 'cloned') {",
    replace: "  if (state.status === 'attached' || state.status === 'cloned') {",
  },
  {
    name: 'a key is never renewed',
    why: 'a saved 500 is then the answer for as long as Stripe keeps it',
    file: decisions,
    find: '  if (!isOpen(state) || isTestAlias(state.attempt.paymentMethodId)) return { events: [] };',
    replace: '  return { events: [] };',
  },
  {
    name: 'a key is renewed on every try',
    why: 'Stripe cannot tell a repeat from a second wish',
    file: decisions,
    find: '  if (!keyIsSpent && !isKeyTooOld(keyMadeAt, key.renewedAt, policy)) return { events: [] };',
    replace: '',
  },
  {
    name: 'a key is renewed on a test alias',
    why: 'under each key Stripe makes another payment method of it',
    file: decisions,
    find: '  if (!isOpen(state) || isTestAlias(state.attempt.paymentMethodId)) return { events: [] };',
    replace: '  if (!isOpen(state)) return { events: [] };',
  },
  {
    name: 'a key is renewed by its age alone',
    why: 'a saved 500 keeps the attempt open for a day',
    file: decisions,
    find: '  if (!keyIsSpent && !isKeyTooOld(keyMadeAt, key.renewedAt, policy)) return { events: [] };',
    replace: '  if (!isKeyTooOld(keyMadeAt, key.renewedAt, policy)) return { events: [] };',
  },
];

function filedAsRejection(when: string): string {
  return [
    '  const echoed = withoutForeignEcho(conclusion);',
    `  const answer = ${when}`,
    "    ? ({ answer: 'rejected', reason: 'invalidRequest', stripeCode: null, declineCode: null } as const)",
    '    : echoed;',
  ].join('\n');
}
