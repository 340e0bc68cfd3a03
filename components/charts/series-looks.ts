/** Dashes differ, because some pairs of the colours come close for some eyes. */
export const seriesLooks = [
  { stroke: 'var(--series-1)', dash: undefined },
  { stroke: 'var(--series-2)', dash: '6 3' },
  { stroke: 'var(--series-3)', dash: '2 3' },
  { stroke: 'var(--series-4)', dash: '8 3 2 3' },
  { stroke: 'var(--series-5)', dash: '1 4' },
] as const
