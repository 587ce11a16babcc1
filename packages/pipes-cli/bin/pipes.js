#!/usr/bin/env node
// Syntax that old versions of Node can read, so that they can say what is wrong.

/** @param {string} version */
function isTooOld(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 22 || (major === 22 && minor < 18);
}

if (isTooOld(process.versions.node)) {
  process.stderr.write(
    `pipes needs Node 22.18 or later, which runs TypeScript as it is. This is Node ${process.versions.node}, ${process.execPath}.\n`,
  );
  process.exitCode = 2;
} else {
  await import('../dist/main.js');
}
