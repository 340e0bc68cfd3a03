/** A suite states invariants, then attacks them. The same seed gives the same schedule of attacks. */
export type ChaosSuite = {
  run(options: ChaosOptions): Promise<ChaosResult>
}

export type ChaosOptions = {
  /** Null: as many as the suite finds complete. */
  runs: number | null
  seed: number
  /** The estate to attack; null: the suite makes its own and removes it. */
  dataDir: string | null
  /** One line on stderr. */
  progress(line: string): void
}

export type ChaosResult = {
  ok: boolean
  runs: number
  seed: number
  operations: number
  /** Each names its run, so that it can be found again under the same seed. */
  violations: readonly string[]
  [figure: string]: unknown
}
