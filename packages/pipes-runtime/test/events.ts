import type { ExecutionResult, RunEvent } from 'pipes-runtime';

/** All events of a run, as its log has them. */
export async function eventsOf(run: ExecutionResult): Promise<readonly RunEvent[]> {
  const events: RunEvent[] = [];
  for await (const event of run.events()) events.push(event);
  return events;
}
