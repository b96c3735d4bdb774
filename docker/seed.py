# Runs in `odoo shell` on the template database, once, while the seeded image is made.
# A copy of the database must be complete without a filestore.
env['ir.config_parameter'].set_param('ir_attachment.location', 'db')
env['ir.attachment'].force_storage()

company = env.ref('base.main_company')
company.write({'name': 'Viaduct Demo ApS', 'country_id': env.ref('base.dk').id, 'phone': '+45 70 20 30 40'})

# The first page of the web client would otherwise wait for these.
env['ir.qweb']._pregenerate_assets_bundles()
env.cr.commit()
