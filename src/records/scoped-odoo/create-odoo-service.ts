import type { HttpContext } from '../../http/index.ts';
import type { Json } from '../../odoo/index.ts';
import type { RecordsDatabase } from '../database.ts';
import type { Doorkeeper, Visit } from '../endpoints/door.ts';
import { isList } from '../scope/json.ts';
import { scopeOf } from '../visit-scope.ts';
import type { OdooCall } from './caller.ts';
import { executeCall } from './execute-call.ts';
import { faultOf, OdooFault } from './odoo-fault.ts';
import type { OdooDoor, OdooService, OdooVersionAnswer } from './odoo-service.ts';

export type OdooServiceOptions = {
  doorkeeper: Doorkeeper;
  /** May end by throwing when one is not known yet. */
  databases: () => Iterable<Pick<RecordsDatabase, 'series'>>;
  /** Told of each login and key that was refused, for the limit of them. */
  onRefused: (c: HttpContext) => void;
};

/** Odoo's services for the endpoints: login is an endpoint's uuid, the password its key, and each call is one line of the log. */
export function createOdooService({ doorkeeper, databases, onRefused }: OdooServiceOptions): OdooService {
  async function enter(c: HttpContext, door: OdooDoor, key: string, uuid: string | null): Promise<Visit> {
    try {
      const visit = await doorkeeper.enter(c, door, { key, uuid });
      if (visit.endpoint.auth === 'key') return visit;
      throw new OdooFault('AccessDenied', 'A public endpoint cannot be called as an Odoo: it has no key.');
    } catch (error) {
      if (faultOf(error).className === 'AccessDenied') onRefused(c);
      throw error;
    }
  }

  return {
    version: () => versionAnswer(databases()),
    async authenticate(c, door, { login, password }) {
      try {
        const visit = await enter(c, door, password, login);
        visit.tell({ method: 'authenticate', model: '', status: 200 });
        return visit.endpoint.userId;
      } catch (error) {
        if (faultOf(error).className === 'AccessDenied') return false;
        throw error;
      }
    },
    async execute(c, door, { userId, key }, call) {
      const visit = await enter(c, door, key, null);
      const told = { method: call.method, model: call.model, input: inputOf(call) };
      try {
        if (userId !== null && userId !== visit.endpoint.userId)
          throw new OdooFault(
            'AccessDenied',
            'This is not the user that the endpoint acts as. Sign in again.',
          );
        const output = await executeCall(call, { ...(await scopeOf(visit)), call: visit.acting.call });
        visit.tell({ ...told, status: 200, records: isList(output) ? output.length : null, output });
        return output;
      } catch (error) {
        const fault = faultOf(error);
        visit.tell({ ...told, status: fault.status, errorCode: fault.className, output: fault.message });
        throw error;
      }
    },
  };
}

function inputOf({ ids, args, kwargs }: OdooCall): Json {
  return { ...(ids === undefined ? {} : { ids }), args, kwargs };
}

/** That of the first database: nobody has said yet which he means. */
function versionAnswer(databases: Iterable<Pick<RecordsDatabase, 'series'>>): OdooVersionAnswer {
  const [first] = databases;
  if (first === undefined) throw new OdooFault('NotFound', 'There is no Odoo here that has endpoints.');
  const version = `${first.series}.0`;
  return {
    ...{ server_version: version, server_version_info: [first.series, 0, 0, 'final', 0, ''] },
    ...{ server_serie: version, protocol_version: 1 },
  };
}
