export { deepestIssue } from './deepest-issue.ts'
export { describeFirstIssue, firstIssue, type OptionIssue } from './first-issue.ts'
export { joinSome } from './join-some.ts'
export { type ParseSettings, parseOptions } from './parse-options.ts'
