const CLOSED_MODELS = /^(ir\.|base\.|res\.users(\.|$)|res\.groups(\.|$)|bus\.bus$|x_viaduct_)/;
/** Not even to be read: they hold secrets, or what Viaduct itself lives on. */
const SECRET_MODELS =
  /^(x_viaduct_|ir\.config_parameter$|ir\.mail_server$|ir\.logging$|ir\.profile|res\.users\.|auth_|fetchmail\.server$)/;
const SECRET_FIELDS =
  /(^|_)(passwords?|passwd|pass|secrets?|tokens?|api_?keys?|private_key|credentials?|otp|totp)$|(^|_)(api_?key|password|secret|token)_/i;
/** What Odoo keeps itself; `id` is the number of a record and never written. */
const KEPT_BY_ODOO: ReadonlySet<string> = new Set([
  ...[
    'id',
    'create_uid',
    'create_date',
    'write_uid',
    'write_date',
    'parent_path',
    'display_name',
    '__last_update',
  ],
]);

/**
 * Methods of every model (odoo/models.py and addons/web/models/models.py of 17, 18 and 19) that read or write fields by names in
 * their arguments, or change who acts: they would go round the fields of the endpoint. What they do has routes of its own.
 */
const REFUSED_METHODS: ReadonlySet<string> = new Set(
  `create write unlink copy copy_data copy_multi copy_translations browse sudo with_user with_env with_company with_context
  with_prefetch new search search_count search_fetch search_read read fetch read_group formatted_read_group
  formatted_read_grouping_sets web_read_group read_progress_bar export_data load execute_import parse_preview default_get
  fields_get fields_view_get get_view get_views get_fields_tree name_create name_search name_get web_name_search web_search_read
  web_read web_save web_save_multi web_resequence web_override_translations search_panel_select_range
  search_panel_select_multi_range onchange hierarchy_read update_field_translations get_field_translations
  get_property_definition get_metadata get_external_id get_base_url check_access check_access_rights check_access_rule
  has_access user_has_groups check_field_access_rights exists ensure_one mapped filtered filtered_domain grouped sorted concat
  union update modified flush_model flush_recordset invalidate_model invalidate_recordset clear_caches init ids is_transient
  lock_for_update try_lock_for_update has_changed diff get_import_templates mail_get_partner_fields`
    .split(/\s+/)
    .filter((name) => name !== ''),
);

/** True for models that nobody creates in, writes to, deletes from or calls through an endpoint, whatever is granted. */
export function isClosedModel(model: string): boolean {
  return CLOSED_MODELS.test(model) || SECRET_MODELS.test(model);
}

/** True for models that not even reading reaches. */
export function isSecretModel(model: string): boolean {
  return SECRET_MODELS.test(model);
}

/** True for fields that are granted only where the endpoint names them. */
export function isSecretField(field: string): boolean {
  return SECRET_FIELDS.test(field);
}

/** True for fields that no values may hold. */
export function isKeptByOdoo(field: string): boolean {
  return KEPT_BY_ODOO.has(field);
}

/** True for methods that are never called through an endpoint, whatever is granted. */
export function isRefusedMethod(method: string): boolean {
  return !/^[a-z][a-z0-9_]*$/i.test(method) || REFUSED_METHODS.has(method);
}
