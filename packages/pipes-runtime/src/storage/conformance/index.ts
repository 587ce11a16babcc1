// pipes-runtime/storage-conformance: what every RunStorage and EventLog must do, as plain data for any test runner:
// `test.each(eventLogCases)('$name', (each) => each.run(makeLog()))`.

export { type EventLogCase, eventLogCases } from './event-log-cases.ts';
export { type RunStorageCase, runStorageCases } from './run-storage-cases.ts';
