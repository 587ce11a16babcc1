import { createLogUpdate } from 'log-update';

export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

const FRAME_MS = 80;
const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
const BEGIN_FRAME = '\u001B[?2026h';
const END_FRAME = '\u001B[?2026l';

/**
 * An area at the bottom of a terminal that is redrawn in place, at most every 80 ms and only when it changed, with lines
 * that scroll away above it. Each frame is one write, so that nothing flickers. Shows the cursor again when disposed, when
 * the process exits without that, and while it is stopped by Ctrl-Z.
 */
export class LiveView implements Disposable {
  readonly #screen: () => Screen;
  readonly #write: (text: string) => void;
  readonly #render: (screen: Screen) => string;
  readonly #timer: NodeJS.Timeout;
  readonly #logUpdate: ReturnType<typeof createLogUpdate>;
  readonly #dispose = (): void => this[Symbol.dispose]();
  #lines: string[] = [];
  #frame = '';
  #isOpen = true;

  constructor(options: {
    readonly write: (text: string) => void;
    readonly screen: () => Screen;
    readonly render: (screen: Screen) => string;
  }) {
    this.#write = options.write;
    this.#screen = options.screen;
    this.#render = options.render;
    this.#logUpdate = createLogUpdate(this.#frameStream(), { showCursor: true });
    this.#timer = setInterval(() => this.#draw(), FRAME_MS);
    this.#write(HIDE_CURSOR);
    process.once('exit', this.#dispose);
    process.on('SIGTSTP', this.#stop);
  }

  /** Puts a line above the live area with the next frame. */
  print(line: string): void {
    this.#lines.push(line);
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearInterval(this.#timer);
    process.off('exit', this.#dispose);
    process.off('SIGTSTP', this.#stop);
    process.off('SIGCONT', this.#hideCursor);
    this.#leave();
  }

  /** The shell writes where the area was: it is drawn anew, below, with the first frame after going on. */
  readonly #stop = (): void => {
    this.#leave();
    process.once('SIGCONT', this.#hideCursor);
    process.kill(process.pid, 'SIGSTOP');
  };

  readonly #hideCursor = (): void => this.#write(HIDE_CURSOR);

  #leave(): void {
    this.#logUpdate.clear();
    this.#writeLines();
    this.#flush();
    this.#write(SHOW_CURSOR);
  }

  #draw(): void {
    if (this.#lines.length > 0) {
      this.#logUpdate.clear();
      this.#writeLines();
    }
    const text = this.#render(this.#screen());
    if (text !== '') this.#logUpdate(text);
    this.#flush();
  }

  #writeLines(): void {
    for (const line of this.#lines) this.#frame += `${line}\n`;
    this.#lines = [];
  }

  #flush(): void {
    if (this.#frame === '') return;
    this.#write(BEGIN_FRAME + this.#frame + END_FRAME);
    this.#frame = '';
  }

  /** What log-update draws on: it collects a frame. */
  #frameStream(): NodeJS.WritableStream {
    const screen = this.#screen;
    const stream = {
      write: (text: string): boolean => {
        this.#frame += text;
        return true;
      },
      get columns() {
        return screen().columns;
      },
      get rows() {
        return screen().rows;
      },
    };
    return stream as unknown as NodeJS.WritableStream;
  }
}
