/** A broken invariant is a bug in Homeport: it ends the request or the step, never the process. */
export class InvariantError extends Error {
  override name = 'InvariantError'
}

export function invariant(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new InvariantError(sentence)
}
