import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { ExtractorMessage } from '@microsoft/api-extractor';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { readEntries } from './publicNames.ts';

/** Writes what every entry of the package exports, with its signatures, to api/*.api.md; with --check, compares it. */

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
const entries = readEntries();
const [anyEntry = ''] = entries.values();
const kept = 'api';
const justMade = '.data/api';

function nameOf(entry: string): string {
  return entry === '.' ? 'main' : basename(entry);
}

function configOf(entry: string, file: string): ExtractorConfig {
  return ExtractorConfig.prepare({
    configObject: {
      projectFolder: resolve('.'),
      mainEntryPointFilePath: file,
      compiler: { tsconfigFilePath: resolve('tsconfig.build.json') },
      apiReport: {
        enabled: true,
        reportFileName: nameOf(entry),
        reportFolder: resolve(kept),
        reportTempFolder: resolve(justMade),
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
        extractorMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        // Doc comments here are prose, not TSDoc.
        tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
      },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: resolve('package.json'),
  });
}

/** Lines that only the report in the repository has as "-", and lines that only the one just made has as "+". */
function difference(entry: string): string {
  const linesOf = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);
  const report = `${nameOf(entry)}.api.md`;
  const [old, made] = [linesOf(`${kept}/${report}`), linesOf(`${justMade}/${report}`)];
  const gone = old.filter((line) => !made.includes(line)).map((line) => `- ${line}`);
  return [`${kept}/${report}`, ...gone, ...made.filter((line) => !old.includes(line)).map((line) => `+ ${line}`)].join(
    '\n',
  );
}

/** Nothing but errors: what changed is shown by `difference`. */
function messageCallback(message: ExtractorMessage): void {
  message.handled = message.logLevel !== ExtractorLogLevel.Error;
}

mkdirSync(kept, { recursive: true });
const compilerState = CompilerState.create(configOf('.', anyEntry), { additionalEntryPoints: [...entries.values()] });
const changed: string[] = [];
for (const [entry, file] of entries) {
  const result = Extractor.invoke(configOf(entry, file), { localBuild: !values.check, compilerState, messageCallback });
  if (values.check && result.apiReportChanged) changed.push(entry);
  if (result.errorCount > 0) process.exitCode = 1;
}
const reports = new Set([...entries.keys()].map((entry) => `${nameOf(entry)}.api.md`));
for (const file of readdirSync(kept)) {
  if (reports.has(file)) continue;
  console.error(`${kept}/${file} is of no entry of package.json; delete it.`);
  process.exitCode = 1;
}
for (const entry of changed) console.error(difference(entry));
console.log(`api: ${entries.size} reports ${values.check ? `compared, ${changed.length} changed` : 'written'}`);
if (changed.length > 0) {
  console.error('The public surface changed. If that is meant, run "npm run api" and commit what it writes.');
  process.exitCode = 1;
}
