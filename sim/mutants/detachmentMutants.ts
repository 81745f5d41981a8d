import type { Mutant } from './mutant.ts';

const requests = 'src/application/protocol/requestProtocol.ts';

/** Faults in what keeps a detachment of ours from being taken for none, and what it undid from being forgotten. */
export const detachmentMutants: readonly Mutant[] = [
  {
    name: 'a detachment is asked for without a look at what it undoes',
    why: 'its answer is lost, and nobody knows that there was anything to detach',
    file: requests,
    find: '(await this.#kind.prepare?.(from, ...call)) ?? { seen: from, doubt: null };',
    replace: '{ seen: from, doubt: null };',
  },
  {
    name: 'the first ask for a detachment is made without a look',
    why: 'its answer is lost, and nobody knows that there was anything to detach',
    file: requests,
    find: '    if (isRequested) return this.#ask(seen, open, context, options);',
    replace: '    if (isRequested) return this.#send(seen, open, context, options);',
  },
  {
    name: 'a detachment that was left open is asked for again without a look',
    why: 'it was attached past the trail since, and nobody knows that there was anything to detach',
    file: requests,
    find: '    return this.#ask(seen, open, context, options);\n  }\n\n  /** Prepares',
    replace: '    return this.#send(seen, open, context, options);\n  }\n\n  /** Prepares',
  },
  {
    name: 'recovery asks for a detachment under a new key without a look',
    why: 'it was attached past the trail since, and nobody knows that there was anything to detach',
    file: requests,
    find: '    return this.#ask(renewed.seen, again, context, options);',
    replace: '    return this.#send(renewed.seen, again, context, options);',
  },
  {
    name: 'a detachment is asked for although the look before it failed',
    why: 'its answer is lost, and nobody knows that there was anything to detach',
    file: 'src/application/useCases/detach.ts',
    find: "  if (look.look !== 'unknown' || !mayPass(look.cause)) return",
    replace: '  if (looked !== null) return',
  },
  {
    name: 'an attach is asked for while a detachment is open',
    why: 'the detachment undoes it, and nobody can tell afterwards that it was attached',
    file: 'src/domain/decisions.ts',
    find: "      if (state.detachment !== null) return { rejected: 'detachmentOpen' };\n",
    replace: '',
  },
  {
    name: 'a detachment is asked for while an attach is open',
    why: 'it undoes the attach, and nobody can tell afterwards that it was attached',
    file: 'src/domain/detachmentDecisions.ts',
    find: "  if (isOpen(state)) return { rejected: 'attachmentOpen' };\n",
    replace: '',
  },
];
