export * from '@facekp/core'
