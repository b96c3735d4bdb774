import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type RecordDoors, startRecordDoors } from './testing/record-doors.ts';
import { sampleEndpoint } from './testing/sample-endpoint.ts';

let doors: RecordDoors;
beforeEach(async () => {
  doors = await startRecordDoors([sampleEndpoint()]);
});
afterEach(() => doors.stop());

test('the doors are for records, files and their description; none is a shell or runs code', () => {
  const places = doors.routes.map(({ path }) => path.split('/').slice(0, 3).join('/'));
  expect([...new Set(places)].toSorted()).toEqual([
    ...['/bitconn/webhook', '/json/2', '/json/version', '/jsonrpc'],
    ...['/v1/attachments', '/v1/batch', '/v1/openapi.json', '/v1/records', '/v1/reference'],
    ...['/web/version', '/xmlrpc/2', '/xmlrpc/:service'],
  ]);
});

test('no connection stays open for commands', async () => {
  const socket = new WebSocket(`${doors.url.replace('http', 'ws')}/terminal`);
  await expect(once(socket, 'open')).rejects.toThrow('Unexpected server response: 404');
});
