import { expect, test } from 'vitest'
import { refuseTarget } from './channel-rules'

test.each([
  ['http://169.254.169.254/latest', /metadata/],
  ['https://[fe80::1]/', /link-local/],
  ['http://10.0.0.7/hook', /plain http is for this one/],
  ['ftp://example.test', /Give an https URL/],
  ['https://user:secret@example.test', /does not belong in a URL/],
])('%s is refused when it is stored, not with every message', (target, why) => {
  expect(() => refuseTarget('webhook', target)).toThrow(why)
})

test.each(['https://hooks.example.test/a', 'https://10.0.0.7/hook', 'http://127.0.0.1:9/hook'])(
  '%s is taken',
  (target) => {
    expect(() => refuseTarget('webhook', target)).not.toThrow()
  },
)
