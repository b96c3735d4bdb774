/** The role that Odoo uses; PostgreSQL listens on 127.0.0.1 only. */
export const DATABASE_ROLE = { user: 'odoo', password: 'odoo' };

/** The role by which Viaduct hears PostgreSQL's notifications. */
export const LISTENER_ROLE = { user: 'viaduct_listener', password: 'only-to-listen' };

/** Not a volume of the official image either, so that `docker commit` keeps it. */
const DATA = '/var/lib/viaduct/postgres';

export type PostgresOptions = {
  port: number;
  /** False while the seed is made, where a crash costs nothing but another attempt. */
  isDurable: boolean;
};

/** `wal_level=minimal` leaves the pages of a copied database out of the log, so a kill would lose them. */
const SEED_SETTINGS = [
  ...['wal_level=minimal', 'fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_wal_size=4GB'],
];

/** What the PostgreSQL container runs as root: makes the cluster if there is none, then becomes `postgres`. */
export function postgresScript({ port, isDurable }: PostgresOptions): string {
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=/tmp',
    'max_connections=200',
    'shared_buffers=256MB',
    'max_wal_senders=0',
    'min_wal_size=32MB',
    // After a crash the default opens every file for writing, and an image's layer is then copied file by file.
    'recovery_init_sync_method=syncfs',
    // With the time of each commit, from which the benches count.
    ...(isDurable ? ['wal_level=replica', 'track_commit_timestamp=on'] : SEED_SETTINGS),
  ];
  return `set -e
export PATH=/usr/lib/postgresql/17/bin:$PATH
as_postgres='setpriv --reuid=postgres --regid=postgres --init-groups'
if [ ! -e ${DATA}/PG_VERSION ]; then
  install -d -o postgres -g postgres -m 0700 ${DATA}
  $as_postgres initdb -D ${DATA} --no-sync -U postgres --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256
fi
cd ${DATA}
exec $as_postgres postgres -D ${DATA} ${settings.map((setting) => `-c ${setting}`).join(' ')}
`;
}

/** The arguments of every Odoo process of ours. */
export function odooArguments(postgresPort: number): string[] {
  const values = {
    db_host: '127.0.0.1',
    db_port: postgresPort,
    db_user: DATABASE_ROLE.user,
    db_password: DATABASE_ROLE.password,
    'data-dir': '/tmp/odoo-data',
  };
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`);
}

export type ServerOptions = {
  port: number;
  postgresPort: number;
  /** How many threads run scheduled actions; 0 leaves them all to the test. */
  cronThreads: number;
};

/** Threaded mode, so that pages and websocket share a port; limits wide enough for a machine with much to do. */
export function odooServerArguments({ port, postgresPort, cronThreads }: ServerOptions): string[] {
  return [
    ...odooArguments(postgresPort),
    '--http-interface=127.0.0.1',
    `--http-port=${port}`,
    '--workers=0',
    `--max-cron-threads=${cronThreads}`,
    '--limit-time-cpu=3600',
    '--limit-time-real=3600',
    '--limit-time-real-cron=3600',
    `--limit-memory-soft=${8 * 1024 ** 3}`,
    `--limit-memory-hard=${10 * 1024 ** 3}`,
    '--log-handler=odoo.tools.config:ERROR',
  ];
}
