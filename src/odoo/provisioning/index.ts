export { addonProblems } from './addon-problems.ts';
export { ODOO_VERSIONS, packAddons } from './pack-addon.ts';
export { type Provisioned, type ProvisionSettings, provision } from './provision.ts';
export { type ProvisioningStep, type StepMemory, systemParameterStep } from './steps.ts';
export { unprovision } from './unprovision.ts';
