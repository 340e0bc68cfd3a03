import { expect, test } from 'vitest'
import { sayRowKey } from './row-key'

test.each([
  ['{"id":42}', 'id 42'],
  ['{"tenant_id":"0a1b","name":"a b"}', 'tenant_id 0a1b, name a b'],
  ['{"id":null}', 'id null'],
  ['42', '42'],
  ['{}', '{}'],
  ['not JSON', 'not JSON'],
])('%s is read as %s', (key, says) => {
  expect(sayRowKey(key)).toBe(says)
})
