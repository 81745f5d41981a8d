import type { Mutant } from './mutant.ts';

const protocol = 'src/application/protocol/attachmentProtocol.ts';
const outcome = 'src/application/protocol/recordOutcome.ts';
const requests = 'src/application/protocol/requestProtocol.ts';
const streams = 'src/application/events/eventStreams.ts';

/** Faults in the steps between the trail and Stripe. */
export const applicationMutants: readonly Mutant[] = [
  {
    name: 'the request goes out before its intent',
    why: 'after a crash nobody knows that it was made',
    file: 'src/application/useCases/attach.ts',
    find: '      const { seen, isRequested } = await this.#protocol.request(command, isNamed, context);',
    replace:
      '      const early = this.#parts.gateway.attach(command, options).catch(() => null);\n      const { seen, isRequested } = await this.#protocol.request(command, isNamed, context);\n      await early;',
  },
  {
    name: 'every request gets a key that is nowhere stored',
    why: 'after a crash it cannot be repeated under its key',
    file: protocol,
    find: '      asked = await this.#parts.gateway.attach(attempt, options);',
    replace:
      '      asked = await this.#parts.gateway.attach({ ...attempt, idempotencyKey: this.#parts.ids.next() }, options);',
  },
  {
    name: 'a new key is used before it is durable',
    why: 'a crash loses the key that the request went out under',
    file: protocol,
    find: '      const result = await streams.save([{ seen, events }], context);',
    replace: '      return { renewed: { ...seen, state: fold(events, seen.state) }, isOurs: true };',
  },
  {
    name: 'a call that finds an attempt open goes on under its own key',
    why: 'one wish is then out under two keys',
    file: 'src/application/useCases/attach.ts',
    find: '        settled = await this.#protocol.resume(seen, true, context, options);',
    replace:
      '        settled = await this.#protocol.ask({ ...seen, state: { ...seen.state, attempt: { ...seen.state.attempt, idempotencyKey: command.idempotencyKey } } }, context, options);',
  },
  {
    name: 'after a doubt, a look that shows nobody is a no',
    why: 'the request may be on its way still',
    file: protocol,
    find: '    const settled = answerFromLookUp(customer, look, refused);',
    replace: '    const settled = answerFromLookUp(customer, look, true);',
  },
  {
    name: 'recovery takes a look that shows nobody for a no',
    why: 'the request of the process that died may be on its way still',
    file: protocol,
    find: '      const answer = answerFromLookUp(attempt.customer, look, refused);',
    replace: '      const answer = answerFromLookUp(attempt.customer, look, true);',
  },
  {
    name: 'what was left open is looked at and never asked for again',
    why: 'a request that was lost stays lost',
    file: protocol,
    find: '    if (!mayAsk || isPastAsking(seen.state, clock.now().toISOString(), policy)) return seen;',
    replace: '    if (mayAsk || isPastAsking(seen.state, clock.now().toISOString(), policy)) return seen;',
  },
  {
    name: 'a first attempt gives up where the trail holds anything',
    why: 'a conflict brings what there is, and is no failure',
    file: protocol,
    find: '      customer = result.others[0] ?? customer;',
    replace: '      if (!result.saved) throw contention(seen.name);\n      customer = result.others[0] ?? customer;',
  },
  {
    name: 'a refusal is not recorded',
    why: 'the same attempt gets another answer later',
    file: protocol,
    find: '      if (refusal !== undefined && !isNamed && repeatsRefusal(command, refusal.data.reason, seen.state)) {',
    replace: '      if (refusal !== undefined) {',
  },
  {
    name: 'an outcome that could not be recorded is answered all the same',
    why: 'the caller is told yes, and the trail says nothing',
    file: outcome,
    find: '    throw notRecorded(conclusion, error);',
    replace: '    return { ...seen, state: fold(eventsOf(asked.state, conclusion, seen.state), seen.state) };',
  },
  {
    name: 'what Stripe made of a test alias is not recorded',
    why: 'the payment method that is attached stands nowhere',
    file: outcome,
    find: '      if (clone !== null && ofClone !== null) {',
    replace: '      if (clone !== null && ofClone === undefined) {',
  },
  {
    name: 'a conflict is taken for success',
    why: 'what was to be recorded is not',
    file: streams,
    find: '    return { saved: false, streams:',
    replace: '    return { saved: true, streams:',
  },
  {
    name: 'events are appended whatever was recorded meanwhile',
    why: 'two outcomes of one attempt are both recorded',
    file: streams,
    find: "    if (isFinal) return { stream: seen.name, expectedVersion: 'any' as const, events: encoded };",
    replace: "    return { stream: seen.name, expectedVersion: 'any' as const, events: encoded };",
  },
  {
    name: 'callers for different customers join',
    why: "the second one gets the first one's answer",
    file: 'src/application/useCases/attach.ts',
    find: '    const flightName = `${streamName(wish.paymentMethodId, wish.attemptId)} ${wish.customer.id}`;',
    replace: '    const flightName = streamName(wish.paymentMethodId, wish.attemptId);',
  },
  {
    name: 'a doubt is told as a no',
    why: 'it may have been attached all the same',
    file: 'src/application/useCases/results.ts',
    find: "      return { outcome: 'unknown', cause, paymentMethodId: state.attempt.paymentMethodId, customer, attemptId };",
    replace:
      "      return { outcome: 'rejected', reason: 'invalidRequest', paymentMethodId: state.attempt.paymentMethodId, customer, attemptId };",
  },
  {
    name: 'an open attempt is told as attached',
    why: 'nobody knows yet',
    file: 'src/application/useCases/results.ts',
    find: "      return { outcome: 'unknown', cause, paymentMethodId: state.attempt.paymentMethodId, customer, attemptId };",
    replace:
      "      return { outcome: 'attached', paymentMethodId: state.attempt.paymentMethodId, customer, attemptId, type: 'card', card: null };",
  },
  {
    name: 'an attempt that got a no is told what others got',
    why: 'the same attempt gets another answer when it is repeated',
    file: 'src/application/useCases/results.ts',
    find: '  if (before !== null && isSameCustomer(before.customer, customer)) return rejectedResult(before);',
    replace: '',
  },
  {
    name: 'a detachment that got a no is told what others got',
    why: 'the same attempt gets another answer when it is repeated',
    file: 'src/application/useCases/detach.ts',
    find: "  if (rejected !== undefined && !isOwn) return { outcome: 'rejected', ...rejected };",
    replace:
      "  if (rejected !== undefined && state.status !== 'detached') return { outcome: 'rejected', ...rejected };",
  },
  {
    name: 'recovery asks for a detachment under its first key for ever',
    why: 'a saved 500 is then the answer for as long as Stripe keeps it',
    file: requests,
    find: '    if (isKeyUsable(open, now, policy)) return this.#resume(seen, open, context, options);',
    replace: '    if (open !== null) return this.#resume(seen, open, context, options);',
  },
  {
    name: 'a notification is dropped at the first conflict',
    why: 'what Stripe told is then nowhere',
    file: 'src/application/protocol/recordDecision.ts',
    find: '      if (result.saved) return true;',
    replace: '      return result.saved;',
  },
  {
    name: 'a notification is taken before it is recorded',
    why: 'Stripe does not deliver it again when recording fails',
    file: 'src/application/protocol/recordDecision.ts',
    find: '      const result = await streams.save([{ seen, events }], context);',
    replace:
      '      const result = await streams.save([{ seen, events }], context).catch(() => ({ saved: true, streams: [] }));',
  },
  {
    name: 'an outcome lands behind whatever took the place of what a failover lost',
    why: 'a version is only a number: what was decided on one past is added to another',
    file: 'src/application/events/eventStreams.ts',
    find: '    const lastEventId = seen.lastEventId ?? undefined;',
    replace: '    const lastEventId = undefined;',
  },
];
