#!/usr/bin/env node
// Syntax that old versions of Node can read, so that they can say what is wrong.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `pipes needs Node 22.18 or later, to run TypeScript as it is; this is Node ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exitCode = 2;
} else {
  await import('../dist/main.js');
}
