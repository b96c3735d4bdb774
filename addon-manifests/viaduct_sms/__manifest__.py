{
    "name": "Viaduct SMS",
    "summary": "SMS through GatewayAPI, with delivery reports in Odoo's own chatter and SMS Marketing",
    "description": "GatewayAPI accounts beside Odoo's IAP accounts, and the procedures by which Viaduct reads SMS and writes what became of them. No code is deployed in Odoo.",
    "version": "1.0.0",
    "author": "Viaduct",
    "license": "LGPL-3",
    "category": "Technical",
    "depends": ["viaduct_base", "sms"],
    "data": [
        "data/account_model.xml",
        "data/account_sending.xml",
        "data/tracker_fields.xml",
        "data/log_model.xml",
        "data/log_state_model.xml",
        "data/log_removal.xml",
        "security/ir.model.access.csv",
        "data/account_defaults.xml",
        "data/account_bell.xml",
        "data/procedure_accounts.xml",
        "data/procedure_read_back.xml",
        "data/log_write.xml",
        "data/log_retention.xml",
        "data/procedure_apply_states.xml",
        "data/test_report.xml",
        "data/procedure_provision.xml",
        "views/account_views.xml",
        "views/account_sending_views.xml",
        "views/iap_account_views.xml",
        "views/iap_account_registration_views.xml",  # Odoo 18 and later
        "views/resend_views.xml",  # up to Odoo 18
        "views/menus.xml",
        "views/log_views.xml",
    ],
    "assets": {
        "web.assets_backend": ["viaduct_sms/static/src/failure_words.js"],  # Odoo 19 and later
    },
}
