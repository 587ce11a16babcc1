/** What the process of a command ends with. 0 means one thing: it did what was asked. */
export const EXIT = {
  success: 0,
  runFailed: 1,
  /** Arguments, definitions, config or selection are wrong: nothing ran. */
  usage: 2,
  hungUp: 129,
  interrupted: 130,
  /** Nobody reads our output any more: what a program that dies of SIGPIPE ends with. */
  brokenPipe: 141,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
