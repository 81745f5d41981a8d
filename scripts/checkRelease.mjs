import { existsSync, readdirSync, readFileSync } from 'node:fs';

// What `npm publish` asks before it sends anything: is this a release, and can it be proved where it was built? Prints
// every fault, with its cure, and ends with 1 if there is one.

const { version, repository, publishConfig } = JSON.parse(readFileSync('package.json', 'utf8'));
const changelog = existsSync('CHANGELOG.md') ? readFileSync('CHANGELOG.md', 'utf8') : '';
const pending = (existsSync('.changeset') ? readdirSync('.changeset') : []).filter((name) => name.endsWith('.md'));
const address = typeof repository === 'string' ? repository : repository?.url;
const newest = /^## (.*)$/m.exec(changelog)?.[1];

const faults = [];
if (pending.length > 0) {
  faults.push(`.changeset has changes of no version yet: ${pending.join(', ')}. Run: npm run changeset:version`);
}
if (newest !== version) {
  faults.push(
    `The newest version in CHANGELOG.md is ${newest ?? 'none'}, and package.json has ${version}. ` +
      'Record what changed (npm run changeset), then run: npm run changeset:version',
  );
}
if (publishConfig?.provenance === true && !address) {
  faults.push(
    'package.json has no "repository", so npm cannot prove where the package was built (publishConfig.provenance). ' +
      'Set it to the public address that the release is built from; CONTRIBUTING.md shows how',
  );
}

for (const fault of faults) console.error(`NOT TO BE PUBLISHED: ${fault}.`);
if (faults.length > 0) process.exitCode = 1;
