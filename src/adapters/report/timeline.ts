import type { TrailRecord } from '../../application/events/eventCodec.ts';
import type { Evidence, WireTry } from '../../domain/evidence.ts';
import { description, fieldsOf, identifier, timeOf } from './fields.ts';
import type { Html } from './html.ts';
import { html } from './html.ts';
import type { Tone } from './words.ts';
import { lastAskedWords, sourceWords, spelled, titleOf, toneOf } from './words.ts';

/**
 * Who did what, when, with which outcome, and how that is known: an entry for each event, in the order of the trail.
 * `subject` is the id that all of them are about.
 */
export function timeline(records: readonly TrailRecord[], subject: string): Html {
  return html`<ol class="timeline">${records.map((record) => entry(record, subject))}</ol>`;
}

function entry(record: TrailRecord, subject: string): Html {
  const { event, metadata, recordedAt, position } = record;
  const evidence = 'evidence' in event.data ? event.data.evidence : null;
  return html`<li class="${toneOf(event.type)}"><article aria-labelledby="event-${position}">
<h3 id="event-${position}">${titleOf(event.type)}</h3>
<p class="who">${timeOf(recordedAt)} by <bdi class="actor">${metadata.actor}</bdi></p>
${description(fieldsOf(event, subject))}
${evidence === null ? null : evidenceOf(evidence, toneOf(event.type))}
${recordOf(record)}
</article></li>
`;
}

function evidenceOf({ source, requestId, tries }: Evidence, tone: Tone): Html {
  const request = requestId === null ? null : html`, Stripe request ${identifier(requestId)}`;
  const known = tone === 'open' ? `Open still after ${lastAskedWords(source)}` : `Known by ${sourceWords(source)}`;
  return html`<p class="evidence">${known}${request}.</p>
${tries.length === 0 ? null : triesTable(tries)}`;
}

function triesTable(tries: readonly WireTry[]): Html {
  return html`<table>
<caption>Requests as they went over the wire</caption>
<thead><tr><th scope="col">Try</th><th scope="col">Answer</th><th scope="col">Stripe request</th></tr></thead>
<tbody>${tries.map(tryRow)}</tbody>
</table>`;
}

function tryRow({ status, requestId, failure }: WireTry, index: number): Html {
  const answer = [status === null ? 'no answer' : `HTTP ${status}`, failure === null ? '' : spelled(failure)];
  const request = requestId === null ? '—' : identifier(requestId);
  return html`<tr><th scope="row">${index + 1}</th><td>${answer.filter((word) => word !== '').join(': ')}</td><td>${request}</td></tr>`;
}

/** The record itself, for whoever holds this page against the trail. */
function recordOf({ position, stream, version, eventId, event, recordedAt, metadata, hash }: TrailRecord): Html {
  const { correlationId, causationId } = metadata;
  const caused = causationId === null ? null : html` · caused by ${identifier(causationId)}`;
  return html`<p class="record">Position ${position} · ${identifier(stream)} version ${version} · ${event.type}
${identifier(eventId)} · recorded ${identifier(recordedAt)} · correlation ${identifier(correlationId)}${caused} ·
hash ${identifier(hash)}</p>`;
}
