import type { Mutant } from './mutant.ts';

/** Faults in what finishes attempts that were left open, and in the store's contract. */
export const recoveryMutants: readonly Mutant[] = [
  {
    name: 'a lease never ends',
    why: 'the process that took it is dead, and nobody else looks after the attempt',
    file: 'src/application/recovery/localLeases.ts',
    find: '    this.#leases.set(name, { owner, endsAt: now + forMs });',
    replace: '    this.#leases.set(name, { owner, endsAt: Infinity });',
  },
  {
    name: 'recovery never comes to what is old',
    why: 'the younger is left, and the older is what was left open',
    file: 'src/application/readModels/oldestPage.ts',
    find: '    if (open.since >= requestedBefore ||',
    replace: '    if (open.since < requestedBefore ||',
  },
  {
    name: 'a doubt is not open',
    why: 'recovery never looks after it',
    file: 'src/application/readModels/openAttempts.ts',
    find: "    AttachmentOutcomeUnknown: (open, { event: { data } }) => doubted(open, 'attachment', data),",
    replace: "    AttachmentOutcomeUnknown: (open) => closed(open, 'attachment'),",
  },
  {
    name: 'an attempt with a new key is not open',
    why: 'recovery never looks after it',
    file: 'src/application/readModels/openAttempts.ts',
    find: "    AttachmentRejected: (open) => closed(open, 'attachment'),",
    replace:
      "    AttachmentRejected: (open) => closed(open, 'attachment'),\n    IdempotencyKeyRenewed: (open) => closed(open, 'attachment'),",
  },
  {
    name: 'a detachment is not open',
    why: 'recovery never looks after it',
    file: 'src/application/readModels/openAttempts.ts',
    find: "      return opened(open, record, { sort: 'detachment', attemptId, paymentMethodId, customerId: null }, requestedAt);",
    replace: '      return open;',
  },
  {
    name: 'who has the lease records without asking',
    why: 'a lease says nothing of what happened at Stripe',
    file: 'src/application/useCases/reconcile.ts',
    find: '      ? await this.#protocol.resume(loaded, true, contextOf(state.attempt.attemptId), options)',
    replace:
      "      ? (await streams.paymentMethods.save([{ seen: loaded, events: [{ type: 'AttachmentRejected', data: { attemptId: state.attempt.attemptId, paymentMethodId: state.attempt.paymentMethodId, customer: state.attempt.customer, reason: 'invalidRequest', stripeCode: null, declineCode: null, evidence: { source: 'readBack', requestId: null, tries: [] } } }] }], contextOf(state.attempt.attemptId))).streams[0] ?? loaded",
  },
  {
    name: 'recovery leaves what it may ask for',
    why: 'a request that was lost stays lost',
    file: 'src/application/useCases/reconcile.ts',
    find: '      ? await this.#protocol.resume(loaded, true,',
    replace: '      ? await this.#protocol.resume(loaded, false,',
  },
  {
    name: 'an append that is repeated is another append',
    why: 'what cannot be told is repeated, and was perhaps done',
    file: 'src/adapters/memory/inMemoryEventStore.ts',
    find: '    const missing = appends.filter((append) => !this.#isRepeated(append));',
    replace: '    const missing = appends;',
  },
  {
    name: 'an append does not look at the version',
    why: 'what two decided on the same past is both recorded',
    file: 'src/adapters/memory/inMemoryEventStore.ts',
    find: '      return expected === version;',
    replace: '      return true;',
  },
  {
    name: 'a sweep passes over what the events tell',
    why: 'what no notification brought, and is detached by now, is nowhere else',
    file: 'src/application/sweep/eventSweep.ts',
    find: "      const { recorded } = await ingesting.ingest(told, 'sweep', pass.context.actor, { signal: pass.signal });",
    replace: '      const recorded = ingesting === undefined;',
  },
  {
    name: 'a change that Stripe tells of is not recorded',
    why: 'the trail keeps a card that there is no more',
    file: 'src/domain/observations.ts',
    find: "    if (state.status === 'attached') return decideUpdate(paymentMethod, evidence, state);",
    replace: "    if (state.status === 'attached') return { events: [] };",
  },
];
