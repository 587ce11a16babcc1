import type { RunEvent, StepKey } from 'pipes-runtime';

/** Tells somebody what happens while a run goes on. Disposing leaves the terminal as it was found. */
export interface RunReporter extends Disposable {
  event(event: RunEvent): void;
  /** Text that a process of a step wrote to its own stdout or stderr: any piece of it, not only whole lines. */
  output(stepKey: StepKey, stream: 'stdout' | 'stderr', text: string): void;
  /** Something that the command itself has to say meanwhile. */
  notice(text: string): void;
}
