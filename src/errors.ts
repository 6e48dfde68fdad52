// The one error that is the user's to mend: wrong arguments, config or input paths.

/** Bad usage: shown as one line with its hint and without a stack; exit code 2. */
export class UsageError extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) {
    super(message)
    this.name = 'UsageError'
    this.hint = hint
  }
}
