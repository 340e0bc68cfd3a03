import { expect, test } from 'vitest'
import { refuseUnreadablePath } from './failures'

test.each(['/api/v1/regions/%E0%A4%A', '/api/v1/cells%', '/regions/%FF'])('%s is a bad request', async (pathname) => {
  const refused = refuseUnreadablePath(pathname)!
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({
    message: 'The address is not readable: its percent-encoding is no UTF-8.',
    code: 'BAD_REQUEST',
    data: { requestId: refused.headers.get('x-request-id') },
  })
})

test.each(['/', '/api/v1/regions/eu-west-1', '/regions/%E2%82%AC', '/a%2Fb'])('%s is readable', (pathname) => {
  expect(refuseUnreadablePath(pathname)).toBeNull()
})
