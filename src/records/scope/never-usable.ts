import type { ModelGrant } from '../endpoints/endpoint.ts';
import { isClosedModel, isSecretModel } from './closed.ts';
import { refusedMethodsOf } from './judge-method.ts';

/** What grants allow although it is always refused: methods that go round fields, and models that are read by named fields only. */
export function neverUsable(grants: readonly ModelGrant[]): string[] {
  return grants.flatMap(({ model, methods, fieldsMode, create, write, unlink }) => [
    ...refusedMethodsOf(methods).map((method) => `${method} of ${model}`),
    ...(isSecretModel(model) ? [`${model}, which no endpoint reaches`] : []),
    ...(isClosedModel(model) && !isSecretModel(model) && (fieldsMode !== 'only' || create || write || unlink)
      ? [`${model}, of which an endpoint may only read fields that it names`]
      : []),
  ]);
}
