// pipes-orchestrator/testing: proofs for authors of context injectors and message readers. Cases are plain data, for any test
// runner: `test.each(messageCases)('$name', (each) => each.run(myPair()))`. Everything here is public API: add by name.

export { type InjectorCase, injectorCases, injectorIsolationCases, type InjectorPair } from './injector-cases.ts';
export {
  type MessageCase,
  messageCases,
  messageIsolationCases,
  type MessagePair,
  type WriterEnd,
} from './message-cases.ts';
export { RecordingSink } from './recording-sink.ts';
