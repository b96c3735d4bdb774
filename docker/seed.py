# Runs in `odoo shell` on the template database, once, while the seeded image is made.
# A copy of the database must be complete without a filestore.
env['ir.config_parameter'].set_param('ir_attachment.location', 'db')
env['ir.attachment'].force_storage()

company = env.ref('base.main_company')
company.write({'name': 'Viaduct Demo ApS', 'country_id': env.ref('base.dk').id, 'phone': '+45 70 20 30 40'})

# The login page and the web client would otherwise be slow at their first opening.
qweb = env['ir.qweb']
for bundle in ('web.assets_web', 'web.assets_backend_lazy', 'web.assets_frontend_minimal', 'web.assets_frontend_lazy'):
    qweb._get_asset_bundle(bundle, css=False, js=True).js()
for bundle in ('web.assets_web', 'web.assets_web_print', 'web.assets_backend_lazy', 'web.assets_frontend'):
    qweb._get_asset_bundle(bundle, css=True, js=False).css()
env.cr.commit()
