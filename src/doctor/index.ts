export { examine } from './doctor.ts';
export { type Finding, fault } from './finding.ts';
export { reportLines } from './report.ts';
export { testReports } from './test-reports.ts';
