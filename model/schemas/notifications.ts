import { z } from 'zod'
import { Instant, PersonRef, Uuid } from './common'

/** What a channel can be told, and what people call it. */
export const notificationTopics = {
  'request.waiting': 'A request waits for a decision',
  'request.decided': 'A request was decided, voided or has expired',
  'operation.finished': 'An operation has finished or went back',
  'operation.needs-human': 'An operation needs a person',
  'alert.critical': 'A critical alert',
  'break-glass.used': 'Break-glass was used',
  'drill.due': 'A drill is due',
  'readiness.lost': 'A cell is no longer ready',
} as const
export type NotificationTopic = keyof typeof notificationTopics
const NotificationTopic = z.enum(Object.keys(notificationTopics) as [NotificationTopic, ...NotificationTopic[]])

/** A test goes to the one channel it is for, whatever that subscribes to. */
export const TEST_TOPIC = 'channel.test'

export const channelKinds = { webhook: 'Webhook', email: 'E-mail' } as const
export type ChannelKind = keyof typeof channelKinds
const ChannelKind = z.enum(Object.keys(channelKinds) as [ChannelKind, ...ChannelKind[]])

export const ADDRESSES_MAX = 20
export const CHANNELS_MAX = 50

/** Only variables that are meant for it: a channel may not be used to find out about the console's other secrets. */
const SecretRef = z
  .string()
  .regex(/^env:HOMEPORT_NOTIFY_[A-Z0-9_]{1,60}$/, 'Name a variable of the worker: env:HOMEPORT_NOTIFY_…')

const ChannelFields = z.strictObject({
  name: z.string().trim().min(2).max(60),
  kind: ChannelKind,
  /** A URL, or e-mail addresses separated by commas. What it leads to is judged when it is stored and when it is used. */
  target: z.string().trim().min(3).max(1_000),
  secretRef: SecretRef.nullable(),
  /** Empty: everything. */
  topics: z.array(NotificationTopic).max(Object.keys(notificationTopics).length),
})
export const AddChannel = ChannelFields
export type AddChannel = z.infer<typeof AddChannel>

/** The kind stays. A target that is left out stays too: it is never shown in full, so it cannot be sent back. */
export const ChangeChannel = ChannelFields.omit({ kind: true }).extend({
  id: Uuid,
  target: ChannelFields.shape.target.optional(),
})
export type ChangeChannel = z.infer<typeof ChangeChannel>

export const ChannelRef = z.strictObject({ id: Uuid })

/** `queued` with `attempts` above zero waits for another try. */
export const deliveryStates = ['queued', 'delivered', 'failed'] as const
export type DeliveryState = (typeof deliveryStates)[number]

export const DeliveryView = z.object({
  id: Uuid,
  channel: z.object({ id: Uuid, name: z.string() }),
  topic: z.string(),
  text: z.string(),
  path: z.string(),
  status: z.enum(deliveryStates),
  attempts: z.int(),
  createdAt: Instant,
  lastAttemptAt: Instant.nullable(),
  /** Null once it is over. */
  nextAttemptAt: Instant.nullable(),
  deliveredAt: Instant.nullable(),
  lastError: z.string().nullable(),
  responseCode: z.int().nullable(),
})
export type DeliveryView = z.infer<typeof DeliveryView>

export const ChannelView = z.object({
  id: Uuid,
  name: z.string(),
  kind: ChannelKind,
  /** Where it leads without what could be a credential: the host of a URL, the number and domains of addresses. */
  leadsTo: z.string(),
  secretRef: z.string().nullable(),
  topics: z.array(NotificationTopic),
  createdAt: Instant,
  createdBy: PersonRef,
  disabledAt: Instant.nullable(),
  lastDelivery: DeliveryView.nullable(),
  /** The last one that arrived, however long ago. */
  lastDeliveredAt: Instant.nullable(),
  queuedCount: z.int(),
  /** How many in a row did not arrive, the newest first; above zero the channel is failing. */
  failingCount: z.int(),
})
export type ChannelView = z.infer<typeof ChannelView>

export const DeliveryFilter = z.strictObject({
  channelId: Uuid.optional(),
  status: z.enum(['all', ...deliveryStates]).default('all'),
})
export const DeliveryRef = z.strictObject({ id: Uuid })

/** "F-41", "OP-12": what people say and what links carry. */
export const ObjectCode = z.strictObject({ code: z.string().regex(/^(S|F|B|C|D|OP)-[0-9]{1,12}$/) })
export const ResolvedCode = z.object({ code: z.string(), path: z.string() })
