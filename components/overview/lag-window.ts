/** Ten minutes of ten-second buckets: sixty points a line. Its own file, because the page prefetches with it on the server. */
export const OVERVIEW_LAG_WINDOW_MS = 600_000
