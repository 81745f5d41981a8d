import { readFileSync } from 'node:fs';
import { cruise, format } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** What only adapters may touch: where it is injected instead, a test or a simulation can own it. */
const surroundings =
  /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\b(?:setTimeout|setInterval|setImmediate|fetch)\b|\b(?:crypto|performance|process|globalThis)\s*[.[]/;
const comments = /\/\*[^]*?\*\/|\/\/.*$/gm;

/** With a TypeScript that it cannot use, dependency-cruiser sees hardly a module and calls that a success. */
const fewestModules = 10;

const { options, ...ruleSet } = await extractConfig('./.dependency-cruiser.cjs');
const { output } = await cruise(['src'], { ...options, ruleSet, validate: true }, options.enhancedResolveOptions, {
  tsConfig: extractTsConfig(options.tsConfig.fileName),
});
const ours = output.modules.filter(({ source }) => source.startsWith('src/'));
const report = await format(output, { outputType: 'err' });

const touching = ours
  .map(({ source }) => source)
  .filter((source) => !/^src\/(?:adapters|testing)\//.test(source))
  .map((source) => ({ source, found: readFileSync(source, 'utf8').replaceAll(comments, '').match(surroundings)?.[0] }))
  .filter(({ found }) => found !== undefined);

console.log(report.output);
for (const { source, found } of touching) console.error(`layers: ${source} touches ${found}; let an adapter do it`);
console.log(`layers: ${ours.length} modules of src checked`);
if (ours.length < fewestModules)
  console.error(`layers: at least ${fewestModules} were expected; can it read TypeScript?`);
if (output.summary.error > 0 || touching.length > 0 || ours.length < fewestModules) process.exitCode = 1;
