/** The windows of the lag charts. Kept apart from the view, because the page prefetches with the first one on the server. */
export const lagWindows = {
  '15m': { label: '15 min', windowMs: 900_000 },
  '1h': { label: '1 h', windowMs: 3_600_000 },
  '6h': { label: '6 h', windowMs: 21_600_000 },
  '24h': { label: '24 h', windowMs: 86_400_000 },
} as const

export const lagWindowIds = ['15m', '1h', '6h', '24h'] as const satisfies readonly (keyof typeof lagWindows)[]
