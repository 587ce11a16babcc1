// Prints what the last `npm test` counted, as one plain line. A file that could not even be loaded counts as one failure.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './step.mjs';

const results = JSON.parse(readFileSync(join(ROOT, '.cache', 'test-results.json'), 'utf8'));
const broken = results.testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
);
console.log(`${results.numPassedTests} passed, ${results.numFailedTests + broken.length} failed`);
