import type { Verification } from '../../application/trail/verifyTrail.ts';
import { description, identifier } from './fields.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import { spelled } from './words.ts';

/** Whether the trail that a report was made from is what it was, up to where, or what is wrong with it. */
export function verificationOf(verification: Verification): Html {
  if (!verification.intact) {
    const { position, problem, expected, actual } = verification;
    return html`<p class="badge refused">Not intact</p>
<p>At position ${position} of the trail something is wrong: <strong>${spelled(problem)}</strong>. Events before it were found good;
do not rely on those from it on.</p>
${description([
  ['Expected', identifier(expected)],
  ['Found', identifier(actual)],
])}`;
  }
  const { events, hash, sealedUpTo } = verification;
  return html`<p class="badge done">Verified up to position ${events}</p>
<p>Every position, version and hash of the trail was computed again, from its first event to position ${events}, and fits.
${sealWords(sealedUpTo, events)}</p>
${description([['Last hash', identifier(hash)]])}`;
}

function sealWords(sealedUpTo: number, events: number): Html {
  if (sealedUpTo === 0) {
    return html`It was <strong>not held against any seal</strong>: somebody who can write the database, and computed all hashes
anew, would not be seen.`;
  }
  const after = sealedUpTo < events ? html` Events after that are chained, not yet sealed.` : html` That is all of it.`;
  return html`It fits the seals that were given, <strong>sealed up to position ${sealedUpTo}</strong>.${after}`;
}
