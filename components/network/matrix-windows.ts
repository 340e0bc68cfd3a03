/** The windows over which the matrix is merged. The server caps them at one hour; a day of one link is in its drawer. */
export const matrixWindows = {
  '5m': { label: '5 min', windowMs: 300_000 },
  '15m': { label: '15 min', windowMs: 900_000 },
  '1h': { label: '1 h', windowMs: 3_600_000 },
} as const

type MatrixWindow = keyof typeof matrixWindows
export const windowIds = ['5m', '15m', '1h'] as const satisfies readonly MatrixWindow[]
