export type PipesErrorCode = `PIPES_${string}`;

const BRAND = Symbol.for('pipes.error');

/**
 * The one error class of the pipes packages. Branch on `code`, never on the message. Each package lists its codes in
 * its own `errors.ts`; `docs/errors.md` gives cause and remedy of each.
 */
export class PipesError<Code extends PipesErrorCode = PipesErrorCode> extends Error {
  readonly code: Code;

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(withCode(message, code), options);
    this.code = code;
  }

  override get name(): string {
    return 'PipesError';
  }

  get [BRAND](): true {
    return true;
  }

  /** Works where `instanceof` does not: when an ESM and a CJS copy are both loaded. */
  static is(value: unknown): value is PipesError {
    return value instanceof Error && BRAND in value;
  }
}

/** At the end of the first line, which says what happened: what follows may be a page. */
function withCode(message: string, code: string): string {
  const end = message.indexOf('\n');
  return end === -1 ? `${message} [${code}]` : `${message.slice(0, end)} [${code}]${message.slice(end)}`;
}
