import { z } from 'zod';

/** What an endpoint may do with one model; a model without a grant does not exist for it. */
export const ModelGrant = z.object({
  model: z.string(),
  read: z.boolean(),
  create: z.boolean(),
  write: z.boolean(),
  unlink: z.boolean(),
  /** Which fields: all, only `fields`, or all but those. `id` is always there. */
  fieldsMode: z.enum(['all', 'only', 'except']),
  fields: z.array(z.string()),
  /** Names of methods that may be called; a server action by its external id, or `action:<id>` where it has none. */
  methods: z.array(z.string()),
  /** The ids of the server actions among them, by those names. */
  actions: z.array(z.object({ name: z.string(), id: z.number().int() })).optional(),
});
export type ModelGrant = z.infer<typeof ModelGrant>;

/** How a caller shows that an endpoint is meant for him: by a key, or not at all. */
export const ENDPOINT_AUTHS = ['key', 'public'] as const;

/** A key as Odoo keeps it: its SHA-256 in hex, and the last four characters to tell it by. */
const EndpointKey = z.object({
  id: z.number().int(),
  hash: z.string(),
  hint: z.string(),
  /** ISO 8601, or null: as long as the endpoint. */
  expiresAt: z.string().nullable(),
});

/** An endpoint as an administrator keeps it in Odoo (`x_viaduct_endpoint`). */
export const Endpoint = z.object({
  id: z.number().int(),
  name: z.string(),
  uuid: z.string(),
  active: z.boolean(),
  paused: z.boolean(),
  /** Whose rights apply. */
  userId: z.number().int(),
  userLogin: z.string(),
  userActive: z.boolean(),
  /** Null: the user's own companies as he has them. */
  companyId: z.number().int().nullable(),
  auth: z.enum(ENDPOINT_AUTHS),
  /** Those of the drop-in route: GET, POST, PUT, PATCH, DELETE. */
  verbs: z.array(z.string()),
  /** Addresses that may call, as CIDR; none means anywhere. */
  networks: z.array(z.string()),
  /** 0 is no limit. */
  ratePerMinute: z.number().int(),
  /** ISO 8601, or null. */
  expiresAt: z.string().nullable(),
  /** Rows of one answer, and of one write or deletion by domain. */
  maxRecords: z.number().int(),
  grants: z.array(ModelGrant),
  /** At most two live ones. */
  keys: z.array(EndpointKey),
});
export type Endpoint = z.infer<typeof Endpoint>;
