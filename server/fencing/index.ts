/**
 * Fencing agents: they take a machine out of service from outside, by power, network or a security group. The hooks are the
 * customer's; this folder calls them.
 *
 * Invariants: an order is sent once and never repeated here; only an answer of the agreed form is believed; whatever may
 * have reached the hook and was not answered is unknown; no secret is logged, put into a URL or handed to a program.
 * It knows the engine contract alone: neither the catalog, nor which operation may use which agent.
 */
export { type CommandAgentConfig, commandAgent } from './command-agent'
export { type HttpAgentConfig, httpAgent } from './http-agent'
export { routedAgent } from './routed-agent'
