/** The same as the server takes (schemas/common.ts), for an id that stands in a link: pages do not carry the schemas. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i

export function isUuid(text: string): boolean {
  return UUID.test(text)
}

const UUID_FORM = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What PostgreSQL takes for a uuid: the form alone, since the ids of customers' rows need not follow a version of the RFC. */
export function hasUuidForm(text: string): boolean {
  return UUID_FORM.test(text)
}
