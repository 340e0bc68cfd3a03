/** No announcement tells of deliveries: they are asked for while the page is looked at. */
export const CHANNELS_REFETCH_MS = 5_000
export const LOG_REFETCH_MS = 5_000
/** A person waits in front of a test. */
export const TEST_REFETCH_MS = 500
/** A worker takes a test within a second; after this long there is probably none. */
export const UNTAKEN_MS_MAX = 10_000
