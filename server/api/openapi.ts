import { generateOpenApiDocument } from 'trpc-to-openapi'
import { appRouter } from './root'

export const REST_ENDPOINT = '/api/v1'

const description = `The same procedures that the console calls. A field that is not described here is refused.
Every error carries \`message\` (a sentence for people), \`code\` (for code) and \`data.requestId\` (for whoever is asked), and
comes with the header \`x-request-id\`. Mutations are refused from other sites: a browser must send our own origin.`

export function openApiDocument() {
  const document = generateOpenApiDocument(appRouter, {
    title: 'Homeport',
    description,
    version: '1',
    baseUrl: REST_ENDPOINT,
    securitySchemes: {
      session: { type: 'apiKey', in: 'cookie', name: '__Host-homeport.session_token' },
      service: { type: 'http', scheme: 'bearer' },
    },
  })
  const { schemas } = document.components ?? {}
  for (const [name, schema] of Object.entries(schemas ?? {}))
    if (name.startsWith('error.') && 'properties' in schema) addData(schema)
  return document
}

type ObjectSchema = { properties?: Record<string, unknown>; required?: string[] }

/** The generator describes errors by itself, and knows nothing of what ours carry beside a message and a code. */
function addData(schema: ObjectSchema): void {
  const says = { type: 'string', description: 'The message again' }
  const requestId = { type: 'string', description: 'Finds the request in the log; the header x-request-id has it too' }
  const errorCode = {
    type: ['string', 'null'],
    description: 'Why the call was refused; null when that was not expected',
  }
  const rule = { type: ['string', 'null'], description: 'The safety rule that refused, where one did' }
  const data = { type: 'object', properties: { says, requestId, errorCode, rule }, required: ['says', 'requestId'] }
  schema.properties = { ...schema.properties, data }
  schema.required = [...new Set([...(schema.required ?? []), 'data'])]
}
