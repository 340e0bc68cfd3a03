import { generateOpenApiDocument } from 'trpc-to-openapi'
import { appRouter } from './root'

export const REST_ENDPOINT = '/api/v1'

export function openApiDocument() {
  return generateOpenApiDocument(appRouter, {
    title: 'Homeport',
    description: 'The same procedures that the console calls. Errors carry `message`, `code` and `data.requestId`.',
    version: '1',
    baseUrl: REST_ENDPOINT,
    securitySchemes: {
      session: { type: 'apiKey', in: 'cookie', name: '__Host-homeport.session_token' },
      service: { type: 'http', scheme: 'bearer' },
    },
  })
}
