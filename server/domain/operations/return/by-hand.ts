import type { ReinstatementPlan } from '@/model/schemas/plans'
import { type ByHandOrder, onCatalog, onServer, sayVariables, variableOf } from '../by-hand'

/** Emptying and cloning by hand. Nobody is promoted and no gate is touched; the first lines say whether it may be done at all. */
export function rebuildByHand(plan: ReinstatementPlan, { planHash }: ByHandOrder): string {
  const { source, target, scope, epoch } = plan
  return [
    `# Plan ${planHash}: ${source.member} is emptied and becomes a standby of ${target.member}. With a second person; stop at the first answer that differs.`,
    `# ${target.member} takes the writes: do not touch its gate, and promote nothing. What ${source.member} holds cannot be brought back afterwards.`,
    sayVariables(plan),
    '',
    '# 1. It is still so that it may be emptied:',
    `${onCatalog(`SELECT active_member, epoch FROM region_write_epoch WHERE logical_scope = '${scope}'`, '-Atc')}  # must say ${target.member}|${epoch.from}`,
    `${onCatalog(`SELECT member_id, status FROM stale_server WHERE id = '${plan.staleServerId}'`, '-Atc')}  # must say ${source.member}|extracted`,
    `${onServer(target.member, 'SELECT pg_is_in_recovery()', '-Atc')}  # must say f`,
    '',
    `# 2. On the machine of ${source.member}, as the user that runs PostgreSQL; $PGDATA is its data directory. Read the machine’s name before anything else:`,
    'hostname',
    `mkdir -p "$HOME/${source.member}-settings" && cp "$PGDATA"/*.conf "$HOME/${source.member}-settings/"`,
    'pg_ctl stop -D "$PGDATA" -m fast  # unless it is off already',
    'find "$PGDATA" -mindepth 1 -delete',
    `PGAPPNAME=${source.member} pg_basebackup -d "${variableOf(target.member)}" -D "$PGDATA" -R -X stream`,
    `echo "cluster_name = 'homeport/${source.member}/${source.region}'" >> "$PGDATA/postgresql.auto.conf"  # the copy came with the name of ${target.member}`,
    `#    The copy came with the settings of ${target.member}, too: put back what ${source.member} has of its own, postgresql.conf and pg_hba.conf, but not postgresql.auto.conf.`,
    'pg_ctl start -D "$PGDATA"',
    '',
    '# 3. It is a standby when both say so:',
    `${onServer(source.member, 'SELECT pg_is_in_recovery()', '-Atc')}  # must say t`,
    `${onServer(target.member, 'SELECT application_name, state FROM pg_stat_replication', '-Atc')}  # must name ${source.member} with streaming`,
    '# Ask for the rebuild in the console once it is back: it finds the standby streaming, copies nothing, and closes the record.',
  ].join('\n')
}
