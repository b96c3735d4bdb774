import http from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { forward, readAll, tunnel } from './proxy-forward.ts';

export type ProxiedRequest = {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: string;
};

export type KillPoint = {
  match: (request: ProxiedRequest) => boolean;
  /** With `answer-arrived`: only where the answer's body, too, is what is waited for. */
  matchAnswer?: (body: string) => boolean;
  /** `request-arrived`: nothing is forwarded yet. `answer-arrived`: the upstream has answered, nothing is passed on yet. */
  when: 'request-arrived' | 'answer-arrived';
  /** Kills, and resolves when the victim runs no more. */
  kill: () => void | Promise<void>;
  /** `drop` (default) resets the client's connection, as the death of either end does; `go-on` forwards or passes on. */
  afterwards?: 'drop' | 'go-on';
};

export type KillProxy = {
  /** The address to use in place of the target's. */
  url: string;
  /** Arms a kill for one time, on the first request that matches from now on. */
  killAt: (point: KillPoint) => void;
  disarm: () => void;
  /** Breaks every websocket that is open now, and tells how many there were. */
  dropWebsockets: () => number;
  counts: () => { armed: number; fired: number; requests: number };
  stop: () => Promise<void>;
};

export type KillProxyOptions = {
  /** As `http://127.0.0.1:8069`; it need not be up. */
  target: string;
  /** 0 or left out takes a free one. */
  port?: number;
  /** Without them an upgrade is refused, as by a proxy that knows nothing of them. */
  withWebsockets?: boolean;
};

/** A reverse proxy on 127.0.0.1 with kill points. An upstream that is down looks like a broken connection. */
export async function startKillProxy({
  target,
  port = 0,
  withWebsockets = true,
}: KillProxyOptions): Promise<KillProxy> {
  const upstream = new URL(target);
  const sockets = new Set<net.Socket>();
  const websockets = new Set<Duplex>();
  let points: KillPoint[] = [];
  let fired = 0;
  let requests = 0;

  /** Kills where a point is armed for this; false when the exchange ends here. */
  async function passes(request: ProxiedRequest, when: KillPoint['when'], answer = ''): Promise<boolean> {
    const isIt = ({ match, matchAnswer }: KillPoint) => match(request) && (matchAnswer?.(answer) ?? true);
    const point = points.find((armed) => armed.when === when && isIt(armed));
    if (point === undefined) return true;
    points = points.filter((other) => other !== point);
    await point.kill();
    fired += 1;
    return point.afterwards === 'go-on';
  }

  /** False when the client gets no answer. */
  async function exchange(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<boolean> {
    requests += 1;
    const body = await readAll(incoming);
    const { method = 'GET', url: path = '/', headers } = incoming;
    const request = { method, path, headers, body: body.toString('utf8') };
    if (!(await passes(request, 'request-arrived'))) return false;
    const answer = await forward(upstream, incoming, body);
    if (!(await passes(request, 'answer-arrived', answer.body.toString('utf8')))) return false;
    response.writeHead(answer.status, answer.rawHeaders).end(answer.body);
    return true;
  }

  const server = http.createServer((incoming, response) => {
    const reset = () => incoming.socket.resetAndDestroy();
    void exchange(incoming, response).then((isAnswered) => (isAnswered ? undefined : reset()), reset);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming, socket, head) => {
    if (!withWebsockets) return void socket.destroy();
    websockets.add(socket);
    socket.once('close', () => websockets.delete(socket));
    tunnel(upstream, incoming, socket, head);
  });

  return {
    url: `http://127.0.0.1:${await listen(server, port)}`,
    killAt: (point) => {
      points.push(point);
    },
    disarm: () => {
      points = [];
    },
    dropWebsockets: () => {
      const count = websockets.size;
      for (const socket of websockets) socket.destroy();
      return count;
    },
    counts: () => ({ armed: points.length, fired, requests }),
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function listen(server: http.Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
