/** About 25 days. What is to wait longer must wait again: a timer that is told more goes off at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;
