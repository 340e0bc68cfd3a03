/** A bench measures our way beside other ways of doing the same work, in one run, and judges by their ratios alone. */
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

export type BenchResult = Comparison | PairResult

export type Comparison = {
  /** Whether every `ratio` that has a `goal` meets it and nothing went wrong on the way. */
  ok: boolean
  ours: Figures
  /** The same figures of what was measured beside, by name, from the same run. */
  beside: { [name: string]: Figures }
  /** Ours over each one's. */
  ratio: { [name: string]: number }
  goal: { [name: string]: number }
  /** What a goal is: the least that a ratio must reach, or the most that it may be. */
  goalIs: 'min' | 'max'
  [more: string]: unknown
}

/** What a bench with one peer may return instead. */
export type PairResult = {
  ok: boolean
  figures: Figures
  peer: Figures
  ratio: number
  goal: { ratioMin: number } | { ratioMax: number }
  [more: string]: unknown
}

export type Figures = { [name: string]: number | string | null }

const PEER = 'peer'

/** One shape for whoever reads the last line. */
export function inOneShape(result: BenchResult): Comparison {
  if (!('figures' in result)) return result as Comparison
  const { figures, peer, ratio, goal, ...more } = result as PairResult
  const isMin = 'ratioMin' in goal
  return {
    ...more,
    ours: figures,
    beside: { [PEER]: peer },
    ratio: { [PEER]: ratio },
    goal: { [PEER]: isMin ? goal.ratioMin : goal.ratioMax },
    goalIs: isMin ? 'min' : 'max',
  }
}
