import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** What is looked at where no document is named: the README, and every page under docs. */
const allDocuments = () => [
  'README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
];

/** A fence of TypeScript or JavaScript, with the comment above it that names its source, if it has one. */
const fences = /(?:<!-- snippet: (?<file>[^\s#]+)#(?<region>\S+) -->\n)?```(?<language>ts|js)\n(?<shown>[^]*?)```/g;

/** The lines of a region of a file, without the indentation that all of them share. Throws if it is not there once. */
function readRegion(file, region) {
  const lines = readFileSync(file, 'utf8').split('\n');
  const start = onlyLine(lines, `// #region ${region}`, file);
  const end = onlyLine(lines, `// #endregion ${region}`, file);
  const body = lines.slice(start + 1, end);
  const indents = body.filter((line) => line !== '').map((line) => line.search(/\S/));
  return body.map((line) => `${line.slice(Math.min(...indents))}\n`).join('');
}

function onlyLine(lines, marker, file) {
  const at = lines.flatMap((line, index) => (line.trim() === marker ? [index] : []));
  if (at.length !== 1) throw new Error(`${file} has the line "${marker}" ${at.length} times; it must have it once.`);
  return at[0];
}

/** Lines that only the document has as "-", lines that only the source has as "+", without those both begin or end with. */
function difference(shown, source) {
  const [old, now] = [shown.split('\n'), source.split('\n')];
  const common = (one, other) => one.findIndex((line, index) => line !== other[index]);
  const start = common(old, now) === -1 ? old.length : common(old, now);
  const [oldRest, nowRest] = [old.slice(start).reverse(), now.slice(start).reverse()];
  const end = common(oldRest, nowRest) === -1 ? oldRest.length : common(oldRest, nowRest);
  const marked = (mark, rest) =>
    rest
      .slice(end)
      .reverse()
      .map((line) => `${mark} ${line}`);
  return [...marked('-', oldRest), ...marked('+', nowRest)].join('\n');
}

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const problems = [];

function renew(document) {
  const before = readFileSync(document, 'utf8');
  const after = before.replace(fences, (fence, file, region, language, shown) => {
    if (file === undefined) {
      problems.push(`${document}: no "<!-- snippet: file#region -->" stands above this code:\n${shown}`);
      return fence;
    }
    const source = readRegion(file, region);
    if (values.check && shown !== source) {
      const lines = difference(shown, source);
      problems.push(`${document}: snippet ${file}#${region} differs from its source:\n${lines}`);
    }
    return `<!-- snippet: ${file}#${region} -->\n\`\`\`${language}\n${source}\`\`\``;
  });
  if (!values.check && after !== before) writeFileSync(document, after);
}

for (const document of positionals.length === 0 ? allDocuments() : positionals) renew(document);
if (problems.length > 0) {
  const cure = `Change the source, then run: node test/support/snippets.mjs ${positionals.join(' ')}`;
  console.error([...problems, cure.trimEnd()].join('\n\n'));
  process.exitCode = 1;
}
