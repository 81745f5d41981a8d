import { cruise, format } from 'dependency-cruiser';
import extractConfig from 'dependency-cruiser/config-utl/extract-depcruise-config';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

/** With a TypeScript that it cannot use, dependency-cruiser sees hardly a module and calls that a success. */
const fewestModules = 10;

const { options, ...ruleSet } = await extractConfig('./.dependency-cruiser.cjs');
const { output } = await cruise(['src'], { ...options, ruleSet, validate: true }, options.enhancedResolveOptions, {
  tsConfig: extractTsConfig(options.tsConfig.fileName),
});
const ours = output.modules.filter(({ source }) => source.startsWith('src/'));
const report = await format(output, { outputType: 'err' });

console.log(report.output);
console.log(`layers: ${ours.length} modules of src checked`);
if (ours.length < fewestModules)
  console.error(`layers: at least ${fewestModules} were expected; can it read TypeScript?`);
if (output.summary.error > 0 || ours.length < fewestModules) process.exitCode = 1;
