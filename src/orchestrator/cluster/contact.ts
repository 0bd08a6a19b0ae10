/** Whether an engine answers: said once, until it changes. */
export class Contact {
  /** It did not answer when it was asked last. */
  lost = false;

  constructor(
    private readonly name: string,
    private readonly note: (line: string) => void,
  ) {}

  silent(message: string): void {
    if (!this.lost) this.note(`${this.name} does not answer, jobs continue: ${message}`);
    this.lost = true;
  }

  answered(): void {
    if (this.lost) this.note(`${this.name} answers again.`);
    this.lost = false;
  }
}
