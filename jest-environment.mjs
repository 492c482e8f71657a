import { TestEnvironment } from 'jest-environment-node';

/** The shop that the last test file of this process has left for the next one: see libs/testkit. */
let leftShop;

/**
 * Keeps quiet while tests pass: what they and the services in their process write, and what they noted of other
 * processes, is shown where one of their file failed. And lets a file leave its shop to the next one.
 */
export default class QuietEnvironment extends TestEnvironment {
  #file;
  /** Until the end was seen: of a file that cannot be run at all everything is told. */
  #hasFailed = false;
  #hasEnded = false;
  #written = [];
  #notes = [];
  #streams = [process.stdout, process.stderr].map((stream) => ({ stream, write: stream.write }));

  constructor(config, context) {
    super(config, context);
    this.#file = context.testPath;
  }

  async setup() {
    await super.setup();
    for (const { stream } of this.#streams) stream.write = (...args) => this.#hold(...args);
    this.global.testProcess = {
      file: this.#file,
      takeShop() {
        const shop = leftShop;
        leftShop = undefined;
        return shop;
      },
      leaveShop(text, children) {
        // In objects of this realm: those of a test file would keep all of it in memory.
        leftShop = { text: String(text), children: Array.from(children) };
      },
      note: (service, log) => void this.#notes.push(`-- ${service} has logged:\n${log}\n`),
    };
  }

  handleTestEvent({ name, test }) {
    if (name === 'run_finish') this.#hasEnded = true;
    if (name === 'error' || name === 'hook_failure') this.#hasFailed = true;
    if (name === 'test_done' && test.errors.length > 0) this.#hasFailed = true;
  }

  async teardown() {
    for (const { stream, write } of this.#streams) stream.write = write;
    await super.teardown();
    const told = [...this.#written, ...this.#notes].join('');
    if (told === '' || (this.#hasEnded && !this.#hasFailed)) return;
    process.stderr.write(`\n-- ${this.#file} has written:\n${told}\n`);
  }

  #hold(chunk, encoding, done) {
    this.#written.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
    (typeof encoding === 'function' ? encoding : done)?.();
    return true;
  }
}
