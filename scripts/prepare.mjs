// First step of every root command: brings a fresh or changed clone to where the command can run. Says what it does,
// and nothing when there is nothing to do. Plain JavaScript without dependencies, for Node 18 and later: when it
// starts, nothing is installed.
//
//   --no-build      only the install
//   --force-build   build every package, also those that are fresh
//   --python        also Python's Dagster, which some tests run against
//   --nodes         also the oldest Nodes that the packages support

import { buildPackages } from './build-packages.mjs';
import { installPackages } from './install-packages.mjs';
import { prepareNodes } from './prepare-nodes.mjs';
import { preparePython } from './prepare-python.mjs';
import { all, StepFailed } from './step.mjs';

const flags = new Set(process.argv.slice(2));

async function prepareNode() {
  await installPackages();
  if (!flags.has('--no-build')) await buildPackages({ force: flags.has('--force-build') });
  if (flags.has('--nodes')) await prepareNodes();
}

try {
  await all([prepareNode(), flags.has('--python') ? preparePython() : undefined]);
} catch (error) {
  if (!(error instanceof StepFailed)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
