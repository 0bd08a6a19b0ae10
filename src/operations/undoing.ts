/** What was set up and is to be taken down, in reverse order, however the work between ends. */
export class Undoing {
  private readonly steps: (() => void | Promise<void>)[] = [];

  add(step: () => void | Promise<void>): void {
    this.steps.push(step);
  }

  /** Takes everything down; each step is tried. Throws the first error of a step. */
  async all(): Promise<void> {
    const errors: unknown[] = [];
    for (;;) {
      const step = this.steps.pop();
      if (!step) break;
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
