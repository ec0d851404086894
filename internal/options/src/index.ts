export { deepestIssue } from './deepest-issue.ts'
export { firstIssue, type OptionIssue } from './first-issue.ts'
export { formatValue } from './format-value.ts'
export { type ParseSettings, parseOptions } from './parse-options.ts'
