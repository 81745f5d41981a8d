import { replayers } from './replayers.ts';

/** Runs one contender, by its name and the database's address, and prints what it took as JSON. */
const [name = '', url = ''] = process.argv.slice(2);
const replayer = replayers[name];
if (replayer === undefined) throw new Error(`no contender ${name}`);
const cpu = process.cpuUsage();
const begun = performance.now();
const events = await replayer(url);
const seconds = (performance.now() - begun) / 1000;
const { user, system } = process.cpuUsage(cpu);
const rssMb = process.resourceUsage().maxRSS / 1024;
console.log(JSON.stringify({ events, seconds, cpuMicros: (user + system) / events, rssMb }));
