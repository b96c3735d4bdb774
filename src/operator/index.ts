export { type Operator, openOperator } from './operator.ts';
export { Choice, type Counted, type Parts, type Stats } from './schema.ts';
export { startOperatorSocket } from './socket-server.ts';
