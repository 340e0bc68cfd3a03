/**
 * News for people who are not looking: what waits for a decision, what was decided, what broke. Invariants: news are written in
 * the transaction of what they tell, or found in what it committed; each channel has one delivery of each; a message may
 * arrive twice under one id, never under two; a text names no tenant and a link carries no authority. How a message travels
 * is server/notify's business, and what happened is the other nouns'.
 */
export { addChannel, changeChannel, disableChannel, enableChannel } from './change-channel'
export { listChannels } from './list-channels'
export { getDelivery, listDeliveries } from './list-deliveries'
export { type News, notify } from './notify'
export { resolveCode } from './resolve-code'
export { retainNews } from './retain-news'
export { sendTest } from './send-test'
export { startHerald } from './start-herald'
export { startSender } from './start-sender'
export { tellRequestDecided, tellRequestMade } from './tell-request'
