/** A bench measures our way beside another way of doing the same work, in one run, and judges by their ratio alone. */
export type Bench = {
  name: string
  /** What is measured beside what, in a sentence. */
  description: string
  run(options: BenchOptions): Promise<BenchResult>
}

export type BenchOptions = {
  /** The estate to measure; null: the bench makes its own servers and removes them. */
  dataDir: string | null
  /** Null: as many as the bench finds enough. */
  rounds: number | null
  /** One line on stderr. */
  progress(line: string): void
}

export type BenchResult = {
  /** Whether `ratio` meets `goal` and nothing went wrong on the way. */
  ok: boolean
  figures: Figures
  /** The same figures of what was measured beside, from the same run. */
  peer: Figures
  /** Ours over the peer's. */
  ratio: number
  goal: { ratioMin: number } | { ratioMax: number }
  [more: string]: unknown
}

export type Figures = { [name: string]: number | string | null }
